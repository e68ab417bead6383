/// gradient_subspace: the share of the gradient's square that lies in the eigenvectors of the `count` largest eigenvalues. fractions [k]: of each;
/// rayleigh = g'Hg / |g|^2; angle to the first eigenvector, 0 to pi/2. No gradient: 0, degenerate 1.
final class GradientSubspace: Measure {
    override class var about: About {
        About("gradient_subspace", "How much of the gradient lies in the top eigenvectors.",
              by: "Gur-Ari, Roberts, Dyer 2018", needs: [.gradient, .product])
    }

    let count = Setting("count", count: 10, .between(1, 64), "Eigenvectors."), curvature = CurvatureSettings()
    override var settings: [Setting] { [count] + curvature.all }

    override func run(_ job: Job) throws(Failure) {
        let space = job.space, g = job.gradient!, square = space.dot(g, g), product = try space.vector()
        if square == 0 {
            try job.report.set("value", 0.0)
            return try job.report.set("degenerate", 1)
        }
        job.ledger.expect((2 &* count.int &+ 12) &* 2 &* job.part.items.count, "eigenvectors")
        let vectors = try DirectionSettings.eigenvectors(job, curvature, .largest, min(count.int, job.n)).vectors
        let along = vectors.map { space.dot($0, g) }
        try job.curvature!.apply(g, into: product)
        let first = abs(along[0])
        space.copy(g, to: vectors[0])                       // what is left of g beside the first
        let rest = max(square - first * first, 0).squareRoot()
        try job.report.set("value", along.reduce(0) { $0 + $1 * $1 } / square)
        try job.report.set("fractions", along.map { $0 * $0 / square })
        try job.report.set("rayleigh", space.dot(g, product) / square)
        try job.report.set("angle", space.arctangent(rest, first))
    }
}
