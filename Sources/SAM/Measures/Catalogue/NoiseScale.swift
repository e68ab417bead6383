import CSAM

/// noise_scale: the batch size at which a gradient's noise equals its signal, tr S / |g|^2, S the covariance of the examples' gradients.
///
/// From single examples (evaluate_example, or loss = cross_entropy): tr S = sum |g_i - g|^2 / (m - 1), |g|^2 plain; `samples` of them at
/// random, 0: all. Else from batches of equal size b (batch_size; 0: their mean size) beside all B examples, both without bias:
/// |g|^2 = (B |g_B|^2 - b mean |g_b|^2) / (B - b), tr S = (mean |g_b|^2 - |g_B|^2) / (1/b - 1/B). full 1: full = tr(HS) / g'Hg, with tr_hs and
/// ghg. A negative |g|^2: NaN, converged 0. standard_error: by the jackknife.
final class NoiseScale: Measure {
    override class var about: About {
        About("noise_scale", "The batch size at which the gradient's noise equals its signal.",
              by: "McCandlish, Kaplan, Amodei, OpenAI Dota Team 2018", needs: [.gradient, .product, .evaluateExample])
    }

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
        let space = job.space, d = try space.vector(), isSingle = byExample(job), deviations: Basis, b: Double
        var mean = job.gradient!, units: [(norm: Double, along: Double)] = []
        func look(_ g: Flat) {                              // |g_i|^2 and g_i.g
            units.append((space.dot(g, g), space.dot(g, mean)))
            space.copy(g, to: d)
            space.add(-1, mean, to: d)
            if full.isOn { deviations.append(d) }
        }
        if isSingle {
            let examples = try Examples(job)
            let all = examples.count
            try examples.choose(samples.int, space)
            let isMean = examples.count == all && common.combine.isChoice("examples") && job.objective.host.batch_weights == nil
            job.ledger.expect(examples.count &* (isMean ? 1 : 2), "examples")
            deviations = try Basis(space, capacity: full.isOn ? examples.count : 0)
            b = 1
            if !isMean { mean = try examples.moments().mean }
            try examples.each { (_, g) throws(Failure) in look(g) }
        } else {
            let items = job.part.items
            var all = 0.0
            for item in items { all += size.value > 0 ? size.value : Double(try job.objective.examples(batch: item.batch)) }
            deviations = try Basis(space, capacity: full.isOn ? items.count : 0)
            b = all / Double(items.count)
            for i in items.indices {
                _ = try job.objective.evaluate(job.part.only(i), into: d)
                look(try space.copy(of: d))
            }
        }
        let whole = space.dot(mean, mean), norms = units.reduce(0) { $0 + $1.norm }
        let found = numbers(units, norms, whole, b, isSingle, without: -1)
        job.converged = job.converged && found.square > 0
        try job.report.set("value", found.square > 0 ? found.trace / found.square : .nan)
        try job.report.set("standard_error", Sample.jackknife(units.count) {
            let rest = numbers(units, norms, whole, b, isSingle, without: $0)
            return rest.trace / rest.square
        })
        try job.report.set("trace_covariance", found.trace)
        try job.report.set("gradient_squared", found.square)
        if full.isOn { try lookAtCurvature(job, deviations, b) }
    }

    /// tr S and |g|^2 from units of b examples, |g_i|^2 and g_i.g of each; without one of them where `without` >= 0.
    private func numbers(_ units: [(norm: Double, along: Double)], _ sum: Double, _ whole: Double, _ b: Double, _ isSingle: Bool, without: Int) -> (trace: Double, square: Double) {
        var count = Double(units.count), norms = sum, square = whole
        if without >= 0 {
            let unit = units[without]
            square = (count * count * whole - 2 * count * unit.along + unit.norm) / ((count - 1) * (count - 1))
            (norms, count) = (norms - unit.norm, count - 1)
        }
        let mean = norms / count, all = b * count, trace = (mean - square) / (1 / b - 1 / all)
        return (trace, isSingle ? square : (all * square - b * mean) / (all - b))
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
