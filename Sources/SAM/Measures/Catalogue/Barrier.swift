/// barrier: the loss on the straight line w(t) from start_point (else the iterate) to another point, and how far it rises above the chord
/// between its ends: value = max L(t) - (1 - t) L(0) - t L(1), at `position`; 0 at the ends.
///
/// endpoint_excess = max L - max(L(0), L(1)); monotonicity_gap: the largest rise behind an earlier place; area: of L above the chord, over t;
/// length = |w(1) - w(0)|; coordinates, losses [count], the ends at the bits given. refine: so many losses more, by golden section about the
/// highest place. A loss at an end that is not finite: value NaN, converged 0.
final class Barrier: Measure {
    override class var about: About {
        About("barrier", "The height of the loss between two points of the weights.",
              by: "Frankle, Dziugaite, Roy, Carbin 2020", needs: [.loss, .tensors])
    }

    let to = Setting(tensors: "to", "The other end."), from = Setting(tensors: "start_point", "Where the line begins; else the iterate.")
    let count = Landscape.count(25), refresh = Landscape.refresh()
    let refine = Setting("refine", count: 0, .between(0, 1000), "Losses spent on the place of the maximum.")
    override var settings: [Setting] { [to, from, count, refine, refresh] }
    override var baseline: Baseline { .loss }

    override func check(_ job: Job) throws(Failure) {
        try to.mustBeGiven(job.name)
        try Landscape.check(refresh, job)
    }

    override func run(_ job: Job) throws(Failure) {
        let line = try Curve(job.point, from, to), land = try Landscape(job, refresh), t = Landscape.line(0, 1, count.int)
        job.ledger.expect((t.count &+ refine.int) &* job.part.items.count, "path")
        let losses = try land.fill(t.count) { (i, _) throws(Failure) in try land.loss(at: line.at(t[i])) }
        let first = losses[0], last = losses[losses.count - 1]
        func above(_ loss: Double, _ t: Double) -> Double { loss - ((1 - t) * first + t * last) }
        var value = 0.0, position = 0.0, highest = 0, gap = 0.0, area = 0.0, least = Double.infinity
        for i in t.indices {
            let x = i == 0 || i == t.count - 1 ? 0 : above(losses[i], t[i])
            if x > value { (value, position, highest) = (x, t[i], i) }
            if losses[i] - least > gap { gap = losses[i] - least }
            if losses[i] < least { least = losses[i] }
            if i > 0 { area += 0.5 * (t[i] - t[i - 1]) * (above(losses[i], t[i]) + above(losses[i - 1], t[i - 1])) }
        }
        if highest > 0 {
            var low = t[highest - 1], high = t[highest + 1]
            _ = try job.within { () throws(Failure) in
                func rise(_ s: Double) throws(Failure) -> Double {
                    let x = above(try land.loss(at: line.at(s)), s)
                    if x > value { (value, position) = (x, s) }
                    return x
                }
                let share = 0.6180339887498949
                var a = high - share * (high - low), b = low + share * (high - low), left = 0.0, right = 0.0
                for k in 0..<refine.int {
                    if k == 0 { left = try rise(a) } else if k == 1 { right = try rise(b) } else if left > right {
                        (high, b, right) = (b, a, left)
                        a = high - share * (high - low)
                        left = try rise(a)
                    } else {
                        (low, a, left) = (a, b, right)
                        b = low + share * (high - low)
                        right = try rise(b)
                    }
                }
                if refine.int > 0 { try land.leave() }
            }
        }
        job.converged = first.isFinite && last.isFinite
        try job.report.set("value", job.converged ? value : .nan)
        try job.report.set("position", position)
        try job.report.set("endpoint_excess", Landscape.rise(losses, above: max(first, last)))
        try job.report.set("monotonicity_gap", gap)
        try job.report.set("area", area)
        try job.report.set("length", line.length)
        try job.report.set("coordinates", t)
        try job.report.set("losses", losses)
    }
}
