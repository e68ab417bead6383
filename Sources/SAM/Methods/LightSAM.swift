/// lightsam: SAM whose radius and learning rate fall by themselves, as AdaGrad's does:
///     u' = u + g^2, e = rho g / sqrt(u');  v' = v + gp^2, w' = w - lr gp / sqrt(v');  both from eps^2
/// g^2 is |g|^2 (accumulator norm) or taken by element (coordinate).
final class LightSAM: Ascent {
    override class var about: About {
        About("lightsam", "SAM whose radius and learning rate follow AdaGrad: neither needs to be tuned to the smoothness.",
              by: "Cheng, Shen, Sun, Yin, Cao, Chen 2025")
    }

    let lr = Option("lr", 0.1, .nonNegative, perGroup: true, "Learning rate.")
    let eps = Option("eps", 1e-8, .positive, "Root of both sums at first.")
    let accumulator = Option("accumulator", choices: "norm,coordinate", "norm: sums of the gradients' squared norms; coordinate: of each element's square.")
    let u = Slot("u", life: .early), v = Slot("v", life: .always)
    let uNorm = Scalar("u_norm"), vNorm = Scalar("v_norm")
    override var options: [Option] { [lr, eps, accumulator] + super.options }
    override var slots: [Slot] { byElement ? [u, v] : [] }
    override var scalars: [Scalar] { [uNorm, vNorm] }
    override var traits: Traits { super.traits.union(.ownOptimizer) }

    private var byElement: Bool { accumulator.isChoice("coordinate") }

    /// The gradient by the root of the sum of squares, to which it is added.
    private func scaled(_ step: Step, _ sum: Slot, _ norm: Scalar) -> Vector {
        let square = eps.value * eps.value
        if byElement {
            step.assign(sum, step[sum, initially: Coefficient(square)] + step.gradient.squared)
            return step.gradient / step[sum].root
        }
        let total = (norm.value ?? square) + step.gradientSquares()
        norm.value = total
        return 1 / total.squareRoot() * step.gradient
    }

    override func ascend(_ step: Step) -> Next {
        climb(step, along: scaled(step, u, uNorm), normalized: false)
        return .ask(descend)
    }

    override func descend(_ step: Step) -> Next {
        step.update(to: step.iterate - step[lr] * scaled(step, v, vNorm))
        return .done
    }
}
