/// gradient_noise_interaction: the mean over batches of g_b'H g_b / |g|^2 with the whole loss' H and g: (g'Hg + tr H S_b) / |g|^2, S_b the covariance of the
/// batches' gradients. All batches in their order where there are no more than `samples` (standard_error 0), else at random. No gradient: 0,
/// degenerate 1.
final class GradientNoiseInteraction: Measure {
    override class var about: About { About("gradient_noise_interaction", "The whole curvature along the batches' gradients.", needs: [.gradient, .product, .batches]) }

    let samples = Setting.samples(64), curvature = CurvatureSettings()
    override var settings: [Setting] { [samples] + curvature.plain }

    override func run(_ job: Job) throws(Failure) {
        let (batches, isAll) = try job.batches(samples.int), space = job.space, g = try space.vector(), product = try space.vector()
        let square = space.dot(job.gradient!, job.gradient!), map = try job.operand(curvature)
        if square == 0 {
            try job.report.set("value", 0.0)
            return try job.report.set("degenerate", 1)
        }
        var sample = Sample(), sum = 0.0, total = 0.0
        job.ledger.expect(batches.count &* (1 &+ map.cost), "batches")
        let isWhole = try job.within { () throws(Failure) in
            for (part, weight) in batches {
                try job.point.moveBack()
                _ = try job.objective.evaluate(part, into: g)
                try map.apply(g, into: product)
                let ratio = space.dot(g, product) / square
                sample.add(ratio)
                (sum, total) = (sum + weight * ratio, total + weight)
            }
        }
        job.converged = isWhole
        try job.report.set("value", sum / total)
        try job.report.set("standard_error", isAll ? 0 : sample.standardError)
    }
}
