import CSAM
import CSAMShims

/// pacbayes_sigma: the largest noise of the weights at which the mean loss (metric = loss) or the share of wrong labels (error, by logits) has risen by
/// `target`: value = sigma; flatness = 1 / sigma^2. Noise: sigma x with normal x; magnitude 1: sqrt(sigma^2 w^2 + e^2) x, e = 1e-3. The same `samples`
/// draws at every sigma; bisection from [0, 2], doubled as needed up to 1e6, ends where the rise is the target to `tolerance` of it, or behind 40 halvings.
///
/// rise: reached; low, high: the last bracket; standard_error: of the mean rise over its slope between 0.9 and 1.1 sigma. bound, where the
/// number of examples m is known: |v|^2 / (4 sigma^2) + log(m / sigma) + 10, v = w - initial (0); magnitude 1: sqrt(b / m), b = 1/4 sum log((e^2 + (sigma^2 + 1) |v|^2
/// / n) / (e^2 + sigma^2 v_i^2)) + log(m / sigma) + 10. compat 1: as the first code, the variance taken as standard deviation. No
/// rise up to 1e6, or a rise at 1e-8 already: that end, converged 0.
final class PACBayesSigma: Measure {
    override class var about: About {
        About("pacbayes_sigma", "The noise of the weights at which the loss has risen by a given amount.",
              by: "Jiang, Neyshabur, Mobahi, Krishnan, Bengio 2020; Dziugaite, Drouin, Neal, et al. 2020", needs: [.loss, .logits])
    }

    let metric = Setting("metric", choices: "loss,error", "What rises."), target = Setting("target", 0.1, .positive, "The rise.")
    let samples = Setting.samples(10), magnitude = Setting("magnitude", flag: false, "Noise in proportion to the weights.")
    let tolerance = Setting.tolerance(1e-2, "Relative, of the rise."), compat = Setting("compat", flag: false, "Variance as deviation.")
    let initial = Setting(tensors: "initial", "The weights that the bound's distance is from; else 0.")
    override var settings: [Setting] { [metric, target, samples, magnitude, tolerance, compat, initial] }
    override var baseline: Baseline { .loss }

    override func check(_ job: Job) throws(Failure) {
        if metric.isChoice("loss") { return }
        try job.objective.needLogits()
    }

    override func run(_ job: Job) throws(Failure) {
        let space = job.space, x = try space.vector(), land = try Landscape(job), base = try look(job, nil, land)
        job.ledger.expect(20 &* samples.int &* job.part.items.count, "bisection")
        func rise(_ sigma: Double) throws(Failure) -> Sample {
            var sample = Sample()
            for k in 1...samples.int {
                space.random(Int(SAM_NORMAL), draw: k, into: x)
                for i in 0..<job.n { x[i] *= deviation(sigma, job.point.iterate[i]) }
                sample.add(try look(job, x, land) - base)
            }
            return sample
        }
        var low = 0.0, high = 2.0, sigma = 2.0, reached = Sample(), isBelow = true, done = false, error = Double.nan
        let whole = try job.within { () throws(Failure) in
            while isBelow && high <= 1e6 {
                reached = try rise(high)
                isBelow = reached.mean < target.value
                sigma = high
                if isBelow {
                    low = high
                    high *= 2
                }
            }
            if isBelow { return }
            for _ in 0..<40 {
                done = abs(reached.mean - target.value) <= tolerance.value * target.value
                if done || high < 1e-8 { break }
                sigma = 0.5 * (low + high)
                reached = try rise(sigma)
                if reached.mean < target.value { low = sigma } else { high = sigma }
            }
            let slope = (try rise(1.1 * sigma).mean - rise(0.9 * sigma).mean) / (0.2 * sigma)
            error = abs(reached.standardError / slope)
        }
        // a step of the error may jump over the target: the bracket is then as narrow as can be
        job.converged = whole && !isBelow && (done || high - low <= 1e-8 * high) && high >= 1e-8
        sigma = max(sigma, 1e-8)
        if reached.count == 0 { return }                    // a limit came before the first rise
        try job.report.set("value", sigma)
        try job.report.set("standard_error", error)
        try job.report.set("flatness", 1 / (sigma * sigma))
        try job.report.set("rise", reached.mean)
        try job.report.set("low", low)
        try job.report.set("high", high)
        if let bound = try bound(sigma, job, x) { try job.report.set("bound", bound) }
    }

    private func deviation(_ sigma: Double, _ w: Double) -> Double {
        let variance = magnitude.isOn ? sigma * sigma * w * w + 1e-6 : sigma * sigma
        return compat.isOn ? variance : variance.squareRoot()
    }

    private func bound(_ sigma: Double, _ job: Job, _ v: Flat) throws(Failure) -> Double? {
        let host = job.objective.host
        var m = Double(host.examples)
        if m == 0, let counts = host.batch_examples { for b in 0..<job.objective.batches { m += Double(counts[b]) } }
        if m == 0 { return nil }
        job.space.clear(v)
        if initial.isGiven { try job.point.read(initial, into: v) }
        job.space.add(-1, job.point.iterate, to: v)
        let square = job.space.dot(v, v), rest = job.space.logarithm(m / sigma) + 10
        if !magnitude.isOn { return square / (4 * sigma * sigma) + rest }
        let above = 1e-6 + (sigma * sigma + 1) * square / Double(job.n)
        let sum = job.space.sum { job.space.logarithm(above / (1e-6 + sigma * sigma * v[$0] * v[$0])) }
        return ((0.25 * sum + rest) / m).squareRoot()
    }

    /// The metric at the iterate + x.
    private func look(_ job: Job, _ x: Flat?, _ land: Landscape) throws(Failure) -> Double {
        if metric.isChoice("loss") && x == nil { return job.loss }
        if let x { try job.point.move(x, times: 1) } else { try job.point.moveBack() }
        if metric.isChoice("loss") {
            let loss = try land.loss()
            return loss.isFinite ? loss : .infinity
        }
        var total = 0.0
        for item in job.part.items {
            let found = try job.objective.logits(batch: item.batch), k = found.outputs
            var wrong = 0, count = 0
            for i in 0..<found.count where job.part.classIndex < 0 || job.part.classIndex == Int(found.labels[i]) {
                let f = found.row(i)
                var best = k == 1 && f[0] > 0 ? 1 : 0
                for j in 1..<max(k, 1) where f[j] > f[best] { best = j }
                if best != Int(found.labels[i]) { wrong += 1 }
                count += 1
            }
            total += item.weight * Double(wrong) / Double(max(count, 1))
        }
        return total
    }
}
