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
        for members in alike(groups.list) where members.count > 1 {
            let tau = kendall(members.map { x.list[$0] }, members.map { y.list[$0] }).tau
            if !tau.isNaN { taus.add(tau) }
        }
        try job.report.set("granulated", taus.mean)
    }

    /// The places of the same number, by their first one.
    private func alike(_ numbers: [Double]) -> [[Int]] {
        let order = numbers.indices.sorted { numbers[$0] != numbers[$1] ? numbers[$0] < numbers[$1] : $0 < $1 }
        var found: [[Int]] = []
        for i in order {
            if let last = found.last, numbers[last[0]] == numbers[i] { found[found.count - 1].append(i) } else { found.append([i]) }
        }
        return found.sorted { $0[0] < $1[0] }
    }

    /// By Knight's sorting: pairs that differ in x, in y, and those in the other order are counted in n log n.
    private func kendall(_ x: [Double], _ y: [Double]) -> (tau: Double, wrong: Double) {
        let order = x.indices.sorted { x[$0] != x[$1] ? x[$0] < x[$1] : y[$0] < y[$1] }
        func pairs(_ n: Int) -> Double { 0.5 * Double(n) * Double(n - 1) }
        func tied(_ isTied: (Int, Int) -> Bool) -> Double {
            var sum = 0.0, first = 0
            for i in 1...order.count where i == order.count || !isTied(i - 1, i) {
                sum += pairs(i - first)
                first = i
            }
            return sum
        }
        let all = pairs(order.count), sorted = y.sorted()
        let inX = all - tied { x[order[$0]] == x[order[$1]] }, inY = all - tied { sorted[$0] == sorted[$1] }
        let inBoth = inX + inY - all + tied { x[order[$0]] == x[order[$1]] && y[order[$0]] == y[order[$1]] }
        var ranked = order.map { y[$0] }
        let other = inversions(&ranked)
        return ((inBoth - 2 * other) / (inX * inY).squareRoot(), other / inBoth)
    }

    /// Sorts, and answers how many pairs stood in the other order.
    private func inversions(_ y: inout [Double]) -> Double {
        var count = 0.0, width = 1, merged = y
        while width < y.count {
            for first in stride(from: 0, to: y.count, by: 2 * width) {
                let middle = min(first + width, y.count), end = min(first + 2 * width, y.count)
                var i = first, j = middle
                for k in first..<end {
                    if j == end || (i < middle && y[i] <= y[j]) {
                        merged[k] = y[i]
                        i += 1
                    } else {
                        merged[k] = y[j]
                        j += 1
                        count += Double(middle - i)
                    }
                }
            }
            swap(&y, &merged)
            width *= 2
        }
        return count
    }

    private func pearson(_ x: [Double], _ y: [Double]) -> Double {
        let mx = Sample(x).mean, my = Sample(y).mean
        var xy = 0.0, xx = 0.0, yy = 0.0
        for i in x.indices { (xy, xx, yy) = (xy + (x[i] - mx) * (y[i] - my), xx + (x[i] - mx) * (x[i] - mx), yy + (y[i] - my) * (y[i] - my)) }
        return xy / (xx.squareRoot() * yy.squareRoot())
    }

    private func ranks(_ x: [Double]) -> [Double] {
        let order = x.indices.sorted { x[$0] < x[$1] }
        var ranks = x, first = 0
        for i in 1...order.count where i == order.count || x[order[i]] != x[order[i - 1]] {
            for k in first..<i { ranks[order[k]] = 0.5 + 0.5 * Double(first + i) }
            first = i
        }
        return ranks
    }
}
