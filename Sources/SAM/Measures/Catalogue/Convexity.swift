import CSAMShims

/// convexity: the share of random segments about the weights whose middle lies no higher than the mean of its ends: a, b = w + rho c x with
/// normal x (draws 2 k - 1 and 2 k). 1 where the loss is convex, to 1e-12 of the losses (f32: 1e-6). A segment with a loss that is
/// not finite is left out, counted in `skipped`. values: by radius; standard_error: of the first.
final class Convexity: Measure {
    override class var about: About { About("convexity", "The share of random segments on which the loss is convex.", needs: .loss) }

    let rho = Setting.rho(0.1), samples = Setting.samples(100), scale = ScaleSettings()
    override var settings: [Setting] { [rho, samples] + scale.all }
    override var baseline: Baseline { .loss }

    override func run(_ job: Job) throws(Failure) {
        let c = try scale.scale(job.point), space = job.space, x = [try space.vector(), try space.vector()], land = try Landscape(job)
        if try job.isDegenerate(c) { return }
        job.ledger.expect(3 &* samples.int &* rho.list.count &* job.part.items.count, "segments")
        var values: [Double] = [], skipped = 0
        for radius in rho.list {
            var sample = Sample()
            _ = try job.within { () throws(Failure) in
                for k in 1...samples.int where radius > 0 {
                    for i in 0...1 {
                        space.random(Int(SAM_NORMAL), draw: 2 * k - 1 + i, into: x[i])
                        space.multiply(x[i], by: c)
                    }
                    let a = try land.loss(radius, x[0]), b = try land.loss(radius, x[1]), middle = try land.loss(0.5 * radius, x[0], 0.5 * radius, x[1])
                    let slack = (job.point.isDouble ? 1e-12 : 1e-6) * max(abs(a), max(abs(b), abs(middle))) + 2 * job.objective.noiseLoss
                    if (a + b + middle).isFinite { sample.add(middle <= 0.5 * (a + b) + slack ? 1 : 0) } else { skipped += 1 }
                }
            }
            values.append(radius > 0 ? sample.mean : 0)
            if values.count > 1 { continue }
            try job.report.set("value", values[0])
            try job.report.set("standard_error", radius > 0 ? sample.standardError : 0)
        }
        try job.report.set("values", values)
        if skipped > 0 { try job.report.set("skipped", skipped) }
    }
}
