/// reuse_sam: SAM along the direction of the step before: one evaluation a step.
///     e = rho unit(previous), previous the perturbed gradient of the step before; first step: no perturbation
///     direction = gradient at w + e
final class ReuseSAM: Ascent {
    override class var about: About {
        About("reuse_sam", "SAM that climbs along the perturbed gradient of the step before: one evaluation a step.",
              by: "the ascent of DP-SAT without privacy: Park, Kim, Choi, Lee 2023", exactness: 2)
    }

    let previous = Slot("previous", life: .always)
    override var slots: [Slot] { [previous] }
    override var evaluations: Int { 1 }

    override func begin(_ step: Step) -> Next {
        if step.has(previous) { climb(step, along: step[previous]) }
        return .ask(descend)
    }

    override func descend(_ step: Step) -> Next {
        step.assign(previous, step.gradient)
        return step.descend(along: step.gradient)
    }
}
