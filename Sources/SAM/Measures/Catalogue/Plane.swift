/// plane: the loss on the plane through three points: losses [count, count] at x[i] along e1 = (w2 - w1) / |w2 - w1| and y[j] along e2, what
/// is orthogonal of w3 - w1, over the points and a share `margin` on either side. places [3, 2]: the points' coordinates, the first at (0, 0).
///
/// value: the largest loss. Where a place of the grid is one of the points its own bits stand. Points on a line: SAM_ERROR_ARGUMENT.
final class Plane: Measure {
    override class var about: About {
        About("plane", "The loss on the plane through three points of the weights.",
              by: "Garipov, Izmailov, Podoprikhin, Vetrov, Wilson 2018", needs: [.loss, .tensors])
    }

    let points = Setting(tensors: "point", repeats: true, "One of the three points."), count = Landscape.count(21)
    let margin = Setting("margin", 0.2, .between(0, 1e6), "Beyond the points, as a share of their extent."), refresh = Landscape.refresh()
    override var settings: [Setting] { [points, count, margin, refresh] }
    override var baseline: Baseline { .loss }

    override func check(_ job: Job) throws(Failure) {
        if points.tensors.count != 3 { throw .argument("point is given \(points.tensors.count) times: expected three times") }
        try Landscape.check(refresh, job)
    }

    override func run(_ job: Job) throws(Failure) {
        let space = job.space, c = count.int, land = try Landscape(job, refresh), plane = try Basis(space, capacity: 2)
        let w = try (0..<3).map { (_) throws(Failure) in try space.vector() }, place = try space.vector()
        for k in 0..<3 { try job.point.read(points, k, into: w[k]) }
        var at = [0.0, 0.0]
        for k in 1...2 {
            space.copy(w[k], to: place)
            space.add(-1, w[0], to: place)
            guard let r = plane.extend(by: place, least: 1e-10) else { throw .argument("the three points lie on a line: expected a plane") }
            at += [r[0], k == 1 ? 0 : r[1]]
        }
        func axis(_ k: Int) -> [Double] {
            let low = min(at[k], min(at[2 + k], at[4 + k])), high = max(at[k], max(at[2 + k], at[4 + k])), more = margin.value * (high - low)
            return Landscape.line(low - more, high + more, c)
        }
        let x = axis(0), y = axis(1), near = 1e-12 * (at[2] + at[5])
        job.ledger.expect(c &* c &* job.part.items.count, "plane")
        let losses = try land.fill(c, c) { (i, j) throws(Failure) in
            for k in 0..<3 where abs(x[i] - at[2 * k]) <= near && abs(y[j] - at[2 * k + 1]) <= near { return try land.loss(at: w[k]) }
            space.copy(w[0], to: place)
            plane.combine([x[i], y[j]], into: place)
            return try land.loss(at: place)
        }
        try job.report.set("value", Landscape.rise(losses, above: 0))
        try job.report.set("x", x)
        try job.report.set("y", y)
        try job.report.set("losses", losses, shape: [c, c])
        try job.report.set("places", at, shape: [3, 2])
    }
}
