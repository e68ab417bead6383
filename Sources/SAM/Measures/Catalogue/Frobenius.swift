/// frobenius: |H|_F, the root of the sum of squared eigenvalues, from E |H v|^2 over random vectors v, draws 1 to `samples`; squared: that mean,
/// squared_error: its standard error. standard_error: of the value, squared_error / (2 value). Both 0 where exact: one product for each
/// place, up to 64 places with auto.
final class Frobenius: Measure {
    override class var about: About { About("frobenius", "The Frobenius norm of the Hessian.", needs: [.gradient, .product]) }

    let samples = Setting.samples(100), method = Setting("method", choices: "auto,exact,hutchinson", "auto: exact for n <= 64, else hutchinson.")
    let distribution = Setting.distribution(), curvature = CurvatureSettings()
    override var settings: [Setting] { [samples, method, distribution] + curvature.all }

    override func run(_ job: Job) throws(Failure) {
        let map = try job.operand(curvature)
        if try job.isDegenerate(map.scale) { return }
        let isExact = method.isChoice("exact") || (method.isChoice("auto") && map.dimension <= 64)
        var sample = Sample()
        try job.products(map, isExact ? nil : samples.int, kind(of: distribution)) { (_, _, product) throws(Failure) in sample.add(job.space.dot(product, product)) }
        let squared = isExact ? (job.ledger.isSpent ? .nan : sample.mean * Double(sample.count)) : sample.mean
        try job.report.set("value", squared.squareRoot())
        try job.report.set("squared", squared)
        let error = isExact ? 0 : sample.standardError
        try job.report.set("standard_error", error == 0 ? 0 : error / (2 * squared.squareRoot()))
        try job.report.set("samples", sample.count)
        try job.report.set("squared_error", error)
    }
}
