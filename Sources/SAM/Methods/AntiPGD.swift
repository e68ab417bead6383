import CSAMShims

/// anti_pgd: noise behind the base's update, whose sum does not grow: w' = base's w + xi_t - xi_(t-1), xi_t = sigma times normal
/// noise of draw t, also for t = 0; anticorrelated 0: + xi_t alone.
final class AntiPGD: Method {
    override class var about: About {
        About("anti_pgd", "Adds anticorrelated noise behind the base's update, which drives towards flat minima.",
              by: "Orvieto, Kersting, Proske, Bach, Lucchi 2022", exactness: 2)
    }

    let sigma = Option("sigma", 0.01, .nonNegative, "Deviation of the noise of every weight.")
    let anticorrelated = Option("anticorrelated", flag: true, "Takes the noise of the step before away again; 0: independent noise.")
    let seed = Option("seed", count: 0, .between(0, 9007199254740991), "Of every random draw.")
    override var options: [Option] { [sigma, anticorrelated, seed] }
    override var traits: Traits { super.traits.union(.addsBehind) }

    override func begin(_ step: Step) -> Next { .ask(descend) }

    private func descend(_ step: Step) -> Next {
        let new = sigma.value * step.random(SAM_NORMAL, .noise)
        step.addBehind(anticorrelated.isOn ? new - sigma.value * step.random(SAM_NORMAL, .noise, draw: step.number - 1) : new)
        return step.descend(along: step.gradient)
    }
}
