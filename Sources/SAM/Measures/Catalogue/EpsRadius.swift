import CSAMShims

/// eps_radius: how far from the weights the loss has risen by eps: for random directions d, of length 1 in scaled coordinates, the least r
/// with L(w + r c d) - L(w) >= eps. value: the median; quantiles: at 5, 25, 50, 75, 95 %; radii [samples].
///
/// r is doubled from 1e-3, then bisected to `tolerance`. A loss that falls again behind its first crossing hides it: count: so many places
/// up to the bracket's end are looked at first. No crossing up to 1000: infinity, counted in `skipped`. A loss that is not finite has
/// crossed. standard_error: of the median, from the order statistics about it.
final class EpsRadius: Measure {
    override class var about: About { About("eps_radius", "How far from the weights the loss has risen by eps.", needs: .loss) }

    let eps = Setting("eps", 0.1, .positive, "The rise of the loss that counts."), samples = Setting.samples(20)
    let count = Setting("count", count: 0, .between(0, 1e6), "Places looked at for the first crossing.")
    let tolerance = Setting.tolerance(1e-6, "Relative, of each radius."), scale = ScaleSettings()
    override var settings: [Setting] { [eps, samples, count, tolerance] + scale.all }
    override var baseline: Baseline { .loss }

    override func run(_ job: Job) throws(Failure) {
        let c = try scale.scale(job.point), space = job.space, d = try space.vector(), land = try Landscape(job)
        if try job.isDegenerate(c) { return }
        job.ledger.expect(samples.int &* (30 &+ count.int) &* job.part.items.count, "radii")
        var radii: [Double] = []
        _ = try job.within { () throws(Failure) in
            for k in 1...samples.int {
                space.random(Int(SAM_NORMAL), draw: k, into: d)
                if let c { for i in 0..<space.n where c[i] == 0 { d[i] = 0 } }
                space.scale(d, by: 1 / space.norm(d))
                space.multiply(d, by: c)
                radii.append(try radius(land, d, job.loss))
            }
        }
        let found = Sample(radii), m = found.count
        if m == 0 { return }
        let half = 0.5 * Double(m).squareRoot() / Double(m), none = radii.filter { !$0.isFinite }.count
        try job.report.set("value", found.quantile(0.5))
        try job.report.set("standard_error", m > 1 ? 0.5 * (found.quantile(min(1, 0.5 + half)) - found.quantile(max(0, 0.5 - half))) : .nan)
        try job.report.set("quantiles", found.quantiles([0.05, 0.25, 0.5, 0.75, 0.95]))
        try job.report.set("radii", radii)
        if none > 0 { try job.report.set("skipped", none) }
    }

    private func radius(_ land: Landscape, _ d: Flat, _ loss: Double) throws(Failure) -> Double {
        func isAbove(_ r: Double) throws(Failure) -> Bool { !(try land.loss(r, d) - loss < eps.value) }
        var low = 0.0, high = 1e-3
        while !(try isAbove(high)) {
            if high == 1e3 { return .infinity }
            low = high
            high = min(1e3, 2 * high)
        }
        if count.int > 1 {
            let end = high
            for i in 1..<count.int where high == end && end * Double(i) / Double(count.int) < end {
                let r = end * Double(i) / Double(count.int)
                if try isAbove(r) { high = r }
                if high == end { low = max(low, r) } else { low = end * Double(i - 1) / Double(count.int) }
            }
        }
        while high - low > max(tolerance.value, 1e-15) * high {
            let middle = 0.5 * (low + high)
            if middle <= low || middle >= high { break }
            if try isAbove(middle) { high = middle } else { low = middle }
        }
        return 0.5 * (low + high)
    }
}
