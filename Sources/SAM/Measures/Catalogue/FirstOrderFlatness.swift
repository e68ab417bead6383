/// first_order_flatness: rho max |grad L(w + c u)| over |u| <= rho, from below, by projected ascent; gradient_norm_max: that maximum; norm: |u|
/// of the maximiser. The ascent's gradient is C H grad / |grad| at the point, where a vanishing gradient begins at random. one_step 1: only
/// the point rho C H g / |C H g| is looked at. values: by radius; the other keys are the first one's.
final class FirstOrderFlatness: Measure {
    override class var about: About {
        About("first_order_flatness", "The largest gradient norm within a ball: first-order flatness.",
              by: "Zhang, Xu, Yu, Zou, Cui 2023", needs: [.gradient, .product])
    }

    let rho = Setting.rho(0.05), steps = Setting.steps(20), restarts = Setting.restarts()
    let oneStep = Setting("one_step", flag: false, "One step along the norm's gradient in place of the ascent.")
    let curvature = CurvatureSettings()
    override var settings: [Setting] { [rho, steps, restarts, oneStep] + curvature.all }

    override func run(_ job: Job) throws(Failure) {
        let c = try curvature.scale.scale(job.point), here = try job.space.vector(), norm = job.space.norm(job.gradient!)
        if try job.isDegenerate(c) { return }
        let gradient = try job.space.vector()
        var values: [Double] = []
        if norm > 0 { try slope(job, nil, job.gradient!, norm, into: here) }
        for radius in rho.list {
            let apgd = try APGD(job.objective, job.part, scale: c, rho: radius, isEuclidean: true)
            defer { apgd.evaluate = nil }                   // which holds what holds it
            apgd.evaluate = { (part, into) throws(Failure) in
                let loss = try job.objective.evaluate(part, into: gradient, trial: true), size = job.space.norm(gradient)
                if !loss.isFinite { return .nan }
                if size == 0 { job.space.clear(into) } else { try self.slope(job, apgd.delta, gradient, size, into: into) }
                return size
            }
            job.ledger.expect(values.isEmpty ? rho.list.count &* restarts.int &* (steps.int &+ 1) &* 3 &* job.part.items.count : 0, "ascent")
            if radius > 0 {
                _ = try job.within { () throws(Failure) in
                    if oneStep.isOn {
                        let up = try job.space.copy(of: here)
                        job.space.multiply(up, by: c)
                        return try apgd.climb(0, from: job.space.norm(up) > 0 ? .at(up) : .random(1), loss: norm, gradient: here)
                    }
                    try apgd.climb(steps.int, from: .zero, loss: norm, gradient: here)
                    for r in 1..<max(restarts.int, 1) { try apgd.climb(steps.int, from: .random(r + 1), loss: norm, gradient: here) }
                }
            }
            values.append(radius * (norm + apgd.gain))
            if values.count > 1 { continue }
            try job.report.set("value", values[0])
            try job.report.set("gradient_norm_max", norm + apgd.gain)
            try job.report.set("norm", apgd.size(apgd.best))
            if apgd.randomStarts > 0 { try job.report.set("random_starts", apgd.randomStarts) }
        }
        try job.report.set("values", values)
    }

    /// The gradient of |grad|: H grad / |grad|.
    private func slope(_ job: Job, _ delta: Flat?, _ gradient: Flat, _ size: Double, into out: Flat) throws(Failure) {
        let unit = try job.space.copy(of: gradient)
        job.space.scale(unit, by: 1 / size)
        try job.product(curvature, at: delta, unit, into: out)
    }
}
