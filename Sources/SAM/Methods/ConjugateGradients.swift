/// (H + shift) x = g by conjugate gradients from x = 0, H at the iterate as differences of gradients. Ends at |r| <= min(1/2, sqrt|g|) |g|,
/// behind `iterations` products, or at negative curvature, with the x so far, g in the first iteration.
final class ConjugateGradients {
    let iterations = Option("iterations", count: 20, .atLeast(1), "Most products with the Hessian, two evaluations each.")
    private let product = HessianProduct()
    private let solution = Slot("solution"), residual = Slot("residual"), search = Slot("search"), image = Slot("image")
    var options: [Option] { [iterations, product.difference] }
    var slots: [Slot] { [solution, residual, search, image] + product.slots }
    var evaluations: Int { 2 * iterations.int }

    /// g: the gradient just evaluated. Goes on with x; valid until the step ends.
    func solve(_ step: Step, shift: Double, then: @escaping (Step, Vector) -> Next) -> Next {
        step.assign(solution, Vector(constant: 0))
        step.assign(residual, step.gradient)
        step.assign(search, step.gradient)
        let square = step.gradientSquares(), length = square.squareRoot()
        return iterate(step, shift, 0, square, until: min(0.5, length.squareRoot()) * length, then)
    }

    private func iterate(_ step: Step, _ shift: Double, _ i: Int, _ square: Double, until bound: Double,
                         _ then: @escaping (Step, Vector) -> Next) -> Next {
        if i == iterations.int || square.squareRoot() <= bound { return then(step, step[solution]) }
        return product.ask(step, at: step.iterate, along: step[search]) { [self] step, product in
            step.assign(image, product + shift * step[search])
            let curvature = step.dot(step[search], step[image])
            if curvature <= 0 { return then(step, i == 0 ? step[search] : step[solution]) }
            let size = square / curvature
            step.assign(solution, step[solution] + size * step[search])
            step.assign(residual, step[residual] - size * step[image])
            let next = step.dot(step[residual], step[residual])
            step.assign(search, step[residual] + next / square * step[search])
            return iterate(step, shift, i + 1, next, until: bound, then)
        }
    }
}
