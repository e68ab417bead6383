/// adahessian: Adam with the squares of the Hessian's diagonal D (Curvature.swift) in the place of the gradient's.
///     in due steps: h = beta2 h + (1 - beta2) D^2;  average_conv_kernel: |D| averaged over the last two of four axes in D's place
///     m = beta1 m + (1 - beta1) d;  w = w (1 - lr weight_decay) - lr / (1 - beta1^t) m / ((h / (1 - beta2^t))^(hessian_power / 2) + eps)
final class AdaHessian: Base {
    override class var about: About {
        About("adahessian", "Adam on the squares of an estimate of the Hessian's diagonal.",
              by: "Yao, Gholami, Shen, Mustafa, Keutzer, Mahoney 2021", state: 2)
    }

    private let rate = Option("lr", 0.1, .nonNegative, perGroup: true, "Learning rate.")
    private let beta1 = Option("beta1", 0.9, .fraction, perGroup: true, "Decay of the first moment.")
    private let beta2 = Option("beta2", 0.999, .fraction, perGroup: true, "Decay of the squares of the diagonal.")
    private let eps = Option("eps", 1e-16, .nonNegative, perGroup: true, "Added to the divisor.")
    private let decay = Option("weight_decay", 0, .nonNegative, perGroup: true, "Decoupled: w is multiplied by 1 - lr * weight_decay before the update.")
    private let power = Option("hessian_power", 1, .share, perGroup: true, "Exponent of the root of h that divides; 0: no preconditioner.")
    private let kernels = Option("average_conv_kernel", flag: false, perGroup: true, "Average |D| over the last two axes of tensors of four.")
    private let curvature = Curvature()
    private let m = Slot("m", life: .always), h = Slot("h", life: .always)

    override var options: [Option] {
        [rate, beta1, beta2, eps, decay, power, curvature.period, kernels, curvature.product.difference]
    }
    override var slots: [Slot] { [m, h] + curvature.slots }
    override var evaluations: Int { 2 }
    override var firstMoment: Slot? { m.isAllocated ? m : nil }

    override func descend(_ step: Step, along d: Vector) -> Next {
        if !curvature.isDue(step, h) { return update(step, d) }
        return curvature.ask(step) { [self] step, diagonal in
            for (t, tensor) in step.device.tensors.enumerated() where kernels[Int(tensor.group)] != 0 && tensor.shape.count == 4 {
                step.device.averageMagnitudes(diagonal, t, of: tensor.shape[2] * tensor.shape[3])
            }
            curvature.follow(step, h, beta2, step[diagonal].squared)
            return update(step, d)
        }
    }

    private func update(_ step: Step, _ d: Vector) -> Next {
        step.assign(m, step[beta1] * step[m] + rest(step, beta1) * d)
        let scale = correction(step, beta2).map { 1 / $0 }
        let divisor = (scale * step[h]).power(0.5 * step[power]) + step[eps]
        return finish(step, decayed(step, decay) - step[rate] / correction(step, beta1) * (step[m] / divisor))
    }
}
