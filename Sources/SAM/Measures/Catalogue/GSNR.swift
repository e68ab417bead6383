/// gsnr: the gradient's signal-to-noise ratio: the mean over coordinates of g_j^2 / Var_j, the variance (with m - 1) over examples.
/// coordinates [n]; per_tensor [T]: the mean of each. A coordinate without gradient in any example is left out, counted in `skipped`, and NaN.
final class GSNR: Measure {
    override class var about: About {
        About("gsnr", "The gradient's signal-to-noise ratio by coordinate.",
              by: "Liu, Bai, Jiang, Chen, Wang 2020", needs: [.gradient, .evaluateExample])
    }
    override func check(_ job: Job) throws(Failure) { try Examples.check(job) }

    override func run(_ job: Job) throws(Failure) {
        let examples = try Examples(job)
        job.ledger.expect(examples.count, "examples")
        let (mean, squares, _) = try examples.moments(), divisor = Double(examples.count - 1)
        var skipped = 0
        for i in 0..<job.n {
            if mean[i] == 0 && squares[i] == 0 { skipped += 1 }
            squares[i] = mean[i] == 0 && squares[i] == 0 ? .nan : mean[i] * mean[i] / (squares[i] / divisor + 1e-30)
        }
        func average(_ places: Range<Int>) -> Double {
            var sum = 0.0, count = 0.0
            for i in places where !squares[i].isNaN { (sum, count) = (sum + squares[i], count + 1) }
            return sum / count
        }
        try job.report.set("value", skipped == job.n ? 0 : average(0..<job.n))
        try job.report.set("per_tensor", job.perTensor(average))
        try job.report.set("coordinates", squares)
        if skipped > 0 { try job.report.set("skipped", skipped) }
        if skipped == job.n { try job.report.set("degenerate", 1) }
    }
}
