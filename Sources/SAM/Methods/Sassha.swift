import CSAM
import CSAMShims

/// sassha: SAM with a diagonal of the Hessian, estimated at the perturbed point, as the preconditioner. Its own update, t the step:
///     m = beta1 m + (1 - beta1) gp, gp the gradient at x = w + rho g / |g|
///     in steps 1, period + 1, ...: h = beta2 h + (1 - beta2) |D|,  D = mean of z * (H z) over `samples` vectors z of random signs, H at x;
///                                  c = (1 - beta2^t)^hessian_power
///     w = w (1 - lr weight_decay) - lr / (1 - beta1^t) m / (h^hessian_power / c + eps)
/// A step in which a tensor takes part that has no h yet is such a step as well. Draws of stream 4: t samples + k.
class Sassha: Ascent {
    override class var about: About {
        About("sassha", "SAM preconditioned by a stable estimate of the Hessian's diagonal at the perturbed point.",
              by: "Shin, Lee, Chung, Lee 2025")
    }

    final let lr = Option("lr", 0.15, .nonNegative, perGroup: true, "Learning rate.")
    final let beta1 = Option("beta1", 0.9, .fraction, perGroup: true, "Decay of the running mean of gradients.")
    final let beta2 = Option("beta2", 0.999, .fraction, perGroup: true, "Decay of the running mean of diagonals.")
    final let eps = Option("eps", 1e-4, .nonNegative, perGroup: true, "Added to the divisor.")
    final let weightDecay = Option("weight_decay", 0, .nonNegative, perGroup: true, "Decoupled: w (1 - lr weight_decay).")
    final let period = Option("period", count: 10, .atLeast(1), "Steps between two estimates of the diagonal.")
    final let power = Option("hessian_power", 0.5, .nonNegative, "Exponent of the diagonal.")
    final let samples = Option("samples", count: 1, .atLeast(1), "Probes of an estimate, two evaluations each.")
    final let seed = Option("seed", count: 0, .between(0, 9007199254740991), "Of every random draw.")
    final private let product = HessianProduct()
    final let m = Slot("m", life: .always), h = Slot("h", life: .always)
    /// The step of the last estimate.
    final let estimated = Scalar("estimated")
    final private let direction = Slot("direction"), perturbed = Slot("x"), diagonal = Slot("diagonal")

    override var radius: (value: Double, range: Bounds) { (0.2, .nonNegative) }
    override var options: [Option] {
        [lr, beta1, beta2, eps, weightDecay] + super.options + [period, power, samples, product.difference, seed]
    }
    override var slots: [Slot] { [m, h, direction, perturbed, diagonal] + product.slots }
    override var scalars: [Scalar] { [estimated] }
    override var evaluations: Int { 2 + 2 * samples.int }
    override var traits: Traits { super.traits.union(.ownOptimizer) }

    override func descend(_ step: Step) -> Next {
        if !isDue(step) { return update(step, along: step.gradient) }
        step.assign(direction, step.gradient)
        step.assign(perturbed, step.point)
        return estimate(step, 0)
    }

    final private func isDue(_ step: Step) -> Bool {
        for t in step.device.tensors.indices where step.device.active[t] && !h.present[t] { return true }
        return (step.number - 1) % Int64(period.int) == 0
    }

    final private func estimate(_ step: Step, _ k: Int) -> Next {
        if k == samples.int {
            step.assign(h, step[beta2] * step[h] + (1 - step[beta2]) * step[diagonal].magnitude)
            estimated.value = Double(step.number)
            return update(step, along: step[direction])
        }
        let z = step.random(SAM_RADEMACHER, .probes, draw: step.number * Int64(samples.int) + Int64(k))
        return product.ask(step, at: step[perturbed], along: z) { [self] step, image in
            let term = 1 / samples.value * (z * image)
            step.assign(diagonal, k == 0 ? term : step[diagonal] + term)
            return estimate(step, k + 1)
        }
    }

    final private func update(_ step: Step, along d: Vector) -> Next {
        step.assign(m, step[beta1] * step[m] + (1 - step[beta1]) * d)
        let t = step.number, last = Int64(estimated.value ?? 1), exponent = power.value, raise = step.device.kernels.pointee.power!
        let scale = step[beta2].map { 1 / raise(1 - raised($0, last), exponent) }
        let rate = step[lr] / step[beta1].map { 1 - raised($0, t) }
        let quotient = step[m] / (scale * step[h].power(exponent) + step[eps])
        step.update(to: (1 - step[lr] * step[weightDecay]) * step.iterate - rate * quotient)
        return .done
    }
}

/// msassha: sassha with one evaluation less: x = w - rho m / |m|, m the running mean of gradients; x = w before there is one.
final class MSassha: Sassha {
    override class var about: About { About("msassha", "Sassha perturbed against its own momentum: one evaluation less.", by: "Shin, Lee, Chung, Lee 2025") }

    override var radius: (value: Double, range: Bounds) { (0.3, .nonNegative) }
    override var evaluations: Int { 1 + 2 * samples.int }

    required init() {
        super.init()
        weightDecay.preset(0.01)
    }

    override func begin(_ step: Step) -> Next {
        if step.has(m) { climb(step, along: -1.0 * step[m]) }
        return .ask(descend)
    }
}
