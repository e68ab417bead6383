import CSAMShims

/// oasis: steps preconditioned by a running mean of the Hessian's diagonal D (Curvature.swift), which every step estimates.
///     S = beta2 S + (1 - beta2) D, the first D starts it;  B = max(|S|, alpha);  w = w (1 - eta weight_decay) - eta d / B
/// eta is lr. adaptive: eta is lr in a tensor's first step, then, with a third evaluation g at the weights before (on this batch),
///     dw = w - those weights, dg = d - g:  eta = min(sqrt(1 + theta) eta, |dw|_B / (2 |dg|_1/B)), theta = new / old eta, infinite at first
///     dg = 0: the first term, or eta unchanged while theta is infinite
/// `adaptive` compares d with a plain gradient: meant for the method none.
final class OASIS: Base {
    override class var about: About {
        About("oasis", "Steps preconditioned by the Hessian's diagonal, on wish with a step size that finds itself.",
              by: "Jahani, Rusakov, Shi, Richtarik, Mahoney, Takac 2022", state: 1)
    }

    private let rate = Option("lr", 0.1, .nonNegative, perGroup: true, "Learning rate; adaptive: of the first step.")
    private let beta2 = Option("beta2", 0.999, .fraction, perGroup: true, "Decay of the diagonal.")
    private let alpha = Option("alpha", 1e-5, .positive, perGroup: true, "The least divisor.")
    private let decay = Option("weight_decay", 0, .nonNegative, perGroup: true, "Decoupled: w is multiplied by 1 - eta * weight_decay before the update.")
    private let adaptive = Option("adaptive", flag: false, "Find the step size from the last two gradients: one evaluation more.")
    private let curvature = Curvature()
    private let diagonal = Slot("D", life: .early), weights = Slot("w", life: .always)
    /// By tensor: eta and theta.
    private let pace = Slot("pace", life: .always, extent: .doubles { _ in 2 })

    override var options: [Option] { [rate, beta2, alpha, decay, adaptive, curvature.product.difference] }
    override var slots: [Slot] { [diagonal] + (adaptive.isOn ? [weights, pace] : []) + curvature.slots }
    override var evaluations: Int { adaptive.isOn ? 3 : 2 }

    override func descend(_ step: Step, along d: Vector) -> Next {
        curvature.ask(step) { [self] step, sample in
            step.assign(diagonal, step[beta2] * step[diagonal] + rest(step, beta2) * step[sample], first: step[sample])
            if !adaptive.isOn { return move(step, d, step[rate]) }
            if !step.has(weights) { return remember(step, d) { self.rate[Int(step.device.tensors[$0].group)] } }
            step.place(at: step[weights], unless: weights, first: step.iterate)
            return .ask { [self] step in compare(step, d) }
        }
    }

    private func bounded(_ step: Step) -> Vector { .larger(step[diagonal].magnitude, Vector(constant: step[alpha])) }

    /// eta from the change of weights and gradients over everything that has been stepped before.
    private func compare(_ step: Step, _ d: Vector) -> Next {
        let dw = step.iterate - step[weights], dg = d - step.gradient, B = bounded(step), none = 0.0 * step.iterate
        let length = step.norm(B.root * dw, unless: weights, first: none), change = step.norm(dg / B.root, unless: weights, first: none)
        return remember(step, d) { t in
            if !self.weights.present[t] { return self.rate[Int(step.device.tensors[t].group)] }
            let (eta, theta) = self.paces(t)
            let bound = (1 + theta).squareRoot() * eta, new = change > 0 ? min(bound, 0.5 * length / change) : bound
            return new.isInfinite ? eta : new
        }
    }

    private func paces(_ t: Int) -> (eta: Double, theta: Double) {
        (pace.part[t].load(as: Double.self), pace.part[t].load(fromByteOffset: 8, as: Double.self))
    }

    /// Keeps eta, theta and the weights for the next step, and moves.
    private func remember(_ step: Step, _ d: Vector, _ eta: (Int) -> Double) -> Next {
        let etas = step.perPlace(eta)
        for t in step.device.tensors.indices where step.device.active[t] {
            let new = eta(t), theta = weights.present[t] ? new / paces(t).eta : .infinity
            pace.part[t].storeBytes(of: new, as: Double.self)
            pace.part[t].storeBytes(of: theta, toByteOffset: 8, as: Double.self)
            pace.wrote(t)
        }
        step.assign(weights, step.iterate)
        return move(step, d, etas)
    }

    private func move(_ step: Step, _ d: Vector, _ eta: Coefficient) -> Next {
        finish(step, decayed(step, decay, rate: eta) - eta * (d / bounded(step)))
    }
}
