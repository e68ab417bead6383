/// rst: SAM in a random part of the steps.
///     uniform(stream 3, t) <= p: direction = (1 - gamma) g + gamma gp, gp the gradient at w + e;  else direction = g
/// The paper's ramps of the chance are schedules of p here.
final class RST: Ascent {
    override class var about: About {
        About("rst", "SAM in randomly chosen steps, the base in the others: 1 + p evaluations in the mean.",
              by: "Zhao, Zhang, Hu 2022", exactness: 2)
    }

    let p = Option("p", 0.5, .share, "Chance that a step is SAM's.")
    let gamma = Option("gamma", 1, .nonNegative, "Weight of the perturbed gradient in a SAM step; the clean one has the rest.")
    let seed = Option("seed", count: 0, .between(0, 9007199254740991), "Of every random draw.")
    let clean = Slot("clean")
    override var options: [Option] { super.options + [p, gamma, seed] }
    override var slots: [Slot] { mixes ? [clean] : [] }
    override var evaluations: Int { p.value > 0 || p.hasSchedule ? 2 : 1 }

    private var mixes: Bool { gamma.value != 1 }

    override func ascend(_ step: Step) -> Next {
        if step.uniform(.decisions) > p.value { return step.descend(along: step.gradient) }
        if mixes { step.assign(clean, step.gradient) }
        return super.ascend(step)
    }

    override func descend(_ step: Step) -> Next {
        if gamma.value == 1 { return super.descend(step) }
        return step.descend(along: step[clean] + gamma.value * (step.gradient - step[clean]))
    }
}
