import CSAM

/// dnsam: SAM whose radius is divided by a length that does not depend on the batch.
///     e = rho g / (n + 1e-12), and 0 where n = 0;  direction = gradient at w + e
///     denominator full: n = the gradient's norm over all data, the auxiliary objective at w
///     denominator ema:  n = |g| at first, then decay n + (1 - decay) |g|: this library's, without extra evaluations
/// With a shape T: rho T^2 g, and the norms are those of T times the gradient.
final class DNSAM: Ascent {
    override class var about: About {
        About("dnsam", "SAM with the ascent divided by the full gradient's norm instead of the batch's.",
              by: "Monzio Compagnoni, Biggio, Orvieto, Proske, Kersting, Lucchi 2023", exactness: 2)
    }

    let denominator = Option("denominator", choices: "full,ema",
                             "full: norm of the auxiliary objective's gradient at w, which the host defines as the loss over all data; ema: running mean of |g|.")
    let decay = Option("decay", 0.9, .fraction, "Denominator ema: decay of the running mean.")
    let mean = Scalar("norm")
    private let clean = Slot("clean")
    override var options: [Option] { super.options + [denominator, decay] }
    override var slots: [Slot] { isFull ? [clean] : [] }
    override var scalars: [Scalar] { isFull ? [] : [mean] }
    override var evaluations: Int { isFull ? 3 : 2 }
    override var traits: Traits { super.traits.union(isFull ? .auxiliary : []) }

    private var isFull: Bool { denominator.isChoice("full") }

    override func ascend(_ step: Step) -> Next {
        let n = length(step, of: step.gradient)
        if isFull {
            step.assign(clean, step.gradient)
            return .ask(climbOverFull, bits: SAM_AUXILIARY)
        }
        let mixed = mean.value.map { decay.value * $0 + (1 - decay.value) * n } ?? n
        mean.value = mixed
        climb(step, along: step.gradient, over: Coefficient(mixed))
        return .ask(descend)
    }

    private func climbOverFull(_ step: Step) -> Next {
        climb(step, along: step[clean], over: Coefficient(length(step, of: step.gradient)))
        return .ask(descend)
    }
}
