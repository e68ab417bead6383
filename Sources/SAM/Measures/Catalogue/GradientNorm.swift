/// gradient_norm: |C g|, the first order of worst_case over rho; in linf its dual, sum c |g|.
///
/// value: of the gradient over everything; norms [batches]: of each batch by itself, mean_over_batches their weighted mean, never less.
final class GradientNorm: Measure {
    override class var about: About { About("gradient_norm", "The norm of the gradient, scaled: the first-order sharpness.", needs: .gradient) }

    let norm = Setting.norm()
    let scale = ScaleSettings()
    override var settings: [Setting] { [norm] + scale.all }
    override var baseline: Baseline { .none }

    override func run(_ job: Job) throws(Failure) {
        let c = try scale.scale(job.point), g = try job.space.vector(), whole = try job.space.vector()
        var norms: [Double] = [], mean = 0.0, loss = 0.0
        job.ledger.expect(job.part.items.count &+ 1, "gradient")
        for (part, weight) in job.parts {
            loss += weight * (try job.objective.takeBaseline(part, into: g))
            job.space.add(weight, g, to: whole)
            norms.append(size(g, c, job.space))
            mean += weight * norms.last!
        }
        job.stood(loss, whole)
        try job.report.set("value", size(whole, c, job.space))
        try job.report.set("mean_over_batches", mean)
        try job.report.set("norms", norms)
    }

    private func size(_ g: Flat, _ c: Flat?, _ space: Space) -> Double {
        if norm.isChoice("linf") { return space.sum { abs(g[$0]) * (c?[$0] ?? 1) } }
        guard let c else { return space.norm(g) }
        return space.sum { let x = g[$0] * c[$0]; return x * x }.squareRoot()
    }
}
