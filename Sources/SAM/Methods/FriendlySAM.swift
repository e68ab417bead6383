/// friendly_sam: SAM along the gradient's noise, the gradient without its running mean m.
///     first step: m = g, e along g
///     then m' = lam m + (1 - lam) g;  e along g - sigma m (order subtract_first) or g - sigma m' (average_first, the paper's)
///     direction = gradient at w + e
final class FriendlySAM: Ascent {
    override class var about: About {
        About("friendly_sam", "SAM that climbs along the noise of the gradient: the gradient without its running mean.",
              by: "Li, Zhou, He, Cheng, Huang 2024", exactness: 2)
    }

    let sigma = Option("sigma", 1, .nonNegative, "Share of the running mean that is taken off.")
    let lam = Option("lam", 0.9, .fraction, "Decay of the running mean.")
    let order = Option("order", choices: "subtract_first,average_first",
                       "Whether the mean before this gradient is taken off, as in the published code, or the mean with it, as in the paper.")
    let mean = Slot("m", life: .early)
    override var options: [Option] { super.options + [sigma, lam, order] }
    override var slots: [Slot] { [mean] }

    override func ascend(_ step: Step) -> Next {
        let g = step.gradient
        if order.isChoice("subtract_first") { climb(step, along: g - sigma.value * step[mean], unless: mean, first: g) }
        step.assign(mean, lam.value * step[mean] + (1 - lam.value) * g, first: g)
        if order.isChoice("average_first") { climb(step, along: g - sigma.value * step[mean], unless: mean, first: g) }
        return .ask(descend)
    }
}
