/// slice_2d: the loss on a plane through the weights: losses [count, count] of L(w + x u + y v), row i at x[i], column j at y[j].
///
/// value: the largest rise above the loss at the iterate. cosine: of the two directions. At x = y = 0 the weights' own bits stand.
/// keep: directions [2, n]. A loss that is not finite: NaN there.
class Slice2D: Measure {
    override class var about: About { About("slice_2d", "The loss on a plane through the weights.", by: "Li, Xu, Taylor, Studer, Goldstein 2018", needs: .loss) }

    final let place = DirectionSettings(), refresh = Landscape.refresh(), low = Landscape.low(), high = Landscape.high()
    final let keep = Setting("keep", flag: false, "Report the directions.")
    final lazy var count = Landscape.count(points)
    var points: Int { 51 }
    final var grid: [Setting] { [low, high, count, keep, refresh] }
    override var settings: [Setting] { place.all + grid }
    override var baseline: Baseline { .loss }
    override func check(_ job: Job) throws(Failure) { try Landscape.check(refresh, job) }

    func directions(_ job: Job) throws(Failure) -> [Flat] { try place.make(job, 2) }

    final override func run(_ job: Job) throws(Failure) {
        let d = try directions(job), line = try Landscape.line(low, high, count), land = try Landscape(job, refresh)
        try look(job, land, line, d[0], d[1])
        try job.report.set("x", line)
        try job.report.set("y", line)
        try job.report.set("cosine", job.space.dot(d[0], d[1]) / (job.space.norm(d[0]) * job.space.norm(d[1])))
        if keep.isOn { try job.report.set("directions", try Flat(rows: d), shape: [2, job.n]) }
    }

    /// What the grid holds.
    func look(_ job: Job, _ land: Landscape, _ line: [Double], _ u: Flat, _ v: Flat) throws(Failure) {
        let c = line.count
        job.ledger.expect(c &* c &* job.part.items.count, "plane")
        let losses = try land.fill(c, c) { (i, j) throws(Failure) in try land.loss(line[i], u, line[j], v) }
        try job.report.set("value", Landscape.rise(losses, above: job.loss))
        try job.report.set("losses", losses, shape: [c, c])
    }
}
