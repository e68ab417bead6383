/// gradient_covariance: the covariance S of the examples' gradients, with m - 1: value = tr S; standard_error: of tr S, from the spread of the
/// squared distances from the mean; diagonal [n]; eigenvalues k: the k largest, by the examples' Gram matrix (at most 512 examples; a batch
/// of more: choose one by the setting batch).
final class GradientCovariance: Measure {
    override class var about: About {
        About("gradient_covariance", "The covariance of the examples' gradients: trace, diagonal, largest eigenvalues.",
              needs: [.gradient, .evaluateExample])
    }

    let eigenvalues = Setting("eigenvalues", count: 0, .between(0, 512), "How many of the largest eigenvalues.")
    override var settings: [Setting] { [eigenvalues] }
    override func check(_ job: Job) throws(Failure) { try Examples.check(job) }

    override func run(_ job: Job) throws(Failure) {
        let examples = try Examples(job), space = job.space, m = examples.count
        if eigenvalues.int > 0 && m > 512 {
            throw .range("eigenvalues = \(eigenvalues.int) with \(m) examples: the eigenvalues are those of the examples' inner products, of 512 examples at the most; expected eigenvalues = 0, or a batch of fewer examples by the setting batch")
        }
        if eigenvalues.int > m { throw .range("eigenvalues = \(eigenvalues.int) with \(m) examples: expected at most as many as there are examples, \(m)") }
        let d = try space.vector(), divisor = Double(m - 1), k = eigenvalues.int
        var spread = Sample()
        func look(_ g: Flat, _ mean: Flat) {
            space.copy(g, to: d)
            space.add(-1, mean, to: d)
            spread.add(space.dot(d, d))
        }
        job.ledger.expect(m &* (k > 0 ? 2 : 1), "examples")
        let (mean, squares, _) = try examples.moments { look($0, job.gradient!) }
        space.copy(mean, to: d)
        space.add(-1, job.gradient!, to: d)
        // a second time where the gradient at the iterate, of other weights, was not the examples' mean
        if k > 0 || space.dot(d, d) > 1e-6 * space.sum({ squares[$0] }) / Double(m) {
            let columns = try Basis(space, capacity: k > 0 ? m : 0)
            spread = Sample()
            try examples.each { (_, g) throws(Failure) in
                look(g, mean)
                if k > 0 { columns.append(d) }
            }
            if k > 0 {
                let found = try DenseEigen(try columns.gram(d, job.ledger)).values.reversed()
                try job.report.set("eigenvalues", found.prefix(k).map { max($0, 0) / divisor })
            }
        }
        space.scale(squares, by: 1 / divisor)
        try job.report.set("value", space.sum { squares[$0] })
        try job.report.set("standard_error", spread.standardError * Double(m) / divisor)
        try job.report.set("diagonal", squares)
    }
}
