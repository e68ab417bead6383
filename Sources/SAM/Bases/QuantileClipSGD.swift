/// quantile_clip_sgd: all but the share `quantile` of largest elements stay; those are cut to the largest that stays.
///     cut(v): into [-b, b], b the (floor(quantile n) + 1)-th largest |v| of all n elements
///     u = cut(d);  momentum: buf = momentum buf + u (kept uncut), u = cut(buf);  w = w (1 - lr weight_decay) - lr u
final class QuantileClipSGD: Base {
    override class var about: About {
        About("quantile_clip_sgd", "sgd whose largest elements are cut to a quantile of the magnitudes.",
              by: "coordinate-wise clipping by quantile, own definition", state: 0)
    }

    private let rate = Option("lr", 0.1, .nonNegative, perGroup: true, "Learning rate.")
    private let momentum = Option("momentum", 0, .nonNegative, perGroup: true, "Factor of the running sum; 0: none, and no state.")
    private let quantile = Option("quantile", 0.1, .fraction, perGroup: true, "Share of all elements that is cut; 0: sgd. A group's bound is taken over everything too.")
    private let decay = Option("weight_decay", 0, .nonNegative, perGroup: true, "Decoupled: w is multiplied by 1 - lr * weight_decay before the update.")
    private let sum = Slot("momentum", life: .always)

    override var options: [Option] { [rate, momentum, quantile, decay] }
    override var slots: [Slot] { momentum.isUsed ? [sum] : [] }
    override var firstMoment: Slot? { sum.isAllocated ? sum : nil }

    override func descend(_ step: Step, along d: Vector) -> Next {
        var u = d.clipped(step.quantile(d, quantile))
        if momentum.isUsed {
            step.assign(sum, step[momentum] * step[sum] + u)
            u = step[sum].clipped(step.quantile(step[sum], quantile))
        }
        return finish(step, decayed(step, decay) - step[rate] * u)
    }
}
