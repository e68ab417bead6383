import CSAM

/// pca_plane: the plane in which points of a trajectory vary the most: the two principal axes of the points minus the iterate, about their
/// mean (center 1) or not. explained: each component's share of the sum of squares; value: the first two's.
///
/// coordinates [points, 2]: of the points, the iterate at (0, 0); directions [2, n]: orthonormal, the largest entry of each positive. grid:
/// so many places along each axis, over the points, the iterate and a fifth on either side: losses [grid, grid] at x, y. Points on a line:
/// the second axis is random, degenerate 1. A random walk in many dimensions has 0.61, 0.15, 0.07 (not centred: 0.81, 0.09, 0.03): a
/// large share of two components by itself says nothing.
final class PCAPlane: Measure {
    override class var about: About {
        About("pca_plane", "The plane of a trajectory's principal axes, and the loss on it.",
              by: "Li, Xu, Taylor, Studer, Goldstein 2018", needs: .tensors)
    }

    let points = Setting(tensors: "point", repeats: true, "A point of the trajectory.")
    let center = Setting("center", flag: true, "About the points' mean.")
    let grid = Setting("grid", count: 0, .between(0, 1e6), "Places along each axis, two or more; 0: no losses.")
    let refresh = Landscape.refresh()
    override var settings: [Setting] { [points, center, grid, refresh] }
    override var baseline: Baseline { grid.int > 0 ? .loss : .none }

    override func check(_ job: Job) throws(Failure) {
        try points.mustBeGiven(job.name)
        if grid.int == 1 { throw .range("grid = 1: expected 0 or at least 2") }
        if grid.int > 0 && job.objective.host.evaluate == nil { throw job.objective.missing("evaluate") }
        try Landscape.check(refresh, job)
    }

    override func run(_ job: Job) throws(Failure) {
        let plane = try PrincipalAxes(job.point, points, center: center.isOn, job.ledger), at = plane.coordinates, e = plane.explained
        try job.report.set("value", e[0] + (e.count > 1 ? e[1] : 0))
        try job.report.set("explained", e)
        try job.report.set("coordinates", at, shape: [at.count / 2, 2])
        try job.report.set("directions", try Flat(rows: plane.axes), shape: [2, job.n])
        if plane.isDegenerate { try job.report.set("degenerate", 1) }
        if grid.int == 0 { return }
        let land = try Landscape(job, refresh), x = axis(at, 0), y = axis(at, 1), c = grid.int
        job.ledger.expect(c &* c &* job.part.items.count, "plane")
        let losses = try land.fill(c, c) { (i, j) throws(Failure) in try land.loss(x[i], plane.axes[0], y[j], plane.axes[1]) }
        try job.report.set("x", x)
        try job.report.set("y", y)
        try job.report.set("losses", losses, shape: [c, c])
    }

    private func axis(_ at: [Double], _ k: Int) -> [Double] {
        var low = 0.0, high = 0.0
        for i in stride(from: k, to: at.count, by: 2) { (low, high) = (min(low, at[i]), max(high, at[i])) }
        let margin = high > low ? 0.2 * (high - low) : 1
        return Landscape.line(low - margin, high + margin, grid.int)
    }
}
