import CSAMShims

/// diagonal: the Hessian's diagonal: the mean of v o H v over sign vectors v, draws 1 to `samples` (exact, by unit vectors, where there are no
/// more places than samples). diagonal [n]; variance [n]: of that mean, 0 where exact; value: the sum, the trace.
final class Diagonal: Measure {
    override class var about: About { About("diagonal", "The diagonal of the Hessian.", by: "Bekas, Kokiopoulou, Saad 2007", needs: [.gradient, .product]) }

    let samples = Setting.samples(100), curvature = CurvatureSettings()
    override var settings: [Setting] { [samples] + curvature.all }

    override func run(_ job: Job) throws(Failure) {
        let map = try job.operand(curvature), space = job.space, mean = try space.vector(), squares = try space.vector()
        if try job.isDegenerate(map.scale) { return }
        let isExact = map.dimension <= samples.int
        var count = 0.0, traces = Sample()
        try job.products(map, isExact ? nil : samples.int, Int(SAM_RADEMACHER)) { (place, v, product) throws(Failure) in
            if let place { return mean[place] = product[place] }
            count += 1
            traces.add(space.dot(v, product))
            for i in 0..<space.n {
                let x = v[i] * product[i], before = x - mean[i]
                mean[i] += before / count
                squares[i] += before * (x - mean[i])
            }
        }
        for i in 0..<space.n { squares[i] = isExact ? 0 : count > 1 ? squares[i] / (count - 1) / count : .nan }
        try job.report.set("value", isExact ? (job.ledger.isSpent ? .nan : space.sum { mean[$0] }) : traces.mean)
        try job.report.set("standard_error", isExact ? 0 : traces.standardError)
        try job.report.set("diagonal", mean)
        try job.report.set("variance", squares)
    }
}
