import CSAM

/// tram: SAM whose radius is a divergence of the model's outputs, a trust region in function space.
///     e = r g / |g|, r = divergence, at most rho_max;  direction = gradient at w + e
/// source option: the host sets `divergence` before each step. source auxiliary: it is the auxiliary objective's loss at w.
final class TRAM: Ascent {
    override class var about: About {
        About("tram", "SAM whose radius is a divergence between the model's outputs: a trust region.",
              by: "Sherborne, Saphra, Dasigi, Peng 2024", exactness: 2)
    }

    let divergence = Option("divergence", 0, .nonNegative, "Source option: the radius, which the host sets before each step.")
    let rhoMax = Option("rho_max", 0, .nonNegative, "Largest radius; 0: none.")
    let source = Option("source", choices: "option,auxiliary",
                        "Where the divergence comes from: the option, or the auxiliary objective's loss at w, one more evaluation.")
    private let clean = Slot("clean")
    override var options: [Option] { super.options.filter { $0 !== rho } + [divergence, rhoMax, source] }
    override var slots: [Slot] { asks ? [clean] : [] }
    override var evaluations: Int { asks ? 3 : 2 }
    override var traits: Traits { super.traits.union(asks ? .auxiliary : []) }

    private var asks: Bool { source.isChoice("auxiliary") }

    override func ascend(_ step: Step) -> Next {
        if !asks { return climb(step, step.gradient, divergence.value) }
        step.assign(clean, step.gradient)
        return .ask({ [self] step in climb(step, step[clean], step.loss) }, bits: SAM_AUXILIARY | SAM_LOSS_ONLY)
    }

    private func climb(_ step: Step, _ g: Vector, _ divergence: Double) -> Next {
        let radius = rhoMax.isOn ? min(divergence, rhoMax.value) : divergence
        step.displace(by: ascent(step, along: g, radius: Coefficient(radius)), in: reach(step))
        return .ask(descend)
    }
}
