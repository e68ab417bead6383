import CSAMShims

/// surrogate_sensitivity: the chance that a random change of the weights, normal with mean mu and deviation sigma, moves the output by alpha or more:
/// A = the mean over examples of the change of the output (several outputs: of the label's), signed; value = the share of draws 1 to `samples` with
/// A >= alpha; low, high: Wilson's 95 % interval; smooth = mean of 1 / (1 + exp(-(A - alpha) / temperature)).
final class SurrogateSensitivity: Measure {
    override class var about: About { About("surrogate_sensitivity", "The chance that random weights move the output by alpha.", needs: .logits) }

    let alpha = Setting("alpha", 0.1, .any, "The change that counts."), mu = Setting("mu", 0, .any, "Mean of the weights' change.")
    let sigma = Setting("sigma", 1e-2, .nonNegative, "Its deviation."), samples = Setting.samples(100)
    let temperature = Setting("temperature", 0.1, .positive, "Of the smooth version.")
    override var settings: [Setting] { [alpha, mu, sigma, samples, temperature] }
    override var baseline: Baseline { .none }
    override func check(_ job: Job) throws(Failure) { try job.objective.needLogits() }

    override func run(_ job: Job) throws(Failure) {
        let d = try job.space.vector(), before = try output(job)
        var count = 0.0, hits = 0.0, smooth = 0.0
        job.ledger.expect((samples.int &+ 1) &* job.part.items.count, "draws")
        let isWhole = try job.within { () throws(Failure) in
            for k in 1...samples.int {
                job.space.random(Int(SAM_NORMAL), draw: k, into: d)
                for i in 0..<job.n { d[i] = mu.value + sigma.value * d[i] }
                try job.point.move(d, times: 1)
                let excess = try output(job) - before - alpha.value
                count += 1
                hits += excess >= 0 ? 1 : 0
                smooth += 1 / (1 + job.space.exponential(-excess / temperature.value))
            }
        }
        let p = hits / count, z = 1.959963984540054, middle = (p + z * z / (2 * count)) / (1 + z * z / count)
        let half = z * (p * (1 - p) / count + z * z / (4 * count * count)).squareRoot() / (1 + z * z / count)
        job.converged = isWhole
        try job.report.set("value", p)
        try job.report.set("standard_error", (p * (1 - p) / count).squareRoot())
        try job.report.set("low", middle - half)
        try job.report.set("high", middle + half)
        try job.report.set("smooth", smooth / count)
    }

    private func output(_ job: Job) throws(Failure) -> Double {
        var sum = 0.0
        for item in job.part.items {
            let found = try job.objective.logits(batch: item.batch, anyLabel: true)
            for i in 0..<found.count { sum += item.weight / Double(found.count) * found.row(i)[found.outputs == 1 ? 0 : Int(found.labels[i])] }
        }
        return sum
    }
}
