import CSAMShims

/// hessian_coherence: sigma = lambda_max(S) / max_i lambda_max(H_i), S_ij = sqrt tr(H_i H_j) of the examples' Hessians: 1 where they are orthogonal,
/// m where they are one and of rank one. gram [m, m]: S.
///
/// rank_one: H_i = g_i g_i' of the examples' gradients, S_ij = |g_i'g_j|. full: tr(H_i H_j) from `samples` shared sign vectors, draws 1 and on; for
/// positive semidefinite H_i (operator = gauss_newton). lr with batch_size b: unstable = 1 where lambda_max(H) >= 2 / lr or
/// >= sigma / lr (m / b - 1)^-1/2: gradient descent on batches of that size leaves this minimum. At most 256 examples.
final class HessianCoherence: Measure {
    override class var about: About {
        About("hessian_coherence", "How far the examples' Hessians agree, and whether descent on batches is stable.",
              by: "Dexter, Ocejo, Keerthi, Gupta, Acharya, Khanna 2024", needs: [.gradient, .evaluateExample, .product])
    }

    let samples = Setting.samples(20), mode = Setting("mode", choices: "full,rank_one", initial: 1, "The examples' Hessians, or their gradients' outer products.")
    let lr = Setting("lr", 0, .nonNegative, "Learning rate whose stability is looked at; 0: not."), size = Setting("batch_size", 1, .positive, "Examples of a batch, with lr.")
    let curvature = CurvatureSettings()
    override var settings: [Setting] { [samples, mode, lr, size] + curvature.plain }
    override func check(_ job: Job) throws(Failure) { try Examples.check(job) }

    override func run(_ job: Job) throws(Failure) {
        let examples = try Examples(job), space = job.space, m = examples.count, v = try space.vector()
        if m > 256 { throw .range("measure \"hessian_coherence\": \(m) examples, expected at most 256; choose a batch") }
        var gram = [[Double]](repeating: [Double](repeating: 0, count: m), count: m), largest = 0.0
        if mode.isChoice("rank_one") {
            job.ledger.expect(m, "examples")
            gram = try examples.columns().gram(v, job.ledger).map { $0.map { abs($0) } }
            for i in 0..<m { largest = max(largest, gram[i][i]) }
        } else {
            let z = try space.vector(), eigen = EigenSettings()
            job.ledger.expect(m &* (samples.int &+ 10), "products")
            let maps = try (0..<m).map { (i) throws(Failure) in
                try job.operand(curvature, Part(items: [(examples.all[i].batch, 1)], example: examples.all[i].place))
            }
            for k in 1...samples.int {
                let columns = try Basis(space, capacity: m)
                space.random(Int(SAM_RADEMACHER), draw: k, into: z)
                for map in maps {
                    try map.apply(z, into: v)
                    columns.append(v)
                }
                for (i, row) in try columns.gram(v, job.ledger).enumerated() { for j in 0..<m { gram[i][j] += row[j] / samples.value } }
            }
            for map in maps { largest = max(largest, try job.ends(map, eigen).most) }
            gram = gram.map { $0.map { max($0, 0).squareRoot() } }
        }
        let sigma = largest > 0 ? (try DenseEigen(gram).values.last ?? 0) / largest : 0
        try job.report.set("value", sigma)
        try job.report.set("gram", gram.flatMap { $0 }, shape: [m, m])
        if largest == 0 { try job.report.set("degenerate", 1) }
        if lr.value == 0 { return }
        let most = try job.ends(curvature, tolerance: 1e-4).most, rest = Double(m) / size.value - 1
        try job.report.set("unstable", most >= 2 / lr.value || (rest > 0 && most >= sigma / (lr.value * rest.squareRoot())))
        try job.report.set("lambda_max", most)
    }
}
