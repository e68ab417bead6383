/// crsam: SAM with differences of the gradients on both sides, gp at w + e and gm at w - e, as a penalty on curvature.
///     direction = gp + gamma (gp + gm - 2 g) + beta (gp - gm)
final class CRSAM: Ascent {
    override class var about: About {
        About("crsam", "SAM with a curvature penalty from gradients on both sides of the iterate.",
              by: "Wu, Luo, Wunsch 2024", exactness: 2)
    }

    let gamma = Option("gamma", 0.1, .nonNegative, "Weight of the second difference gp + gm - 2 g.")
    let beta = Option("beta", 0.1, .nonNegative, "Weight of the first difference gp - gm.")
    private let clean = Slot("clean"), ahead = Slot("gp")
    override var radius: (value: Double, range: Bounds) { (0.1, .nonNegative) }
    override var options: [Option] { super.options + [gamma, beta] }
    override var slots: [Slot] { [clean, ahead] }
    override var evaluations: Int { 3 }

    override func ascend(_ step: Step) -> Next {
        step.assign(clean, step.gradient)
        climb(step, along: step.gradient)
        return .ask(climbBack)
    }

    private func climbBack(_ step: Step) -> Next {
        step.assign(ahead, step.gradient)
        climb(step, along: -1.0 * step[clean])
        return .ask(descend)
    }

    override func descend(_ step: Step) -> Next {
        let gp = step[ahead], gm = step.gradient
        return step.descend(along: gp + gamma.value * ((gp + gm) - 2.0 * step[clean]) + beta.value * (gp - gm))
    }
}
