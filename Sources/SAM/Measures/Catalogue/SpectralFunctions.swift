/// spectral_functions: numbers of the spectrum by Lanczos quadrature, without its density.
///
/// effective_dimension [z] = sum l+ / (l+ + z); log_determinant [z] = sum log(l+ + z), l+ = max(l, 0); effective_rank = exp of the entropy of
/// |l| / sum |l|; stable_rank = |H|_F^2 / lambda_max^2; participation = (sum |l|)^2 / |H|_F^2. Each with its error, by the jackknife over
/// probes: KEY_error. No more places than steps: exact, errors 0. value, standard_error: of the first effective_dimension. No curvature: 0.
final class SpectralFunctions: Measure {
    override class var about: About {
        About("spectral_functions", "Effective dimension, log-determinant and ranks of the Hessian.",
              by: "Maddox, Benton, Wilson 2020", needs: [.gradient, .product])
    }

    let z = Setting("z", list: 1, .positive, "What is added to the eigenvalues, in their units."), samples = Setting.samples(10)
    let steps = Setting("steps", count: 80, .between(1, 1e6), "Lanczos steps a probe; n or more: all eigenvalues, exactly.")
    let distribution = Setting.distribution(), curvature = CurvatureSettings()
    override var settings: [Setting] { [z, samples, steps, distribution] + curvature.all }

    override func run(_ job: Job) throws(Failure) {
        let map = try job.operand(curvature), space = job.space, n = Double(map.dimension)
        if try job.isDegenerate(map.scale) { return }
        map.followNoise()
        job.ledger.expect((map.dimension <= steps.int ? map.dimension : samples.int &* steps.int) &* map.cost, "quadrature")
        let found = try Quadrature(map, samples: samples.int, steps: steps.int, kind: kind(of: distribution))
        if found.nodes.isEmpty { return }
        job.converged = found.isWhole
        let floor = 1e-14 * max(abs(found.least), abs(found.most)), most = max(abs(found.least), abs(found.most))
        let all = Averages(found.sample { abs($0) }), squares = Averages(found.sample { $0 * $0 })
        let entropy = Averages(found.sample { abs($0) > floor ? abs($0) * space.logarithm(abs($0)) : 0 })
        func set(_ key: StaticString, _ error: StaticString, _ f: (Int) -> Double) throws(Failure) {
            try job.report.set(key, f(-1))
            try job.report.set(error, jackknife(found, f))
        }
        var numbers: [[Double]] = [[], [], [], []]
        for z in z.list {
            try job.ledger.work(64 * found.nodes.count * found.nodes[0].count)
            let shares = Averages(found.sample { max($0, 0) / (max($0, 0) + z) }), logs = Averages(found.sample { space.logarithm(max($0, 0) + z) })
            for (k, x) in [shares, logs].enumerated() {
                numbers[2 * k].append(n * x.mean(-1))
                numbers[2 * k + 1].append(jackknife(found) { n * x.mean($0) })
            }
        }
        try job.report.set("value", numbers[0][0])
        try job.report.set("standard_error", numbers[1][0])
        try job.report.set("effective_dimension", numbers[0])
        try job.report.set("effective_dimension_error", numbers[1])
        try job.report.set("log_determinant", numbers[2])
        try job.report.set("log_determinant_error", numbers[3])
        try set("effective_rank", "effective_rank_error") { (i) in
            let a = n * all.mean(i)
            return a > 0 ? space.exponential(space.logarithm(a) - n * entropy.mean(i) / a) : 0
        }
        try set("stable_rank", "stable_rank_error") { most > 0 ? n * squares.mean($0) / (most * most) : 0 }
        try set("participation", "participation_error") { let a = all.mean($0); return a > 0 ? n * a * a / squares.mean($0) : 0 }
        if most == 0 { try job.report.set("degenerate", 1) }
    }

    private func jackknife(_ found: Quadrature, _ f: (Int) -> Double) -> Double { found.isExact ? 0 : Sample.jackknife(found.nodes.count, f) }

    /// The mean of numbers, and of all but one of them.
    private struct Averages {
        let values: [Double]
        let total: Double

        init(_ sample: Sample) {
            values = sample.values
            total = values.reduce(0, +)
        }

        /// Without number i; -1: of all.
        func mean(_ i: Int) -> Double { i < 0 ? total / Double(values.count) : (total - values[i]) / Double(values.count - 1) }
    }
}
