import CSAM

/// arwp: the gradient at a random point around the weights, direction = gradient at w + z, z as in FisherNoise. With eta = 0 (rwp)
/// no state is kept.
final class ARWP: Method {
    override class var about: About {
        About("arwp", "The gradient at randomly perturbed weights, with less noise where gradients were large.",
              by: "Li, Tao, Yan, Lei, Wu, Fang, He, Huang 2024", exactness: 2)
    }

    let fisher = FisherNoise()
    override var options: [Option] { fisher.options }
    override var slots: [Slot] { fisher.slots }
    override var traits: Traits { super.traits.union(.rows) }

    override func begin(_ step: Step) -> Next {
        step.displace(by: fisher.noise(step))
        return .ask(descend)
    }

    private func descend(_ step: Step) -> Next {
        fisher.follow(step)
        return step.descend(along: step.gradient)
    }
}

/// m_arwp: arwp mixed with the clean gradient: direction = lam gp + (1 - lam) g, gp at w + z on a further batch.
final class MARWP: Method {
    override class var about: About {
        About("m_arwp", "A mixture of the clean gradient and that at randomly perturbed weights, on two batches.",
              by: "Li, Tao, Yan, Lei, Wu, Fang, He, Huang 2024")
    }

    let fisher = FisherNoise()
    let lam = Option("lam", 0.5, .share, "Weight of the perturbed gradient.")
    let clean = Slot("clean")
    override var options: [Option] { fisher.options + [lam] }
    override var slots: [Slot] { [clean] + fisher.slots }
    override var evaluations: Int { 2 }
    override var traits: Traits { super.traits.union(.rows) }

    override func begin(_ step: Step) -> Next { .ask(perturb) }

    private func perturb(_ step: Step) -> Next {
        step.assign(clean, step.gradient)
        step.displace(by: fisher.noise(step))
        return .ask(descend, bits: SAM_NEXT_BATCH)
    }

    private func descend(_ step: Step) -> Next {
        fisher.follow(step)
        return step.descend(along: lam.value * step.gradient + (1 - lam.value) * step[clean])
    }
}
