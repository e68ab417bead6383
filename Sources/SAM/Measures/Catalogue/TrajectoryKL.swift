import CSAM

/// trajectory_kl: the mean over examples of KL(softmax(f / T) || softmax(f' / T)), f the logits at the weights, f' those at `to`. The same weights: 0.
final class TrajectoryKL: Measure {
    override class var about: About {
        About("trajectory_kl", "How far the outputs move between two points of a trajectory.",
              by: "Du, Zhou, Feng, Tan, Zhou 2022", needs: [.logits, .tensors])
    }

    let to = Setting(tensors: "to", "The other weights; must be given."), temperature = Setting("temperature", 5, .positive, "T, which divides the logits.")
    override var settings: [Setting] { [to, temperature] }
    override var baseline: Baseline { .none }
    override func check(_ job: Job) throws(Failure) {
        try to.mustBeGiven(job.name)
        try job.objective.needLogits()
    }

    override func run(_ job: Job) throws(Failure) {
        let there = try job.space.vector(), t = temperature.value
        let K = Int(job.objective.host.outputs), C = Softmax.classes(K), p = try Flat(C), q = try Flat(C)
        var sample = Sample()
        try job.point.read(to, into: there)
        job.ledger.expect(2 &* job.part.items.count, "logits")
        for item in job.part.items {
            try job.point.moveBack()
            let old = try job.objective.logits(batch: item.batch)
            try job.point.stand(at: there)
            let new = try job.objective.logits(batch: item.batch)
            for i in 0..<old.count where job.part.classIndex < 0 || job.part.classIndex == Int(old.labels[i]) {
                for k in 0..<K { (old.row(i)[k], new.row(i)[k]) = (old.row(i)[k] / t, new.row(i)[k] / t) }
                let a = Softmax.probabilities(old.row(i), K, job.space, into: p.at), b = Softmax.probabilities(new.row(i), K, job.space, into: q.at)
                var sum = 0.0
                for k in 0..<C { sum += p[k] * ((Softmax.logit(old.row(i), K, k) - a) - (Softmax.logit(new.row(i), K, k) - b)) }
                sample.add(max(sum, 0))
            }
        }
        try job.report.set("value", sample.mean)
        try job.report.set("standard_error", sample.standardError)
    }
}
