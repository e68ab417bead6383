import CSAMShims

/// bsam: SAM as variational inference; s is the posterior's precision up to data_size. Its own update.
///     g at w + normal / sqrt(data_size s);  gp at w + rho g / s
///     m' = beta1 m + (1 - beta1) (gp + weight_decay w);  w' = w - lr m' / s
///     s' = beta2 s + (1 - beta2) (sqrt(s) |g| + damping + weight_decay), from s_init
final class BSAM: Ascent {
    override class var about: About {
        About("bsam", "Bayesian SAM: learns a precision for every weight, which scales noise, perturbation and update.",
              by: "Moellenhoff, Khan 2023")
    }

    let lr = Option("lr", 0.5, .nonNegative, perGroup: true, "Learning rate.")
    let beta1 = Option("beta1", 0.9, .fraction, perGroup: true, "Memory of the momentum.")
    let beta2 = Option("beta2", 0.999, .fraction, perGroup: true, "Memory of the precision.")
    let decay = Option("weight_decay", 1e-4, .nonNegative, perGroup: true, "Precision of the prior, for each example.")
    let damping = Option("damping", 0.1, .nonNegative, perGroup: true, "Added to what the precision follows.")
    let initial = Option("s_init", 1, .positive, "The precision at first.")
    let dataSize = Option("data_size", count: 50000, .atLeast(0), "Examples in the data: the more, the less noise; 0: no noise.")
    let seed = Option("seed", count: 0, .between(0, 9007199254740991), "Of every random draw.")
    let noisy = Slot("noisy"), momentum = Slot("m", life: .always), precision = Slot("s", life: .always)
    override var options: [Option] { [lr, beta1, beta2, decay] + super.options + [damping, initial, dataSize, seed] }
    override var slots: [Slot] { [noisy, momentum, precision] }
    override var traits: Traits { super.traits.union(.ownOptimizer) }

    private func precision(_ step: Step) -> Vector { step[precision, initially: Coefficient(initial.value)] }

    override func begin(_ step: Step) -> Next {
        let z = step.random(SAM_NORMAL, .noise)
        step.displace(by: dataSize.int > 0 ? z / (dataSize.value * precision(step)).root : 0.0 * step.iterate)
        return .ask(ascend)
    }

    override func ascend(_ step: Step) -> Next {
        step.assign(noisy, step.gradient)
        climb(step, along: step.gradient / precision(step), normalized: false)
        return .ask(descend)
    }

    override func descend(_ step: Step) -> Next {
        let s = precision(step), b1 = step[beta1], b2 = step[beta2], wd = step[decay]
        step.assign(momentum, b1 * step[momentum] + (1 - b1) * (step.gradient + wd * step.iterate))
        step.update(to: step.iterate - step[lr] * (step[momentum] / s))
        step.assign(precision, b2 * s + (1 - b2) * (s.root * step[noisy].magnitude + (step[damping] + wd)))
        return .done
    }
}
