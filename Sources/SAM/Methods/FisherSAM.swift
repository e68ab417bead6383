/// fisher_sam: SAM in a ball of the diagonal Fisher metric F = 1 + eta g^2.
///     e = rho n / (sqrt(<g, n>) + 1e-12), n = g / F, and 0 where g = 0;  direction = gradient at w + e
/// |e| = rho in the metric. The damping is from memory of the paper.
final class FisherSAM: Ascent {
    override class var about: About {
        About("fisher_sam", "SAM whose ball is measured by the diagonal Fisher information.",
              by: "Kim, Li, Hu, Hospedales 2022", exactness: 2)
    }

    let weight = Option("eta", 0.2, .nonNegative, "Weight of the squared gradient in the metric; 0: sam.")
    override var radius: (value: Double, range: Bounds) { (0.1, .nonNegative) }
    /// The metric is the shape of the ball.
    override var options: [Option] { [rho, part, weight] }

    override func ascend(_ step: Step) -> Next {
        let g = step.gradient, scope = reach(step), metric = weight.value * g.squared + 1
        let length = step.dot(g, g / metric, in: scope).squareRoot()
        step.displace(by: step.over(step[rho], length) * (g / metric), in: scope)
        return .ask(descend)
    }
}
