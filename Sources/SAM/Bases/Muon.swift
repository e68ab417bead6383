import CSAMShims

/// muon: a running mean of directions, orthogonalised, for matrices (weights of two and more axes, as first axis x the others); adamw with options
/// of its own for everything else (Companion). What normuon shares with it.
///     m = momentum m + (1 - momentum) d;  u = (1 - momentum) d + momentum m (nesterov), or m
///     X = u / max(|u|, eps), transposed where it has more rows than columns;  ns_steps times: A = X X',  X = 3.4445 X + (-4.7750 A + 2.0315 A A) X
///     w = w (1 - lr weight_decay) - lr factor X,  factor: adjust_lr_fn
class Muon: Base {
    override class var about: About {
        About("muon", "Momentum whose matrices are orthogonalised by Newton and Schulz's iteration; adamw for the rest.",
              by: "Jordan, Jin, Boza, You, Cesista, Newhouse, Bernstein 2024")
    }

    final let rate = Option("lr", 1e-3, .nonNegative, perGroup: true, "Learning rate of matrices.")
    final let momentum = Option("momentum", 0.95, .fraction, perGroup: true, "Decay of the running mean of directions.")
    final let nesterov = Option("nesterov", flag: true, perGroup: true, "Orthogonalise (1 - momentum) d + momentum m instead of m.")
    final let decay = Option("weight_decay", 0.1, .nonNegative, perGroup: true, "Decoupled: matrices are multiplied by 1 - lr * weight_decay before the update.")
    final let nsSteps = Option("ns_steps", count: 5, .between(0, 99), perGroup: true, "Steps of the iteration.")
    final let eps = Option("eps", 1e-7, .nonNegative, perGroup: true, "The least norm by which a matrix is divided before the iteration.")
    final private let adjust = Option("adjust_lr_fn", choices: "original,match_rms_adamw,spectral_unclamped,none", perGroup: true,
                                "Factor of the rate: original sqrt(max(1, rows/columns)); match_rms_adamw 0.2 sqrt(max(rows, columns)); spectral_unclamped sqrt(rows/columns); none 1.")
    final let companion = Companion()
    final let orthogonal = NewtonSchulz()
    final let m = Slot("m", life: .always)

    override var usesMatrices: Bool { true }
    override var options: [Option] { [rate, momentum, nesterov, decay, nsSteps, eps, adjust] + companion.options }
    override var slots: [Slot] { [m, companion.v] + orthogonal.slots }
    override var firstMoment: Slot? { m.isAllocated ? m : nil }

    override func descend(_ step: Step, along d: Vector) -> Next {
        let tensors = step.device.tensors
        let beta = step.perTensor { [self] in $0.isMatrix ? momentum[Int($0.group)] : companion.beta1[Int($0.group)] }
        step.assign(m, beta * step[m] + beta.map { 1 - $0 } * d)
        var moved = step.move(to: companion.update(step, d, m, of: self), in: tensors.map { !$0.isMatrix })
        for (t, tensor) in tensors.enumerated() where step.device.active[t] && tensor.isMatrix {
            let group = Int(tensor.group), b = momentum[group]
            let u = nesterov[group] != 0 ? (1 - b) * d + b * step[m] : step[m]
            orthogonal.run(step, t, u, steps: Int(nsSteps[group]), eps: floor(group))
            let length = scale(step, t, tensor), shrink = 1 - rate[group] * decay[group]
            moved += step.move(to: shrink * step.iterate - rate[group] * length * step[orthogonal.x], in: step.only(t))
        }
        return finish(step, moved: moved)
    }

    /// The least norm before the iteration.
    func floor(_ group: Int) -> Double { eps[group] }

    /// The factor of x, which may still be changed, in the update.
    func scale(_ step: Step, _ t: Int, _ tensor: Tensor) -> Double {
        let ratio = Double(tensor.rows) / Double(tensor.columns), group = Int(tensor.group)
        if adjust.isChoice("original", group: group) { return max(1, ratio).squareRoot() }
        if adjust.isChoice("spectral_unclamped", group: group) { return ratio.squareRoot() }
        return adjust.isChoice("none", group: group) ? 1 : 0.2 * Double(max(tensor.rows, tensor.columns)).squareRoot()
    }
}

/// adamw for what is no matrix, under the prefix adamw_:
///     m, v: the moments of adam;  w = w (1 - lr weight_decay) - lr / (1 - beta1^t) m / (sqrt(v) / sqrt(1 - beta2^t) + eps)
final class Companion {
    let rate = Option("adamw_lr", 3e-4, .nonNegative, perGroup: true, "Learning rate of what is no matrix.")
    let beta1 = Option("adamw_beta1", 0.9, .fraction, perGroup: true, "Decay of its first moment.")
    let beta2 = Option("adamw_beta2", 0.95, .fraction, perGroup: true, "Decay of its second moment.")
    let eps = Option("adamw_eps", 1e-10, .nonNegative, perGroup: true, "Added to the root of its second moment.")
    let decay = Option("adamw_weight_decay", 0, .nonNegative, perGroup: true, "Its decoupled decay.")
    let v = Slot("v", life: .always, extent: .numbers { $0.isMatrix ? 0 : $0.count })
    var options: [Option] { [rate, beta1, beta2, eps, decay] }

    /// v follows d; the new weights. m is up to date.
    func update(_ step: Step, _ d: Vector, _ m: Slot, of base: Base) -> Vector {
        step.assign(v, step[beta2] * step[v] + base.rest(step, beta2) * d.squared, in: step.device.tensors.map { !$0.isMatrix })
        let root = base.correction(step, beta2).map { 1 / $0.squareRoot() }
        let quotient = step[m] / (root * step[v].root + step[eps])
        return base.decayed(step, decay, rate: step[rate]) - step[rate] / base.correction(step, beta1) * quotient
    }
}
