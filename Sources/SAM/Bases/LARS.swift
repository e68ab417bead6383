/// lars: layer-wise rates. In tensors of two and more axes
///     trust = trust_coefficient |w| / (|d| + weight_decay |w|), 1 where |w| or the divisor is 0;  d = trust (d + weight_decay w)
/// vectors have neither trust nor decay. buf = momentum buf + (1 - dampening) d;  u = d + momentum buf (nesterov) or buf;  w = w - lr u
final class LARS: Base {
    override class var about: About {
        About("lars", "Momentum with a rate for each tensor, in proportion to the weights' norm over the direction's.",
              by: "You, Gitman, Ginsburg 2017", state: 1)
    }

    private let rate = Option("lr", 1e-3, .nonNegative, perGroup: true, "Learning rate.")
    private let momentum = Option("momentum", 0.9, .fraction, perGroup: true, "Factor of the running sum of directions; 0: none, and no state.")
    private let dampening = Option("dampening", 0, .share, perGroup: true, "Share of the direction that is left out of the momentum.")
    private let nesterov = Option("nesterov", flag: false, perGroup: true, "Step along direction + momentum * buffer instead of the buffer.")
    private let decay = Option("weight_decay", 0, .nonNegative, perGroup: true, "Coefficient of w, added to the direction of tensors of two and more axes.")
    private let trust = Option("trust_coefficient", 1e-3, .positive, perGroup: true, "The layer's rate at equal norms.")
    private let sum = Slot("momentum", life: .always)

    override var options: [Option] { [rate, momentum, dampening, nesterov, decay, trust] }
    override var slots: [Slot] { momentum.isUsed ? [sum] : [] }
    override var firstMoment: Slot? { sum.isAllocated ? sum : nil }

    override func descend(_ step: Step, along d: Vector) -> Next {
        let layered = step.perTensor { $0.shape.count > 1 ? 1 : 0 }
        let (weights, lengths) = step.norms(step.iterate, and: d, by: .tensor), below = lengths + step[decay] * weights
        let ratio = Coefficient.combine(step[trust] * weights, below) { $0 > 0 && $1 > 0 ? $0 / $1 : 1 }
        let factor = Coefficient.combine(layered, ratio) { $0 > 0 ? $1 : 1 }
        let along = factor * d + factor * layered * step[decay] * step.iterate
        if !momentum.isUsed { return finish(step, step.iterate - step[rate] * along) }
        let take = step[dampening].map { 1 - $0 }
        step.assign(sum, step[momentum] * step[sum] + take * along)
        let direct = step[nesterov], running = Coefficient.combine(direct, step[momentum]) { $0 > 0 ? $1 : 1 }
        return finish(step, step.iterate - step[rate] * (direct.isZero ? running * step[sum] : direct * along + running * step[sum]))
    }
}
