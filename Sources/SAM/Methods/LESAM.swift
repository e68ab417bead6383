/// le_sam: SAM with a radius that lets the loss rise by the same amount, to first order, in every step.
///     e = min(sigma / (|g| + 1e-12), rho_max) g / |g|;  direction = gradient at w + e
/// With a shape T: T^2 g / |T g|, and |T g| in place of |g|.
final class LESAM: Ascent {
    override class var about: About {
        About("le_sam", "SAM that fixes the rise of the loss instead of the radius.", by: "Wang, Liu, Xie, Gao 2026", exactness: 2)
    }

    let sigma = Option("sigma", 0.05, .nonNegative, "What the loss may rise by to first order.")
    let rhoMax = Option("rho_max", 1, .nonNegative, "Largest radius.")
    override var options: [Option] { super.options.filter { $0 !== rho } + [sigma, rhoMax] }

    override func ascend(_ step: Step) -> Next {
        let radius = min(sigma.value / (length(step, of: step.gradient) + 1e-12), rhoMax.value)
        step.displace(by: ascent(step, along: step.gradient, radius: Coefficient(radius)), in: reach(step))
        return .ask(descend)
    }
}
