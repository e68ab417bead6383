import CSAM

/// fisher_rao_norm: |w|_fr, the root of w'Fw = E (grad l_i . w)^2 over examples; squared.
///
/// any: the derivative of each example's loss along the weights, by a central difference of example_losses (or, with logits, of their
/// cross-entropies) at w (1 +- h), h = 6e-6, 5e-3 in f32. homogeneous: depth^2 E (dl/df . f)^2 from logits alone: for networks without biases
/// of `depth` weight layers. With loss = cross_entropy from logits.
final class FisherRaoNorm: Measure {
    override class var about: About {
        About("fisher_rao_norm", "The length of the weights in the Fisher metric.",
              by: "Liang, Poggio, Rakhlin, Stokes 2019", needs: [.exampleLosses, .logits])
    }

    let mode = Setting("mode", choices: "any,homogeneous", "By differences along the weights, or from the logits of a homogeneous network.")
    let depth = Setting("depth", count: 1, .between(1, 1e6), "Weight layers.")
    override var settings: [Setting] { [mode, depth] }
    override var baseline: Baseline { .none }

    private func fromLogits(_ job: Job) -> Bool { mode.isChoice("homogeneous") || job.objective.host.example_losses == nil || job.objective.isCrossEntropy }

    override func check(_ job: Job) throws(Failure) {
        if job.part.classIndex >= 0 { throw .unsupported("class_index = \(job.part.classIndex) with measure \"fisher_rao_norm\": expected -1") }
        if fromLogits(job) { try job.objective.needLogits() }
        for item in job.part.items { _ = try job.objective.examples(batch: item.batch) }
    }

    override func run(_ job: Job) throws(Failure) {
        let space = job.space, h = job.point.isDouble ? 6e-6 : 5e-3
        var sample = Sample()
        job.ledger.expect(job.part.items.count &* 2, "losses")
        for item in job.part.items {
            if mode.isChoice("homogeneous") {
                let found = try job.objective.logits(batch: item.batch), K = found.outputs, p = try Flat(Softmax.classes(K))
                for i in 0..<found.count {
                    Softmax.probabilities(found.row(i), K, space, into: p.at)
                    Softmax.slopes(p.at, K, Int(found.labels[i]))
                    var along = 0.0
                    for k in 0..<K { along += p[k] * found.row(i)[k] }
                    sample.add(along * along * depth.value * depth.value)
                }
            } else {
                try job.point.move(job.point.iterate, times: h)
                let above = try losses(job, item.batch)
                try job.point.move(job.point.iterate, times: -h)
                let below = try losses(job, item.batch)
                try job.point.moveBack()
                for i in above.indices {
                    let slope = (above[i] - below[i]) / (2 * h)
                    sample.add(slope * slope)
                }
            }
        }
        try job.report.set("value", sample.mean.squareRoot())
        try job.report.set("squared", sample.mean)
        try job.report.set("standard_error", sample.standardError / (2 * sample.mean.squareRoot()))
    }

    private func losses(_ job: Job, _ batch: Int) throws(Failure) -> [Double] {
        if !fromLogits(job) { return try job.objective.exampleLosses(batch: batch) }
        let found = try job.objective.logits(batch: batch), p = try Flat(Softmax.classes(found.outputs))
        return (0..<found.count).map {
            let f = found.row($0)
            return Softmax.probabilities(f, found.outputs, job.space, into: p.at) - Softmax.logit(f, found.outputs, Int(found.labels[$0]))
        }
    }
}
