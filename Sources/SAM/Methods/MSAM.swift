/// msam: SAM along the base's momentum v: one evaluation a step.
///     e = -rho unit(v), v the base's running sum or mean of directions; none there yet, or none kept: no perturbation
///     direction = gradient at w + e, and with l2_at_perturbed + weight_decay e, for bases that add the decay to the direction
final class MSAM: Ascent {
    override class var about: About {
        About("msam", "SAM that perturbs against the base's momentum: the cost of one evaluation.",
              by: "Becker, Altrock, Risse 2024", exactness: 2)
    }

    let l2AtPerturbed = Option("l2_at_perturbed", flag: false, "Adds weight_decay times the perturbation to the direction, as the published SGD form does.")
    override var radius: (value: Double, range: Bounds) { (0.3, .any) }
    override var options: [Option] { super.options + [l2AtPerturbed] }
    override var evaluations: Int { 1 }

    override func begin(_ step: Step) -> Next {
        if let v = step.base?.firstMoment, step.has(v) { climb(step, along: -1.0 * step[v]) }
        return .ask(descend)
    }

    override func descend(_ step: Step) -> Next {
        guard l2AtPerturbed.isOn, let decay = step.base?.option("weight_decay") else { return step.descend(along: step.gradient) }
        return step.descend(along: step.gradient + step[decay] * (step.point - step.iterate))
    }
}
