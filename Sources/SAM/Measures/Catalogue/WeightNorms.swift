/// weight_norms: norms of the weights by tensor that is not frozen: l1, l2, linf [T] and log_product [T] = log |W|_F^2, whose sum is the logarithm
/// of the norms' product; initial: distance [T] = |W - W0|_F. value: the l2 norm of everything. A tensor of zeros: -infinity, degenerate 1.
final class WeightNorms: Measure {
    override class var about: About {
        About("weight_norms", "Norms of the weights, and their distance from the initial ones.",
              by: "Jiang, Neyshabur, Mobahi, Krishnan, Bengio 2020")
    }

    let initial = Setting(tensors: "initial", "The weights that distances are from.")
    override var settings: [Setting] { [initial] }
    override var baseline: Baseline { .none }

    override func run(_ job: Job) throws(Failure) {
        let w = job.point.iterate, from = try job.space.vector(), tensors = job.point.tensors.indices.map { job.point.range($0) }
        if initial.isGiven { try job.point.read(initial, into: from) }
        var sums: [Double] = [], largest: [Double] = [], logarithms: [Double] = []
        let lengths = tensors.map { length(w, $0) }
        for (i, places) in tensors.enumerated() {
            var sum = 0.0, lost = 0.0, most = 0.0
            for k in places {                               // Neumaier; the terms are not negative
                let x = abs(w[k]), next = sum + x
                lost += sum >= x ? (sum - next) + x : (x - next) + sum
                sum = next
                most = max(most, x)
            }
            sums.append(lost.isFinite ? sum + lost : sum)
            largest.append(most)
            logarithms.append(lengths[i] > 0 ? 2 * job.space.logarithm(lengths[i]) : -.infinity)
        }
        try job.report.set("value", job.point.length)
        try job.report.set("l1", sums)
        try job.report.set("l2", lengths)
        try job.report.set("linf", largest)
        try job.report.set("log_product", logarithms)
        if initial.isGiven {
            job.space.add(-1, w, to: from)
            try job.report.set("distance", tensors.map { length(from, $0) })
        }
        if lengths.contains(0) { try job.report.set("degenerate", 1) }
    }
}
