/// gradient_covariance: the covariance S of the examples' gradients, with m - 1: value = tr S; diagonal [n]; eigenvalues k: the k largest, by the
/// examples' Gram matrix (at most 512 examples).
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
        if eigenvalues.int > min(m, 512) || (eigenvalues.int > 0 && m > 512) { throw .range("eigenvalues = \(eigenvalues.int) with \(m) examples: expected no more than the examples, these at most 512") }
        job.ledger.expect(m &* (eigenvalues.int > 0 ? 2 : 1), "examples")
        let (mean, squares, norms) = try examples.moments(), d = try space.vector(), divisor = Double(m - 1)
        var spread = Sample()
        for x in norms { spread.add(x) }
        if eigenvalues.int > 0 {
            let columns = try Basis(space, capacity: m)
            try examples.each { (_, g) throws(Failure) in
                space.copy(g, to: d)
                space.add(-1, mean, to: d)
                columns.append(d)
            }
            let found = try DenseEigen(try columns.gram(d, job.ledger)).values.reversed()
            try job.report.set("eigenvalues", found.prefix(eigenvalues.int).map { max($0, 0) / divisor })
        }
        space.scale(squares, by: 1 / divisor)
        try job.report.set("value", space.sum { squares[$0] })
        try job.report.set("standard_error", spread.standardError)
        try job.report.set("diagonal", squares)
    }
}
