import CSAMShims

/// prodigy: Adam that finds its step size D, from d0 on. Sums over everything, at the weights before the step; t: the tensor's step.
///     rate = D lr, bias_correction: times sqrt(1 - beta2^t) / (1 - beta1^t)
///     top = beta3 top + D / d0 rate <d, start - w>;  m = beta1 m + D (1 - beta1) d;  v = beta2 v + D^2 (1 - beta2) d^2
///     s = beta3 s + D / d0 rate d (safeguard_warmup: D / d0 D d);  sum of |s| = 0: no update
///     guess = d_coef top / sum |s|;  D = d0: D = max(D, guess);  most = max(most, guess);  D = min(most, D growth_rate)
///     w = w (1 - rate weight_decay) - rate m / (sqrt(v) + D eps), the old rate and the new D
final class Prodigy: Base {
    override class var about: About { About("prodigy", "Adam that finds its step size from how far the weights have come.", by: "Mishchenko, Defazio 2024", state: 4) }

    private let rate = Option("lr", 1, .nonNegative, perGroup: true, "Factor of the step size that is found.")
    private let beta1 = Option("beta1", 0.9, .fraction, perGroup: true, "Decay of the first moment.")
    private let beta2 = Option("beta2", 0.999, .fraction, perGroup: true, "Decay of the second moment.")
    private let beta3 = Option("beta3", 0, .fraction, "Decay of the sums behind the step size; 0: the root of beta2.")
    private let eps = Option("eps", 1e-8, .nonNegative, perGroup: true, "Times the step size, added to the root of the second moment.")
    private let decay = Option("weight_decay", 0, .nonNegative, perGroup: true, "Decoupled: w is multiplied by 1 - rate * weight_decay before the update.")
    private let first = Option("d0", 1e-6, .positive, "The step size at first.")
    private let coefficient = Option("d_coef", 1, .positive, "Factor of the guessed step size.")
    private let growth = Option("growth_rate", .infinity, .atLeast(1), "How much the step size may grow in a step.")
    private let corrects = Option("bias_correction", flag: false, "Correct the moments' bias, as Adam does.")
    private let safeguard = Option("safeguard_warmup", flag: false, "Leave lr out of the sums, for schedules with a warm-up.")
    private let start = Slot("start", life: .always), m = Slot("m", life: .always), v = Slot("v", life: .always), s = Slot("s", life: .always)
    private let size = Scalar("d"), top = Scalar("top"), most = Scalar("most")

    override var options: [Option] { [rate, beta1, beta2, beta3, eps, decay, first, coefficient, growth, corrects, safeguard] }
    override var slots: [Slot] { [start, m, v, s] }
    override var scalars: [Scalar] { [size, top, most] }
    override var firstMoment: Slot? { m.isAllocated ? m : nil }

    override func descend(_ step: Step, along d: Vector) -> Next {
        let D = size.value ?? first.value, b3 = beta3.isOn ? Coefficient(beta3.value) : step[beta2].map { $0.squareRoot() }
        var pace = D * step[rate]
        if corrects.isOn { pace = pace * (correction(step, beta2).map { $0.squareRoot() } / correction(step, beta1)) }
        let weight = (D / first.value) * (safeguard.isOn ? Coefficient(D) : pace)
        let begins = step.device.tensors.indices.map { start.isNew($0) }
        if begins.contains(true) { step.assign(start, step.iterate, in: begins) }
        let way = step.dot((D / first.value) * pace * d, step[start] - step.iterate)
        step.assign(m, step[beta1] * step[m] + D * rest(step, beta1) * d)
        step.assign(v, step[beta2] * step[v] + D * D * rest(step, beta2) * d.squared)
        step.assign(s, b3 * step[s] + weight * d)
        top.value = (beta3.isOn ? beta3.value : beta2.value.squareRoot()) * (top.value ?? 0) + way
        let sum = step.dot(step[s].magnitude, Vector(constant: 1))
        if sum == 0 { return finish(step, step.iterate) }
        let guess = coefficient.value * top.value! / sum, begun = D == first.value ? max(D, guess) : D, bound = max(most.value ?? first.value, guess)
        let new = min(bound, begun * growth.value)
        most.value = bound
        size.value = new
        return finish(step, decayed(step, decay, rate: pace) - pace * (step[m] / (step[v].root + new * step[eps])))
    }
}
