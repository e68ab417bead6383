import CSAMShims

/// average_case: how much the loss rises on average at random about the weights: E L(w + rho c x) - L(w).
///
/// shape: x normal (so that the displacement is about rho sqrt(n) long), uniform in [-1, 1], or on the unit sphere. antithetic: draws in pairs
/// x, -x, which takes odd orders out (the mean of a linear loss is 0); the standard error is then over pairs. Pair or draw k is random draw
/// k, the same for every batch and model. draws: the rises, in order. smoothed = loss + value; relative = mean |rise| / |loss|. values: by
/// radius; the other keys are the first radius's. Can be negative.
final class AverageCase: Measure {
    override class var about: About {
        About("average_case", "The mean rise of the loss under random perturbations: average-case sharpness, and the loss smoothed.",
              by: "Andriushchenko, Croce, Mueller, Hein, Flammarion 2023; Bisla, Wang, Choromanska 2022", needs: .loss)
    }

    let rho = Setting.rho(0.1), samples = Setting.samples(100)
    let shape = Setting("shape", choices: "normal,uniform,sphere", "Of the random vectors.")
    let antithetic = Setting("antithetic", flag: true, "Draws in pairs of either sign.")
    let quantiles = Setting("quantiles", list: .nan, .share, "Shares at which quantiles of the draws are reported.")
    let scale = ScaleSettings()
    override var settings: [Setting] { [rho, samples, shape, antithetic, quantiles] + scale.all }
    override var baseline: Baseline { .loss }

    override func run(_ job: Job) throws(Failure) {
        let c = try scale.scale(job.point)
        if try job.isDegenerate(c) { return }
        job.ledger.expect(rho.list.count &* samples.int &* job.part.items.count, "draws")
        var values: [Double] = []
        for radius in rho.list {
            let draws = try draw(job, c, radius)
            values.append(groups(draws).mean)
            if values.count == 1 { try report(draws, job) }
        }
        try job.report.set("values", values)
    }

    /// The rises, of one radius.
    private func draw(_ job: Job, _ c: Flat?, _ radius: Double) throws(Failure) -> [Double] {
        try secure(samples.int, times: 8, for: "the draws")
        var rises: [Double] = []
        if radius == 0 { return [Double](repeating: 0, count: samples.int) }
        let x = try job.space.vector(), isPaired = antithetic.isOn
        _ = try job.within { () throws(Failure) in
            for k in 0..<samples.int {
                let isSecond = isPaired && k % 2 == 1
                if !isSecond { random(job.space, (isPaired ? k / 2 : k) + 1, c, into: x) }
                let loss = try job.objective.evaluate(job.part, at: x, times: isSecond ? -radius : radius, trial: true)
                rises.append(loss - job.loss)
            }
        }
        return rises
    }

    private func random(_ space: Space, _ draw: Int, _ c: Flat?, into x: Flat) {
        space.random(Int(shape.isChoice("uniform") ? SAM_UNIFORM : SAM_NORMAL), draw: draw, into: x)
        if shape.isChoice("uniform") { for i in 0..<space.n { x[i] = 2 * x[i] - 1 } }
        if let c { for i in 0..<space.n where c[i] == 0 { x[i] = 0 } }
        if shape.isChoice("sphere") { space.scale(x, by: 1 / max(space.norm(x), 1e-300)) }
        space.multiply(x, by: c)
    }

    /// Means of pairs, or the draws themselves; those that are not finite are left out.
    private func groups(_ draws: [Double]) -> Sample {
        let size = antithetic.isOn ? 2 : 1
        var sample = Sample()
        for first in stride(from: 0, to: draws.count, by: size) {
            let group = draws[first..<min(first + size, draws.count)].filter { $0.isFinite }
            if !group.isEmpty { sample.add(group.reduce(0, +) / Double(group.count)) }
        }
        return sample
    }

    private func report(_ draws: [Double], _ job: Job) throws(Failure) {
        let sample = groups(draws), all = Sample(draws.filter { $0.isFinite })
        if all.count == 0 { return }
        try job.report.set("value", sample.mean)
        try job.report.set("standard_error", sample.standardError)
        try job.report.set("relative", Sample(all.values.map { abs($0) }).mean / abs(job.loss))
        try job.report.set("smoothed", job.loss + sample.mean)
        try job.report.set("maximum", all.most)
        try job.report.set("minimum", all.least)
        try job.report.set("skew", all.skew)
        try job.report.set("draws", draws)
        if !quantiles.list.isEmpty { try job.report.set("quantiles", all.quantiles(quantiles.list)) }
    }
}
