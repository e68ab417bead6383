import CSAM

/// classwise: another measure of the loss of each class by itself, and the ends of its curvature.
///
/// values [K]; lambda_max, lambda_min, trace [K], ratio [K] = |lambda_min / lambda_max| (near 1: a saddle), gradient_norm, examples [K];
/// value: the mean of `values` with the classes' examples as weights. Where the measure is not the trace, the trace is estimated with its
/// defaults. A class without examples: NaN, counted in `skipped`; the others stand.
final class Classwise: Measure {
    override class var about: About {
        About("classwise", "Another measure, and the curvature's ends, of each class by itself.",
              by: "Rangwani, Aithal, Mishra, Babu 2022", needs: [.gradient, .loss, .product, .classes])
    }

    let repeated = Repeated.setting("trace,lambda_max,lambda_min,spectral_norm,frobenius,worst_case,average_case,sam_gap,gradient_norm,first_order_flatness")
    override var settings: [Setting] { [repeated] }
    override func makeInner() throws(Failure) -> Measure? { try Repeated.make(repeated) }

    override func check(_ job: Job) throws(Failure) {
        if job.part.classIndex >= 0 { throw .argument("class_index = \(job.part.classIndex): measure \"classwise\" goes through all classes, expected -1") }
    }

    override func run(_ job: Job) throws(Failure) {
        let objective = job.objective, count = objective.classes, isTrace = repeated.isChoice("trace")
        let trace = isTrace ? unsafeDowncast(inner!, to: TraceMeasure.self) : TraceMeasure()
        try secure(count, times: 16, for: "the numbers of classes")
        let none = [Double](repeating: .nan, count: count)
        var values = none, least = none, most = none, traces = none, norms = none, examples = [Double](repeating: 0, count: count)
        var total = 0.0, sum = 0.0, skipped = 0
        _ = try job.within { () throws(Failure) in
            for k in 0..<count {
                let part = try objective.part(batch: job.measure.common.batch.int, classIndex: k)
                for item in part.items { examples[k] += Double(objective.host.class_examples[max(item.batch, 0) * count + k]) }
                if part.items.isEmpty {
                    skipped += 1
                    continue
                }
                values[k] = try job.number(inner!, part)
                traces[k] = isTrace ? values[k] : try job.number(trace, part)
                let there = Job(self, job.name, point: job.point, objective: objective, report: job.report, part: part), g = try job.space.vector()
                _ = try objective.takeBaseline(part, into: g)
                norms[k] = job.space.norm(g)
                (least[k], most[k], _) = try there.ends(trace.curvature, tolerance: 1e-4)
                if values[k].isNaN { continue }             // a limit came before it had one
                total += examples[k]
                sum += examples[k] * values[k]
            }
        }
        try job.report.set("value", sum / total)
        try job.report.set("values", values)
        try job.report.set("lambda_max", most)
        try job.report.set("lambda_min", least)
        try job.report.set("trace", traces)
        try job.report.set("ratio", (0..<count).map { abs(least[$0] / most[$0]) })
        try job.report.set("gradient_norm", norms)
        try job.report.set("examples", examples)
        if skipped > 0 { try job.report.set("skipped", skipped) }
    }
}
