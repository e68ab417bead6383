/// batch_sharpness: the mean over batches of g_b'H_b g_b / |g_b|^2, each batch's own gradient and Hessian: at the edge of stochastic stability it hovers
/// at 2 / lr. ratios [batches looked at]: all in their order where there are no more than `samples` (standard_error 0), else at random until the
/// standard error is `tolerance` times the mean, behind 16 at the least.
///
/// ratio_of_means = mean g'Hg / mean |g|^2; gauss_newton: with the host's Gauss-Newton matrix, where there is one; momentum: with the setting
/// (the buffer, times its factor) the mean of s'Hs / s'g, s = momentum + g; mini_batch_lambda: the mean of lambda_max(H_b), of the first 16 batches
/// looked at, to 1e-3. A batch without gradient is left out, counted in `skipped`.
final class BatchSharpness: Measure {
    override class var about: About {
        About("batch_sharpness", "The curvature of each batch along its own gradient.",
              by: "Andreyev, Beneventano 2024", needs: [.gradient, .product, .batches])
    }

    let samples = Setting.samples(128), tolerance = Setting.tolerance(5e-3, "Standard error over mean that ends the sampling.")
    let momentum = Setting(tensors: "momentum", "The momentum buffer times its factor."), curvature = CurvatureSettings()
    override var settings: [Setting] { [samples, tolerance, momentum] + curvature.plain }

    override func run(_ job: Job) throws(Failure) {
        let (batches, isAll) = try job.batches(samples.int), space = job.space, eigen = EigenSettings()
        let g = try space.vector(), product = try space.vector(), buffer = try space.vector()
        var ratios = Sample(), sums = [Double](repeating: 0, count: 10), skipped = 0
        if momentum.isGiven { try job.point.read(momentum, into: buffer) }
        eigen.tolerance.put(1e-3)
        job.ledger.expect(batches.count &* 3 &+ min(16, batches.count) &* 20, "batches")
        let isWhole = try job.within { () throws(Failure) in
            for (i, (part, weight)) in batches.enumerated() {
                let map = try job.operand(curvature, part)
                try job.point.moveBack()
                _ = try job.objective.evaluate(part, into: g)
                let square = space.dot(g, g)
                if i < 16 {
                    sums[0] += weight * (try job.ends(map, eigen).most)
                    sums[1] += weight
                }
                if square == 0 {
                    skipped += 1
                    continue
                }
                try map.apply(g, into: product)
                let bend = space.dot(g, product)
                ratios.add(bend / square)
                sums[2] += weight * bend / square
                sums[3] += weight
                sums[4] += weight * bend
                sums[5] += weight * square
                if job.objective.hasGaussNewton {
                    try job.point.moveBack()
                    try job.objective.product(part, g, gaussNewton: true, into: product)
                    sums[6] += weight * space.dot(g, product) / square
                }
                if momentum.isGiven {
                    space.add(1, buffer, to: g)
                    let along = space.dot(g, g)
                    try map.apply(g, into: product)
                    let curve = space.dot(g, product)
                    space.add(-1, buffer, to: g)
                    let slope = square + space.dot(buffer, g)
                    if slope > 1e-12 * along.squareRoot() * square.squareRoot() { (sums[7], sums[8]) = (sums[7] + weight * curve / slope, sums[8] + weight) } else { sums[9] += 1 }
                }
                if !isAll && ratios.count >= 16 && ratios.standardError <= tolerance.value * abs(ratios.mean) { break }
            }
        }
        job.converged = job.converged && isWhole
        try job.report.set("value", sums[2] / sums[3])
        try job.report.set("standard_error", isAll ? 0 : ratios.standardError)
        try job.report.set("ratio_of_means", sums[4] / sums[5])
        if job.objective.hasGaussNewton { try job.report.set("gauss_newton", sums[6] / sums[3]) }
        if momentum.isGiven { try job.report.set("momentum", sums[7] / sums[8]) }
        try job.report.set("mini_batch_lambda", sums[0] / sums[1])
        try job.report.set("ratios", ratios.values)
        if skipped + Int(sums[9]) > 0 { try job.report.set("skipped", skipped + Int(sums[9])) }
    }
}
