import CSAMShims

/// hessian_gauss_newton_gap: the mean of |Hv - Gv| / |Hv| over normal vectors, draws 1 to `samples`: 0 where the model is linear in its weights.
final class HessianGaussNewtonGap: Measure {
    override class var about: About {
        About("hessian_gauss_newton_gap", "How far the Hessian is from the Gauss-Newton matrix.",
              needs: [.gradient, .product, .gaussNewton])
    }

    let samples = Setting.samples(5)
    override var settings: [Setting] { [samples] }
    override func check(_ job: Job) throws(Failure) { if !job.objective.hasGaussNewton { throw job.objective.missing("gauss_newton_product") } }

    override func run(_ job: Job) throws(Failure) {
        let space = job.space, other = try space.vector()
        var sample = Sample()
        try job.products(try job.operand(CurvatureSettings()), samples.int, Int(SAM_NORMAL)) { (_, v, product) throws(Failure) in
            try job.point.moveBack()
            try job.objective.product(job.part, v, gaussNewton: true, into: other)
            space.add(-1, product, to: other)
            let size = space.norm(product), gap = space.norm(other)
            sample.add(size > 0 ? gap / size : gap == 0 ? 0 : .infinity)
        }
        try job.report.set("value", sample.mean)
        try job.report.set("standard_error", sample.standardError)
    }
}
