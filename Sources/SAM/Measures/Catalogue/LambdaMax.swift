/// lambda_max: the algebraically largest eigenvalue of the Hessian (or Gauss-Newton matrix), of C H C under a scaling.
///
/// By Lanczos' iteration from a random start: value = the largest Ritz value, residual = |H v - value v| as Lanczos bounds it,
/// at most tolerance times the largest magnitude seen, or `converged` is 0. The value's own error is about residual^2 over the gap to the
/// next eigenvalue. An all negative spectrum has a negative value, the zero matrix 0. One run sees both ends.
class LambdaMax: Measure {
    override class var about: About {
        About("lambda_max", "The largest eigenvalue of the Hessian, with its eigenvector: the sharpness that limits step sizes.",
              by: "Lanczos 1950", needs: [.gradient, .product])
    }

    final let curvature = CurvatureSettings(), eigen = EigenSettings()
    override var settings: [Setting] { eigen.all + curvature.all }
    /// Which end is the value.
    var end: EigenSearch.End { .largest }

    override func run(_ job: Job) throws(Failure) {
        let map = try job.operand(curvature)
        if try job.isDegenerate(map.scale) { return }
        let search = try EigenSearch(map, eigen)
        job.ledger.expect(eigen.maxIterations.int &* map.cost, "eigenvalue")
        try search.find(end)
        job.converged = search.converged
        try job.report.set("value", search.value)
        try setOther(job, search)
        try job.report.set("residual", search.residual)
        try job.report.set("iterations", search.iterations)
        try job.report.set("eigenvector", search.vector)
        try job.report.set("ritz_values", search.ritz)
    }

    func setOther(_ job: Job, _ search: EigenSearch) throws(Failure) {}
}
