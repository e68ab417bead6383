import CSAM
import CSAMShims

/// igs: the largest first-order change of the loss per unit of root 2 KL in the model's space, sqrt(g' F+ g): our reading of information-geometric
/// sharpness, whose published text could not be compared.
///
/// F = G'G is the true Fisher matrix, G's rows the examples' gradients with labels drawn from the model, over root m; g the gradient with the
/// given labels. value = |K+ (G g)|, K = G G', without eigenvalues below 1e-10 of the largest; rank: how many are left. damping z > 0:
/// g'(F + z)^-1 g, its root. samples: examples at random, at most 512; 0: all.
final class IGS: Measure {
    override class var about: About {
        About("igs", "Information-geometric sharpness: the steepest slope of the loss per change of the model.",
              by: "Jang, Lee, Kim, Oh 2022 (own reading)", needs: [.gradient, .logits, .backpropagateLogits])
    }

    let damping = Setting("damping", 0, .nonNegative, "z of F + z; 0: the pseudo-inverse.")
    let samples = Setting("samples", count: 0, .between(0, 512), "Examples at random; 0: all.")
    override var settings: [Setting] { [damping, samples] }
    override func check(_ job: Job) throws(Failure) { try Examples.check(job, logitsAlone: true) }

    override func run(_ job: Job) throws(Failure) {
        let examples = try Examples(job, throughLogits: true), space = job.space, v = try space.vector()
        let K = Int(job.objective.host.outputs), p = try Flat(Softmax.classes(K))
        try examples.choose(samples.int, space)
        let m = examples.count
        if m > 512 { throw .range("samples = \(samples.int) with \(m) examples: expected at most 512 of them") }
        job.ledger.expect(2 &* m, "examples")
        let columns = try Basis(space, capacity: m), g = try space.vector(), scale = 1 / Double(m).squareRoot()
        for i in 0..<m {
            let found = try examples.logits(i)
            space.add(1 / Double(m), try examples.gradient(i), to: g)
            Softmax.probabilities(found.all.row(found.place), K, space, into: p.at)
            columns.append(try examples.gradient(i, label: Softmax.label(p, draw: 2, example: i, space)), times: scale)
        }
        let eigen = try DenseEigen(try columns.gram(v, job.ledger)), along = columns.project(g), largest = eigen.values.last ?? 0, z = damping.value
        var sum = 0.0, rank = 0
        for (k, value) in eigen.values.enumerated() where value > 1e-10 * largest {
            var x = 0.0
            for i in 0..<m { x += eigen.vectors[k][i] * along[i] }
            sum += x * x / (z > 0 ? value + z : value * value)
            rank += 1
        }
        if z > 0 { sum = max(space.dot(g, g) - sum, 0) / z }
        try job.report.set("value", sum.squareRoot())
        try job.report.set("rank", rank)
    }
}
