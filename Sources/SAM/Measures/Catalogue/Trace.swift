/// trace: the sum of the Hessian's eigenvalues (of C H C under a scaling), from products with random vectors.
///
/// `samples` is the number of products. auto: exact (one product for each place) up to 200 places, else XTrace. The standard error is that of
/// the mean of `estimates`: probes (hutchinson), probes beside the sketch (hutchpp), left-out probes (xtrace, times root 2: they share a sketch); 0 where exact.
final class TraceMeasure: Measure {
    override class var about: About {
        About("trace", "The trace of the Hessian, estimated with its error.",
              by: "Hutchinson 1989; Meyer, Musco, Musco, Woodruff 2021; Epperly, Tropp, Webber 2024", needs: [.gradient, .product])
    }

    let samples = Setting.samples(60)
    let method = Setting("method", choices: "auto,exact,hutchinson,hutchpp,xtrace", "auto: exact for n <= 200, else xtrace.")
    let distribution = Setting.distribution()
    let tolerance = Setting.tolerance(0, "hutchinson: ends behind ten probes where the standard error is this share of the mean; 0: never.")
    let curvature = CurvatureSettings()
    override var settings: [Setting] { [samples, method, distribution, tolerance] + curvature.all }

    override func run(_ job: Job) throws(Failure) {
        let map = try job.operand(curvature)
        if try job.isDegenerate(map.scale) { return }
        map.followNoise()
        let found = try estimate(map, job)
        try job.report.set("value", found.value)
        try job.report.set("standard_error", found.standardError)
        try job.report.set("samples", found.samples)
        try job.report.set("per_parameter", found.value / Double(map.dimension))
        try job.report.set("estimates", found.estimates)
    }

    private func estimate(_ map: Operator, _ job: Job) throws(Failure) -> TraceEstimate {
        let k = samples.int, kind = kind(of: distribution), n = map.dimension
        let exact = method.isChoice("exact") || (method.isChoice("auto") && n <= 200) || (method.isChoice("xtrace") && k >= 2 * n)
        job.ledger.expect((exact ? n : k) &* map.cost, "trace")
        if exact { return try .exact(map) }
        if method.isChoice("hutchinson") { return try .hutchinson(map, samples: k, kind: kind, tolerance: tolerance.value) }
        if method.isChoice("hutchpp") { return try .hutchPlusPlus(map, samples: k, kind: kind) }
        return try .xtrace(map, samples: k, kind: kind)
    }
}
