import CSAM

/// bloop: an auxiliary objective is minimised only across the main gradient.
///     m = g at first, then m + ema (g - m);  r = <a, m> / (|m|^2 + 1e-7), a the auxiliary gradient at w
///     direction = g + lam (a - r m);  with `barrier`: r at most 1 / lam
final class Bloop: Method {
    override class var about: About {
        About("bloop", "Bilevel training: the auxiliary gradient, without its part along the main one, is added.",
              by: "Hsieh, Thornton, Ndiaye, Klein, Cuturi, Ablin 2024")
    }

    let lam = Option("lam", 0.1, .nonNegative, "Weight of the auxiliary gradient.")
    let ema = Option("ema", 0.1, .share, "Weight of the new gradient in the running mean that is projected on.")
    let barrier = Option("barrier", flag: false, "The projection is bounded by 1 / lam.")
    let mean = Slot("m", life: .always)
    private let main = Slot("g")
    override var options: [Option] { [lam, ema, barrier] }
    override var slots: [Slot] { [mean, main] }
    override var evaluations: Int { 2 }
    override var traits: Traits { super.traits.union(.auxiliary) }

    override func begin(_ step: Step) -> Next { .ask(keep) }

    private func keep(_ step: Step) -> Next {
        step.assign(main, step.gradient)
        return .ask(descend, bits: SAM_AUXILIARY)
    }

    private func descend(_ step: Step) -> Next {
        let g = step[main], a = step.gradient, m = step[mean]
        step.assign(mean, m + ema.value * (g - m), first: g)
        let (product, square) = step.dots(a, m, square: m)
        var r = product.value / (square.value + 1e-7)
        if barrier.isOn && lam.isOn { r = min(r, 1 / lam.value) }
        return step.descend(along: g + lam.value * (a - r * m))
    }
}
