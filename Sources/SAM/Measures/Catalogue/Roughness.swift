/// roughness: the total variation of the loss along random lines w + s d, s in [-1, 1] at `count` places, over its range: 1 where it is
/// monotone, 2 over a valley, more where it goes up and down. variations [samples]; mean, sd; value = sd / mean, the roughness index.
///
/// Directions: draws 1 to samples, normalised. A line whose loss is constant (to 1e-14) or not finite is left out: NaN, counted in `skipped`.
/// standard_error: of value, by the jackknife.
final class Roughness: Measure {
    override class var about: About { About("roughness", "How much the loss goes up and down along random lines.", by: "Wu, Su, Huang 2021", needs: .loss) }

    let samples = Setting.samples(50), count = Landscape.count(201), place = DirectionSettings()
    override var settings: [Setting] { [samples, count] + place.random }
    override var baseline: Baseline { .loss }

    override func run(_ job: Job) throws(Failure) {
        let d = try job.space.vector(), s = Landscape.line(-1, 1, count.int), land = try Landscape(job)
        job.ledger.expect(samples.int &* s.count &* job.part.items.count, "lines")
        let variations = try land.fill(samples.int) { (k, _) throws(Failure) in
            self.place.draw(k + 1, job.point, into: d)
            var total = 0.0, low = Double.infinity, high = -Double.infinity, before = Double.nan
            for (i, t) in s.enumerated() {
                let loss = try land.loss(t, d)
                if i > 0 { total += abs(loss - before) }
                (low, high, before) = (min(low, loss), max(high, loss), loss)
            }
            return high - low > 1e-14 * (1 + abs(high)) ? total / (high - low) : .nan
        }
        let sample = Sample(variations.filter { $0.isFinite })
        try job.report.set("value", sample.deviation / sample.mean)
        try job.report.set("mean", sample.mean)
        try job.report.set("sd", sample.deviation)
        let m = Double(sample.count), squares = sample.variance * (m - 1)
        try job.report.set("standard_error", Sample.jackknife(sample.count) { (k: Int) -> Double in
            let x = sample.values[k], away = x - sample.mean, rest = max(squares - away * away * m / (m - 1), 0)
            return m > 2 ? (rest / (m - 2)).squareRoot() / ((m * sample.mean - x) / (m - 1)) : .nan
        })
        try job.report.set("variations", variations)
        if sample.count < samples.int && !job.ledger.isSpent { try job.report.set("skipped", samples.int - sample.count) }
    }
}
