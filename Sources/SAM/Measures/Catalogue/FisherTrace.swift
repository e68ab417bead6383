import CSAM
import CSAMShims

/// fisher_trace: the mean squared norm of the examples' gradients: with the given labels the empirical Fisher's trace; the true Fisher's with
/// labels from the model: exact: all K, weighted by their probability; sampled: `samples` draws an example. per_tensor [T]: parts of the
/// sum. standard_error: of the mean over examples.
final class FisherTrace: Measure {
    override class var about: About {
        About("fisher_trace", "The trace of the Fisher matrix, empirical or true.",
              needs: [.gradient, .evaluateExample, .logits, .backpropagateLogits])
    }

    let labels = Setting("labels", choices: "given,exact,sampled", "The host's labels, all of them by their probability, or draws from it."), samples = Setting.samples(1)
    override var settings: [Setting] { [labels, samples] }
    override func check(_ job: Job) throws(Failure) { try Examples.check(job, logitsAlone: !labels.isChoice("given")) }

    override func run(_ job: Job) throws(Failure) {
        let isGiven = labels.isChoice("given"), examples = try Examples(job, throughLogits: !isGiven), space = job.space
        let K = Int(job.objective.host.outputs), p = try Flat(Softmax.classes(K)), draws = labels.isChoice("exact") ? p.count : samples.int
        var sample = Sample(), parts = job.perTensor { _ in 0 }
        job.ledger.expect(examples.count &* (isGiven ? 1 : draws), "examples")
        for i in 0..<examples.count {
            var mean = 0.0
            if !isGiven {
                let found = try examples.logits(i)
                Softmax.probabilities(found.all.row(found.place), K, space, into: p.at)
            }
            for s in 0..<(isGiven ? 1 : draws) {
                let label = labels.isChoice("sampled") ? Softmax.label(p, draw: s + 1, example: i, space) : s
                var weight = labels.isChoice("exact") ? p[s] : 1 / Double(isGiven ? 1 : draws)
                if weight == 0 { continue }
                let g = try examples.gradient(i, label: isGiven ? nil : label)
                mean += weight * space.dot(g, g)
                weight /= Double(examples.count)
                for (t, x) in job.perTensor({ let size = length(g, $0); return size * size }).enumerated() { parts[t] += weight * x }
            }
            sample.add(mean)
        }
        try job.report.set("value", sample.mean)
        try job.report.set("standard_error", sample.standardError)
        try job.report.set("per_tensor", parts)
    }
}
