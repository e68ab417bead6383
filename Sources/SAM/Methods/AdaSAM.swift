/// adasam: SAM with the update of AMSGrad, without bias corrections:
///     m' = beta1 m + (1 - beta1) gp;  v' = beta2 v + (1 - beta2) gp^2;  top' = max(top, v'), from eps^2;  w' = w - lr m' / sqrt(top')
final class AdaSAM: Ascent {
    override class var about: About {
        About("adasam", "SAM with an adaptive learning rate and momentum: the update of AMSGrad from perturbed gradients.",
              by: "Sun, Shen, Zhong, Ding, Chen, Sun, Li, Sun, Tao 2023")
    }

    let lr = Option("lr", 1e-3, .nonNegative, perGroup: true, "Learning rate.")
    let beta1 = Option("beta1", 0.9, .fraction, perGroup: true, "Memory of the momentum.")
    let beta2 = Option("beta2", 0.999, .fraction, perGroup: true, "Memory of the squared gradients.")
    let eps = Option("eps", 1e-8, .positive, perGroup: true, "Root of the first maximum: the smallest divisor.")
    let mean = Slot("m", life: .always), squares = Slot("v", life: .always), top = Slot("vmax", life: .always)
    override var options: [Option] { [lr, beta1, beta2, eps] + super.options }
    override var slots: [Slot] { [mean, squares, top] }
    override var traits: Traits { super.traits.union(.ownOptimizer) }

    override func descend(_ step: Step) -> Next {
        let g = step.gradient, b1 = step[beta1], b2 = step[beta2]
        step.assign(mean, b1 * step[mean] + (1 - b1) * g)
        step.assign(squares, b2 * step[squares] + (1 - b2) * g.squared)
        step.assign(top, .larger(step[top, initially: step[eps] * step[eps]], step[squares]))
        step.update(to: step.iterate - step[lr] * (step[mean] / step[top].root))
        return .done
    }
}
