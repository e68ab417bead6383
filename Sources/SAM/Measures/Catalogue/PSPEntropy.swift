/// psp_entropy: how undecided neurons are within each class: `values` are counts [neurons, classes, 2] of a negative and a positive pre-activation; a
/// neuron's H = - sum_c p(c) sum_t p(t|c) log2 p(t|c), 0 (the same sign for all of a class) to 1; value: the mean over neurons; unweighted: with
/// p(c) = 1 / classes. The normalisation is our reading. A neuron without counts is left out.
final class PSPEntropy: Measure {
    override class var about: About {
        About("psp_entropy", "The entropy of neurons' signs within the classes.",
              by: "Tartaglione, Bragagnolo, Grangetto 2022 (own reading)")
    }

    let counts = Setting("values", list: .nan, .nonNegative, "Counts [neurons, classes, 2], flat."), classes = Setting("classes", count: 1, .between(1, 1e6), "How many classes there are.")
    override var settings: [Setting] { [counts, classes] }
    override var baseline: Baseline { .none }
    override func check(_ job: Job) throws(Failure) {
        try counts.mustBeGiven(job.name)
        if counts.list.count % (2 * classes.int) != 0 { throw .argument("values: \(counts.list.count) counts with classes = \(classes.int), expected a multiple of \(2 * classes.int)") }
    }

    override func run(_ job: Job) throws(Failure) {
        let n = counts.list, K = classes.int, neurons = n.count / (2 * K)
        var entropies: [Double] = [], plain: [Double] = []
        for i in 0..<neurons {
            var sum = 0.0, total = 0.0, mean = 0.0, present = 0.0
            for c in 0..<K {
                let pair = [n[(i * K + c) * 2], n[(i * K + c) * 2 + 1]], all = pair[0] + pair[1]
                if all == 0 { continue }
                let h = pair.reduce(0.0) { $1 > 0 ? $0 - $1 / all * job.space.logarithm($1 / all) / 0.6931471805599453 : $0 }
                (sum, total, mean, present) = (sum + all * h, total + all, mean + h, present + 1)
            }
            if total > 0 {
                entropies.append(sum / total)
                plain.append(mean / present)
            }
        }
        try job.report.set("value", Sample(entropies).mean)
        try job.report.set("unweighted", Sample(plain).mean)
        if entropies.count < neurons { try job.report.set("skipped", neurons - entropies.count) }
    }
}
