import CSAM

/// What both forms of Sophia have: a moment of directions over a running mean of curvature, clipped by element. No bias correction.
class Sophia: Base {
    final let rate = Option("lr", 0, .nonNegative, perGroup: true, "Learning rate.")
    final let beta1 = Option("beta1", 0.965, .fraction, perGroup: true, "Decay of the first moment.")
    final let beta2 = Option("beta2", 0.99, .fraction, perGroup: true, "Decay of the curvature.")
    final let decay = Option("weight_decay", 0, .nonNegative, perGroup: true, "Decoupled: w is multiplied by 1 - lr * weight_decay before the update.")
    final let curvature = Curvature(period: 10)
    final let m = Slot("m", life: .always), h = Slot("h", life: .always)
    override var firstMoment: Slot? { m.isAllocated ? m : nil }

    /// m follows d; w = w (1 - lr weight_decay) - lr u(m).
    final func update(_ step: Step, _ d: Vector, _ u: (Vector) -> Vector) -> Next {
        step.assign(m, step[beta1] * step[m] + rest(step, beta1) * d)
        return finish(step, decayed(step, decay) - step[rate] * u(step[m]))
    }
}

/// sophia_h: the curvature is Hutchinson's estimate D of the Hessian's diagonal (Curvature.swift).
///     in due steps: h = beta2 h + (1 - beta2) D
///     m = beta1 m + (1 - beta1) d;  w = w (1 - lr weight_decay) - lr clip(m / max(h, eps), -p, p)
final class SophiaH: Sophia {
    override class var about: About { About("sophia_h", "Clipped steps over a running mean of the Hessian's diagonal.", by: "Liu, Li, Hall, Liang, Ma 2024", state: 2) }

    private let eps = Option("eps", 1e-12, .nonNegative, perGroup: true, "The least divisor.")
    private let bound = Option("p", 1e-2, .positive, perGroup: true, "Largest magnitude of an element of m / max(h, eps).")

    required init() {
        super.init()
        rate.preset(6e-2)
    }

    override var options: [Option] { [rate, beta1, beta2, eps, bound, decay, curvature.period, curvature.product.difference] }
    override var slots: [Slot] { [m, h] + curvature.slots }
    override var evaluations: Int { 2 }

    override func descend(_ step: Step, along d: Vector) -> Next {
        if !curvature.isDue(step, h) { return move(step, d) }
        return curvature.ask(step) { [self] step, diagonal in
            curvature.follow(step, h, beta2, step[diagonal])
            return move(step, d)
        }
    }

    private func move(_ step: Step, _ d: Vector) -> Next {
        update(step, d) { ($0 / .larger(step[h], Vector(constant: step[eps]))).clipped(step[bound]) }
    }
}

/// sophia_g: the curvature is the squared gradient of the auxiliary objective, which the host defines as the loss on labels drawn from
/// the model itself (Gauss-Newton-Bartlett).
///     in due steps: h = beta2 h + (1 - beta2) (auxiliary gradient at w)^2
///     m = beta1 m + (1 - beta1) d;  w = w (1 - lr weight_decay) - lr sign(m) min(|m| / (p batch_size h + 1e-15), 1)
final class SophiaG: Sophia {
    override class var about: About {
        About("sophia_g", "Clipped steps over a running mean of squared gradients on labels drawn from the model.",
              by: "Liu, Li, Hall, Liang, Ma 2024", state: 2)
    }

    private let bound = Option("p", 0.04, .positive, perGroup: true, "Factor of the curvature in the divisor.")
    private let batchSize = Option("batch_size", 1, .positive, perGroup: true, "Examples (or tokens) in the auxiliary objective's mean: a factor of the curvature.")

    required init() {
        super.init()
        rate.preset(1e-4)
        decay.preset(0.1)
    }

    override var options: [Option] { [rate, beta1, beta2, bound, batchSize, decay, curvature.period] }
    override var slots: [Slot] { [m, h] }
    override var evaluations: Int { 1 }
    override var needsAuxiliary: Bool { true }

    override func descend(_ step: Step, along d: Vector) -> Next {
        if !curvature.isDue(step, h) { return move(step, d) }
        step.restore()
        return .ask({ [self] step in
            curvature.follow(step, h, beta2, step.gradient.squared)
            return move(step, d)
        }, bits: SAM_AUXILIARY)
    }

    private func move(_ step: Step, _ d: Vector) -> Next {
        let scale = step[bound] * step[batchSize]
        return update(step, d) { $0.sign * .smaller($0.magnitude / (scale * step[h] + 1e-15), Vector(constant: 1)) }
    }
}
