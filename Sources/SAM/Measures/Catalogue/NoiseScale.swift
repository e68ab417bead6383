import CSAM

/// noise_scale: the batch size at which a gradient's noise equals its signal, tr S / |g|^2, S the covariance of the examples' gradients.
///
/// From single examples (evaluate_example, or loss = cross_entropy): tr S = sum |g_i - g|^2 / (m - 1), |g|^2 plain; `samples` of them at
/// random, 0: all. Else from batches of equal size b (batch_size; 0: their mean size) beside all B examples, both without bias:
/// |g|^2 = (B |g_B|^2 - b mean |g_b|^2) / (B - b), tr S = (mean |g_b|^2 - |g_B|^2) / (1/b - 1/B). full 1: full = tr(HS) / g'Hg, with tr_hs and
/// ghg. A negative |g|^2: NaN, converged 0. standard_error: from that of the mean squared deviation.
final class NoiseScale: Measure {
    override class var name: StaticString { "noise_scale" }
    override class var summary: StaticString { "The batch size at which the gradient's noise equals its signal." }
    override class var reference: StaticString { "McCandlish, Kaplan, Amodei, OpenAI Dota Team 2018" }
    override class var needs: Needs { [.gradient, .product, .evaluateExample] }

    let size = Setting("batch_size", 0, .nonNegative, "Examples of a batch, without single examples; 0: the mean of the batches.")
    let full = Setting("full", flag: false, "Also with the curvature.")
    let samples = Setting("samples", count: 0, .between(0, 1e6), "Examples at random; 0: all.")
    let curvature = CurvatureSettings()
    override var settings: [Setting] { [size, full, samples] + curvature.plain }

    private func byExample(_ job: Job) -> Bool { job.objective.host.evaluate_example != nil || job.objective.isCrossEntropy }

    override func check(_ job: Job) throws(Failure) {
        if byExample(job) || job.part.items.count < 2 { return try Examples.check(job) }
        if size.value == 0 { for item in job.part.items { _ = try job.objective.examples(batch: item.batch) } }
    }

    override func run(_ job: Job) throws(Failure) {
        let space = job.space, deviations: Basis, b: Double
        var square: Double, trace: Double, error: Double
        if byExample(job) {
            let examples = try Examples(job)
            try examples.choose(samples.int, space)
            job.ledger.expect(examples.count * 2, "examples")
            let (mean, squares, _) = try examples.moments(), m = Double(examples.count)
            var spread = Sample()
            deviations = try Basis(space, capacity: full.isOn ? examples.count : 0)
            let d = try space.vector()
            if m > 1 {
                try examples.each { (_, g) throws(Failure) in
                    space.copy(g, to: d)
                    space.add(-1, mean, to: d)
                    spread.add(space.dot(d, d))
                    if full.isOn { deviations.append(d) }
                }
            }
            (square, trace, b) = (space.dot(mean, mean), space.sum { squares[$0] } / (m - 1), 1)
            error = spread.standardError
        } else {
            let items = job.part.items, d = try space.vector(), g = job.gradient!
            var all = 0.0, norms = Sample()
            deviations = try Basis(space, capacity: full.isOn ? items.count : 0)
            for item in items { all += size.value > 0 ? size.value : Double(try job.objective.examples(batch: item.batch)) }
            b = all / Double(items.count)
            for i in items.indices {
                _ = try job.objective.evaluate(job.part.only(i), into: d)
                norms.add(space.dot(d, d))
                space.add(-1, g, to: d)
                if full.isOn { deviations.append(d) }
            }
            let whole = space.dot(g, g)
            square = (all * whole - b * norms.mean) / (all - b)
            trace = (norms.mean - whole) / (1 / b - 1 / all)
            error = norms.standardError / (1 / b - 1 / all)
        }
        job.converged = job.converged && square > 0
        try job.report.set("value", square > 0 ? trace / square : .nan)
        try job.report.set("standard_error", error / square)
        try job.report.set("trace_covariance", trace)
        try job.report.set("gradient_squared", square)
        if full.isOn { try lookAtCurvature(job, deviations, b) }
    }

    private func lookAtCurvature(_ job: Job, _ deviations: Basis, _ b: Double) throws(Failure) {
        let map = try job.operand(curvature), space = job.space, d = try space.vector(), product = try space.vector()
        var sum = 0.0
        for i in 0..<deviations.columns {
            deviations.read(i, into: d)
            try map.apply(d, into: product)
            sum += space.dot(d, product)
        }
        try map.apply(job.gradient!, into: product)
        let ghg = space.dot(job.gradient!, product), trace = b * sum / Double(deviations.columns - 1)
        try job.report.set("tr_hs", trace)
        try job.report.set("ghg", ghg)
        try job.report.set("full", trace / ghg)
    }
}
