/// sharpness_gap: a measure on a second data set (sam_objective.other) beside the first, with the same draws: value = second - first;
/// ratio = second / first. cross 1, of worst_case: transferred = the rise of the second set's loss at the first one's maximisers (of each
/// batch, with the batches' weights).
final class SharpnessGap: Measure {
    override class var about: About { About("sharpness_gap", "A measure on a second data set minus that on the first.", needs: [.gradient, .loss, .product, .other]) }

    let repeated = Repeated.setting("worst_case,sam_gap,average_case,gradient_norm,lambda_max,lambda_min,spectral_norm,trace,frobenius,first_order_flatness,eps_radius,keskar_box")
    let cross = Setting("cross", flag: false, "measure = worst_case: also the rise of the second set's loss at the first one's maximisers.")
    override var settings: [Setting] { [repeated, cross] }
    override func makeInner() throws(Failure) -> Measure? { try Repeated.make(repeated) }

    override func check(_ job: Job) throws(Failure) {
        if cross.isOn && !repeated.isChoice("worst_case") { throw .argument("cross = 1 with measure = \(repeated.choice!): expected measure = worst_case") }
    }

    override func run(_ job: Job) throws(Failure) {
        let other = job.objective.other!, second = try other.part()
        var values = [Double.nan, .nan], transferred = Double.nan
        try other.begin()
        do throws(Failure) {
            _ = try job.within { () throws(Failure) in
                values[0] = try job.number(inner!)
                values[1] = try job.number(inner!, second, of: other)
                if cross.isOn { transferred = try transfer(job, other, second) }
            }
            try job.point.moveBack()
        } catch {
            try? other.end(true)
            throw error
        }
        try other.end(false)
        try job.report.set("value", values[1] - values[0])
        try job.report.set("first", values[0])
        try job.report.set("second", values[1])
        try job.report.set("ratio", values[1] / values[0])
        if cross.isOn { try job.report.set("transferred", transferred) }
    }

    private func transfer(_ job: Job, _ other: Objective, _ second: Part) throws(Failure) -> Double {
        try job.point.moveBack()
        let loss = try other.evaluate(second)
        var sum = 0.0
        inner!.put("keep", 1)
        for (part, weight) in job.parts {
            if let move = try job.run(inner!, part).values("perturbation") { sum += weight * (try other.evaluate(second, at: move) - loss) }
        }
        return sum
    }
}
