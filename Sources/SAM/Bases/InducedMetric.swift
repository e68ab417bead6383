/// induced_metric: the gradient in the metric I + xi d d', whose inverse shortens d by 1 + xi |d|^2 (norm over everything).
///     u = d / (1 + xi |d|^2);  momentum: buf = momentum buf + u, used in u's place
///     w = w (1 - lr weight_decay) - lr u
final class InducedMetric: Base {
    override class var about: About {
        About("induced_metric", "Directions shortened by the metric I + xi d d' that the loss surface induces.",
              by: "metric induced by the loss surface; from an abstract", state: 0)
    }

    private let rate = Option("lr", 0.1, .nonNegative, perGroup: true, "Learning rate.")
    private let xi = Option("xi", 1, .nonNegative, perGroup: true, "Weight of the direction's own metric; 0: sgd.")
    private let momentum = Option("momentum", 0, .nonNegative, perGroup: true, "Factor of the running sum; 0: none, and no state.")
    private let decay = Option("weight_decay", 0, .nonNegative, perGroup: true, "Decoupled: w is multiplied by 1 - lr * weight_decay before the update.")
    private let sum = Slot("momentum", life: .always)

    override var options: [Option] { [rate, xi, momentum, decay] }
    override var slots: [Slot] { momentum.isUsed ? [sum] : [] }
    override var firstMoment: Slot? { sum.isAllocated ? sum : nil }

    override func descend(_ step: Step, along d: Vector) -> Next {
        let length = step.norm(d), short = step[xi].map { 1 / (1 + $0 * length * length) }
        if momentum.isUsed {
            step.assign(sum, step[momentum] * step[sum] + short * d)
            return finish(step, decayed(step, decay) - step[rate] * step[sum])
        }
        return finish(step, decayed(step, decay) - step[rate] * short * d)
    }
}
