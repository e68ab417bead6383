/// slice_1d: the loss along a line through the weights, L(w + s d), at `count` places s from low to high.
///
/// value: the largest rise above the loss at the iterate. coordinates and losses [count]; at s = 0 the weights' own bits stand. curvature 1:
/// slopes d'g and curvatures d'Hd at each place, one gradient and one product (else two gradients more) each. keep: direction [n]. A loss
/// that is not finite: NaN there.
final class Slice1D: Measure {
    override class var about: About {
        About("slice_1d", "The loss along a line through the weights.",
              by: "Goodfellow, Vinyals, Saxe 2015; Li, Xu, Taylor, Studer, Goldstein 2018", needs: .loss)
    }

    let place = DirectionSettings(), refresh = Landscape.refresh()
    let low = Landscape.low(), high = Landscape.high(), count = Landscape.count(51)
    let curvature = Setting("curvature", flag: false, "Report slopes and curvatures.")
    let keep = Setting("keep", flag: false, "Report the direction.")
    override var settings: [Setting] { place.all + [low, high, count, curvature, keep, refresh] }
    override var baseline: Baseline { .loss }
    override func check(_ job: Job) throws(Failure) { try Landscape.check(refresh, job) }

    override func run(_ job: Job) throws(Failure) {
        let d = try place.make(job, 1)[0], s = try Landscape.line(low, high, count), c = s.count, land = try Landscape(job, refresh)
        let g = curvature.isOn ? try job.space.vector() : nil, other = curvature.isOn ? try job.space.vector() : nil
        let h = (job.point.isDouble ? 3e-7 : 1e-4) * (1 + job.point.length) / job.space.norm(d)
        var slopes = [Double](repeating: .nan, count: c), bends = slopes
        job.ledger.expect(c &* job.part.items.count &* (curvature.isOn ? job.objective.hasProduct ? 2 : 3 : 1), "slice")
        let losses = try land.fill(c) { (i, _) throws(Failure) in
            try land.move(s[i], d)
            let loss = try land.loss(into: g)
            guard let g, let other, loss.isFinite else { return loss }
            slopes[i] = job.space.dot(g, d)
            if job.objective.hasProduct {
                try job.objective.product(job.part, d, into: other)
                bends[i] = job.space.dot(other, d)
            } else {
                var sides: [Double] = []
                for side in [h, -h] {
                    try land.move(s[i] + side, d)
                    _ = try land.loss(into: other)
                    sides.append(job.space.dot(other, d))
                }
                bends[i] = (sides[0] - sides[1]) / (2 * h)
            }
            return loss
        }
        try job.report.set("value", Landscape.rise(losses, above: job.loss))
        try job.report.set("coordinates", s)
        try job.report.set("losses", losses)
        if curvature.isOn {
            try job.report.set("slopes", slopes)
            try job.report.set("curvatures", bends)
        }
        if keep.isOn { try job.report.set("direction", d) }
    }
}
