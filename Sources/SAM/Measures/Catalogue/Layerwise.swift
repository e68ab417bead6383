/// layerwise: another measure of each tensor by itself: its diagonal block of the curvature, or no perturbation elsewhere.
///
/// values [T], in the order of the tensors that are not frozen, each slice of a stacked one as one of them; per_parameter [T]: by the tensor's size; times_norm [T]: times the squared
/// norm of its weights, which does not change where a homogeneous layer is rescaled; sizes [T]; standard_errors [T] where the measure has
/// one; value: the largest. shared_probe 1, of the trace: one product serves all tensors: v_l'(H v)_l of sign vectors v, draws 1 to
/// `samples`; the noise of the other tensors' blocks is added.
final class Layerwise: Measure {
    override class var about: About { About("layerwise", "Another measure of each tensor by itself.", needs: [.gradient, .loss, .product]) }

    let repeated = Repeated.setting("trace,lambda_max,lambda_min,spectral_norm,frobenius,worst_case,average_case,sam_gap,gradient_norm,first_order_flatness,eps_radius")
    let shared = Setting("shared_probe", flag: false, "measure = trace: one product serves all tensors.")
    override var settings: [Setting] { [repeated, shared] }
    override func makeInner() throws(Failure) -> Measure? { try Repeated.make(repeated) }

    override func check(_ job: Job) throws(Failure) {
        if shared.isOn && !repeated.isChoice("trace") { throw .argument("shared_probe = 1 with measure = \(repeated.choice!): expected measure = trace") }
        if inner!.value("tensor") != -1 { throw .argument("tensor: measure \"layerwise\" goes through all of them, expected -1") }
        if inner!.value("slice") != -1 { throw .argument("slice: measure \"layerwise\" goes through all of them, expected -1") }
    }

    override func run(_ job: Job) throws(Failure) {
        let point = job.point, count = point.tensors.count
        var values = [Double](repeating: .nan, count: count), errors = values
        _ = try job.within { () throws(Failure) in
            if shared.isOn { return try share(job, &values, &errors) }
            for i in 0..<count {
                inner!.put("tensor", Double(point.places[i]))
                inner!.put("slice", Double(point.tensors[i].slice))
                let report = try job.run(inner!)
                values[i] = report.value("value") ?? .nan
                errors[i] = report.value("standard_error") ?? .nan
            }
        }
        let sizes = point.tensors.map { Double($0.count) }
        try job.report.set("value", Landscape.rise(values, above: 0))
        try job.report.set("values", values)
        try job.report.set("per_parameter", (0..<count).map { values[$0] / sizes[$0] })
        try job.report.set("times_norm", (0..<count).map { (i: Int) -> Double in
            let norm = length(point.iterate, point.range(i))
            return values[i] * norm * norm
        })
        try job.report.set("sizes", sizes)
        if errors.contains(where: { !$0.isNaN }) { try job.report.set("standard_errors", errors) }
    }

    private func share(_ job: Job, _ values: inout [Double], _ errors: inout [Double]) throws(Failure) {
        let trace = unsafeDowncast(inner!, to: TraceMeasure.self), map = try job.operand(trace.curvature), probe = try job.space.vector(), product = try job.space.vector()
        var samples = values.map { _ in Sample() }
        map.followNoise()
        job.ledger.expect(trace.samples.int &* map.cost, "trace")
        for k in 1...trace.samples.int {
            map.probe(kind(of: trace.distribution), draw: k, into: probe)
            try map.apply(probe, into: product)
            for i in samples.indices {
                samples[i].add(job.point.range(i).reduce(0) { $0 + probe[$1] * product[$1] })
                (values[i], errors[i]) = (samples[i].mean, samples[i].standardError)
            }
        }
    }
}
