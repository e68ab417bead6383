/// lamb: Adam's direction with a rate for each tensor, vectors too. t: the tensor's step; m, v: the moments of adam.
///     u = m / (1 - beta1^t) / (sqrt(v / (1 - beta2^t)) + eps) + weight_decay w
///     w = w - lr ratio u,  ratio = min(|w|, trust_clip) / |u|, 1 where either norm is 0
final class LAMB: Base {
    override class var about: About {
        About("lamb", "Adam with a rate for each tensor, in proportion to the weights' norm over the direction's.",
              by: "You, Li, Reddi, Hseu, Kumar, Bhojanapalli, Song, Demmel, Keutzer, Hsieh 2020", state: 2)
    }

    private let rate = Option("lr", 1e-3, .nonNegative, perGroup: true, "Learning rate.")
    private let beta1 = Option("beta1", 0.9, .fraction, perGroup: true, "Decay of the first moment.")
    private let beta2 = Option("beta2", 0.999, .fraction, perGroup: true, "Decay of the second moment.")
    private let eps = Option("eps", 1e-6, .nonNegative, perGroup: true, "Added to the root of the second moment.")
    private let decay = Option("weight_decay", 0, .nonNegative, perGroup: true, "Coefficient of w, added to the scaled direction.")
    private let clip = Option("trust_clip", 10, .positive, perGroup: true, "Largest norm of the weights that counts.")
    private let m = Slot("m", life: .always), v = Slot("v", life: .always)

    override var options: [Option] { [rate, beta1, beta2, eps, decay, clip] }
    override var slots: [Slot] { [m, v] }
    override var firstMoment: Slot? { m.isAllocated ? m : nil }

    override func descend(_ step: Step, along d: Vector) -> Next {
        step.assign(m, step[beta1] * step[m] + rest(step, beta1) * d)
        step.assign(v, step[beta2] * step[v] + rest(step, beta2) * d.squared)
        let first = correction(step, beta1).map { 1 / $0 }, root = correction(step, beta2).map { 1 / $0.squareRoot() }
        let scaled = first * step[m] / (root * step[v].root + step[eps]), u = decay.isUsed ? scaled + step[decay] * step.iterate : scaled
        let (weights, lengths) = step.norms(step.iterate, and: u, by: .tensor)
        let most = Coefficient.combine(weights, step[clip]) { min($0, $1) }
        let ratio = Coefficient.combine(most, lengths) { $0 > 0 && $1 > 0 ? $0 / $1 : 1 }
        return finish(step, step.iterate - step[rate] * ratio * u)
    }
}
