/// sharpness_transfer: whether sharpness over training is the same across models: each `values` is one model's series on common steps, all > 0.
/// value: the largest spread log(max / min) at a step; area: the mean over steps of the spread; transfers: 1 where it stays below log 1.25 over
/// the last half. Steps beyond the shortest series do not count.
final class SharpnessTransfer: Measure {
    override class var about: About { About("sharpness_transfer", "Whether series of sharpness agree across models.", by: "Noci, Meterez, Hofmann, Orvieto 2024") }

    let series = Setting("values", list: .nan, .positive, repeats: true, "One model's series; at least twice.")
    override var settings: [Setting] { [series] }
    override var baseline: Baseline { .none }
    override func check(_ job: Job) throws(Failure) {
        if series.lists.count < 2 { throw .argument("values is given \(series.lists.count) times: expected twice at the least") }
    }

    override func run(_ job: Job) throws(Failure) {
        let steps = series.lists.map { $0.count }.min()!
        let spreads = (0..<steps).map { t in
            let column = series.lists.map { $0[t] }
            return job.space.logarithm(column.max()! / column.min()!)
        }
        try job.report.set("value", spreads.max()!)
        try job.report.set("area", spreads.reduce(0, +) / Double(steps))
        try job.report.set("transfers", spreads[(steps / 2)...].allSatisfy { $0 < 0.22314355131420976 })
        try job.report.set("spreads", spreads)
    }
}
