/// margin: the logit of the label minus the largest other one, over the examples (one output: the signed logit, labels 0 and 1). value: the
/// floor(quantile m)-th smallest, the first at the least; standard_error: of the value, from the order statistics about it; mean, with mean_error;
/// negative: the share that is wrong; quantiles [5]: at 5, 25, 50, 75, 95 %.
final class Margin: Measure {
    override class var about: About { About("margin", "The margins of the outputs.", by: "Jiang, Krishnan, Mobahi, Bengio 2019", needs: .logits) }

    let quantile = Setting("quantile", 0.1, .share, "Share of the examples below the value.")
    override var settings: [Setting] { [quantile] }
    override var baseline: Baseline { .none }
    override func check(_ job: Job) throws(Failure) { try job.objective.needLogits() }

    override func run(_ job: Job) throws(Failure) {
        var sample = Sample()
        job.ledger.expect(job.part.items.count, "logits")
        for item in job.part.items {
            let found = try job.objective.logits(batch: item.batch)
            for i in 0..<found.count where job.part.classIndex < 0 || job.part.classIndex == Int(found.labels[i]) { sample.add(found.margin(i)) }
        }
        let sorted = sample.values.sorted(), place = max(Int(quantile.value * Double(sorted.count)), 1) - 1
        try job.report.set("value", sorted.isEmpty ? .nan : sorted[place])
        try job.report.set("mean", sample.mean)
        try job.report.set("standard_error", Sample.error(sorted, at: place))
        try job.report.set("negative", Double(sorted.filter { $0 < 0 }.count) / Double(sorted.count))
        try job.report.set("quantiles", sample.quantiles([0.05, 0.25, 0.5, 0.75, 0.95]))
        try job.report.set("mean_error", sample.standardError)
    }
}

extension Logits {
    /// f_y - max of the others; of one output: f or -f.
    func margin(_ i: Int) -> Double {
        let f = row(i), label = Int(labels[i])
        if outputs == 1 { return label > 0 ? f[0] : -f[0] }
        var most = -Double.infinity
        for k in 0..<outputs where k != label { most = max(most, f[k]) }
        return f[label] - most
    }
}
