import CSAM

/// path_norm: the sum of the outputs on an input of ones with every weight squared (forward_ones, called there): of a ReLU network the sum over paths
/// of the product of squared weights. root 1: its root. Normalisation layers must be folded by the host.
final class PathNorm: Measure {
    override class var about: About {
        About("path_norm", "The sum over paths of the products of squared weights.",
              by: "Neyshabur, Tomioka, Srebro 2015", needs: .forwardOnes)
    }

    let root = Setting("root", flag: false, "The root of the sum.")
    override var settings: [Setting] { [root] }
    override var baseline: Baseline { .none }

    override func run(_ job: Job) throws(Failure) {
        let squares = try job.space.copy(of: job.point.iterate)
        var sum = Double.nan
        job.space.multiply(squares, by: job.point.iterate)
        try job.point.stand(at: squares)
        try job.ledger.announce(.loss)
        try job.ledger.check(try job.objective.call(job.objective.host.forward_ones!, &sum), "forward_ones")
        if !sum.isFinite { throw .nonfinite("the sum of forward_ones is \(sum): expected a finite number") }
        try job.report.set("value", root.isOn ? sum.squareRoot() : sum)
    }
}
