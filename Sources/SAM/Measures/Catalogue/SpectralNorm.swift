/// spectral_norm: the largest magnitude of the Hessian's eigenvalues, from both ends of one Lanczos run; lambda_max and lambda_min as well.
final class SpectralNorm: Measure {
    override class var about: About { About("spectral_norm", "The largest magnitude of the Hessian's eigenvalues.", needs: [.gradient, .product]) }

    let eigen = EigenSettings(), curvature = CurvatureSettings()
    override var settings: [Setting] { eigen.all + curvature.all }

    override func run(_ job: Job) throws(Failure) {
        let map = try job.operand(curvature)
        if try job.isDegenerate(map.scale) { return }
        let ends = try job.ends(map, eigen)
        try job.report.set("value", max(abs(ends.least), abs(ends.most)))
        try job.report.set("residual", ends.residual)
        try job.report.set("iterations", ends.iterations)
        try job.report.set("lambda_max", ends.most)
        try job.report.set("lambda_min", ends.least)
    }
}
