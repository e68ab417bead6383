import CSAMShims

/// normalized_sgd: steps of a length that does not depend on the gradient's (norm over everything).
///     m = momentum m + (1 - momentum) d;  w = w (1 - lr weight_decay) - lr m / (|m|^power + delta);  |m| = 0: no update
final class NormalizedSGD: Base {
    override class var about: About {
        About("normalized_sgd", "Steps along the running mean of directions, divided by a power of its norm.",
              by: "Nesterov 1984; momentum: Cutkosky, Mehta 2020", state: 0)
    }

    private let rate = Option("lr", 0.1, .nonNegative, perGroup: true, "Learning rate.")
    private let momentum = Option("momentum", 0, .fraction, perGroup: true, "Decay of the running mean of directions; 0: none, and no state.")
    private let power = Option("power", 1, .share, perGroup: true, "Power of the norm that divides; 0: the norm does not count.")
    private let delta = Option("delta", 0, .nonNegative, perGroup: true, "Added to the divisor.")
    private let decay = Option("weight_decay", 0, .nonNegative, perGroup: true, "Decoupled: w is multiplied by 1 - lr * weight_decay before the update.")
    private let mean = Slot("m", life: .always)

    override var options: [Option] { [rate, momentum, power, delta, decay] }
    override var slots: [Slot] { momentum.isUsed ? [mean] : [] }
    override var firstMoment: Slot? { mean.isAllocated ? mean : nil }

    override func descend(_ step: Step, along d: Vector) -> Next {
        var m = d
        if momentum.isUsed {
            step.assign(mean, step[momentum] * step[mean] + step[momentum].map { 1 - $0 } * d)
            m = step[mean]
        }
        let length = step.norm(m)
        let divisor = step[power].map { step.device.kernels.pointee.power!(length, $0) } + step[delta]
        let factor = Coefficient.combine(step[rate], divisor) { length > 0 ? $0 / $1 : 0 }
        return finish(step, decayed(step, decay) - factor * m)
    }
}
