/// reg_newton: Newton's method with a shift that falls with the gradient. Its own update:
///     w = w - lr x,  (H + shift) x = g by conjugate gradients;  shift = sqrt(L |g|), or L |g| (rule linear)
final class RegularizedNewton: Method {
    override class var about: About {
        About("reg_newton", "Newton's method with a regulariser that falls with the gradient's norm.",
              by: "Mishchenko 2023; Doikov, Nesterov 2024")
    }

    let lr = Option("lr", 1, .nonNegative, perGroup: true, "Share of the Newton step that is taken.")
    let lipschitz = Option("hessian_lipschitz", 1, .nonNegative, "L, the Lipschitz constant of the Hessian.")
    let rule = Option("rule", choices: "sqrt,linear", "The shift: sqrt(L |g|), or L |g|.")
    private let solver = ConjugateGradients()
    override var options: [Option] { [lr, lipschitz, rule] + solver.options }
    override var slots: [Slot] { solver.slots }
    override var evaluations: Int { 1 + solver.evaluations }
    override var traits: Traits { super.traits.union(.ownOptimizer) }

    override func begin(_ step: Step) -> Next { .ask(solve) }

    private func solve(_ step: Step) -> Next {
        let product = lipschitz.value * step.norm(step.gradient)
        return solver.solve(step, shift: rule.isChoice("sqrt") ? product.squareRoot() : product) { [self] step, x in
            step.update(to: step.iterate - step[lr] * x)
            return .done
        }
    }
}

/// damped_newton: Newton's method with a step that needs no line search (AICN). Its own update:
///     (H + damping) x = g by conjugate gradients;  G = semi_strong sqrt(max(<g, x>, 0))
///     w = w - (sqrt(1 + 2G) - 1) / G x,  w - x where G = 0
final class DampedNewton: Method {
    override class var about: About {
        About("damped_newton", "Newton's method with a damped step in closed form, without a line search.",
              by: "Hanzely, Kamzolov, Pasechnyuk, Gasnikov, Richtarik, Takac 2022")
    }

    let semiStrong = Option("semi_strong", 1, .nonNegative, "Constant of semi-strong self-concordance; 0: the whole Newton step.")
    let damping = Option("damping", 0, .nonNegative, "Added to the Hessian's diagonal.")
    private let solver = ConjugateGradients()
    private let clean = Slot("g")
    override var options: [Option] { [semiStrong, damping] + solver.options }
    override var slots: [Slot] { [clean] + solver.slots }
    override var evaluations: Int { 1 + solver.evaluations }
    override var traits: Traits { super.traits.union(.ownOptimizer) }

    override func begin(_ step: Step) -> Next { .ask(solve) }

    private func solve(_ step: Step) -> Next {
        step.assign(clean, step.gradient)
        return solver.solve(step, shift: damping.value) { [self] step, x in
            let length = semiStrong.value * max(step.dot(step[clean], x), 0).squareRoot()
            let size = length == 0 ? 1 : ((1 + 2 * length).squareRoot() - 1) / length
            step.update(to: step.iterate - size * x)
            return .done
        }
    }
}
