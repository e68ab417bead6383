/// measure_correlation: how a measure goes with generalisation over models: `measure` and `generalization`, one number a model. kendall: tau-b; spearman
/// (mean ranks); pearson; sign_error: the share of pairs ordered the other way, ties left out; granulated: with `groups`, one number a model, the
/// mean of the tau within groups of two models and more. value: kendall. NaN where all numbers are the same.
final class MeasureCorrelation: Measure {
    override class var about: About {
        About("measure_correlation", "Rank correlations of a measure with generalisation over models.",
              by: "Jiang, Neyshabur, Mobahi, Krishnan, Bengio 2020")
    }

    let x = Setting("measure", list: .nan, .any, "The measure, by model."), y = Setting("generalization", list: .nan, .any, "The generalisation gap or the like, by model.")
    let groups = Setting("groups", list: .nan, .any, "The group of each model: those that differ in one hyperparameter.")
    override var settings: [Setting] { [x, y, groups] }
    override var baseline: Baseline { .none }

    override func check(_ job: Job) throws(Failure) {
        try x.mustBeGiven(job.name)
        try y.mustBeGiven(job.name)
        if x.list.count < 2 { throw .argument("measure: \(x.list.count) models, expected two at the least") }
        if y.list.count != x.list.count { throw .argument("generalization: \(y.list.count) numbers, expected as many as measure has: \(x.list.count)") }
        if groups.isGiven && groups.list.count != x.list.count { throw .argument("groups: \(groups.list.count) numbers, expected as many as measure has: \(x.list.count)") }
    }

    override func run(_ job: Job) throws(Failure) {
        let (tau, wrong) = kendall(x.list, y.list)
        try job.report.set("value", tau)
        try job.report.set("kendall", tau)
        try job.report.set("spearman", pearson(ranks(x.list), ranks(y.list)))
        try job.report.set("pearson", pearson(x.list, y.list))
        try job.report.set("sign_error", wrong)
        if !groups.isGiven { return }
        var taus = Sample()
        for (first, g) in groups.list.enumerated() where groups.list.firstIndex(of: g) == first {
            let members = groups.list.indices.filter { groups.list[$0] == g }, tau = kendall(members.map { x.list[$0] }, members.map { y.list[$0] }).tau
            if members.count > 1 && !tau.isNaN { taus.add(tau) }
        }
        try job.report.set("granulated", taus.mean)
    }

    private func kendall(_ x: [Double], _ y: [Double]) -> (tau: Double, wrong: Double) {
        var same = 0.0, other = 0.0, inX = 0.0, inY = 0.0
        for i in x.indices {
            for j in 0..<i {
                let a = x[i] - x[j], b = y[i] - y[j]
                if a != 0 { inX += 1 }
                if b != 0 { inY += 1 }
                if a != 0 && b != 0 { if (a > 0) == (b > 0) { same += 1 } else { other += 1 } }
            }
        }
        return ((same - other) / (inX * inY).squareRoot(), other / (same + other))
    }

    private func pearson(_ x: [Double], _ y: [Double]) -> Double {
        let mx = Sample(x).mean, my = Sample(y).mean
        var xy = 0.0, xx = 0.0, yy = 0.0
        for i in x.indices { (xy, xx, yy) = (xy + (x[i] - mx) * (y[i] - my), xx + (x[i] - mx) * (x[i] - mx), yy + (y[i] - my) * (y[i] - my)) }
        return xy / (xx.squareRoot() * yy.squareRoot())
    }

    private func ranks(_ x: [Double]) -> [Double] {
        x.map { a in x.reduce(0.5) { $0 + ($1 < a ? 1 : $1 == a ? 0.5 : 0) } }
    }
}
