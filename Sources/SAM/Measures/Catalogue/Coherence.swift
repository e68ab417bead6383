/// coherence: how far the examples' gradients agree: m |mean g|^2 / mean |g_i|^2: 1 where they are orthogonal, m where they are the same.
/// per_tensor [T]: the same of each tensor. No gradient at all: 0, degenerate 1.
final class Coherence: Measure {
    override class var about: About {
        About("coherence", "How far the examples' gradients agree, from 1 to their number.",
              by: "Chatterjee, Zielinski 2020", needs: [.gradient, .evaluateExample])
    }
    override func check(_ job: Job) throws(Failure) { try Examples.check(job) }

    override func run(_ job: Job) throws(Failure) {
        let examples = try Examples(job), space = job.space, m = Double(examples.count), mean = try space.vector()
        var squares = job.perTensor { _ in 0 }
        job.ledger.expect(examples.count, "examples")
        try examples.each { (_, g) throws(Failure) in
            space.add(1 / m, g, to: mean)
            for (t, x) in job.perTensor({ let size = length(g, $0); return size * size }).enumerated() { squares[t] += x / m }
        }
        let total = squares.reduce(0, +), own = job.perTensor { let size = length(mean, $0); return size * size }
        try job.report.set("value", total > 0 ? m * own.reduce(0, +) / total : 0)
        try job.report.set("per_tensor", squares.indices.map { squares[$0] > 0 ? m * own[$0] / squares[$0] : 0 })
        if total == 0 { try job.report.set("degenerate", 1) }
    }
}
