import CSAMShims

/// bezier: a curve of low loss from the iterate to another point: `bends` control points, the ends fixed, on a Bezier curve or (chain 1) on
/// straight pieces; the inner ones are trained by Adam on the loss at a random t a step (uniform, draw 1000 + k).
///
/// They begin on the straight line, moved by noise |w(1) - w(0)| / sqrt(n) times a normal vector (draw = the point's number): by symmetry a
/// line may be a saddle. value: the largest loss at `count` places of the curve; mean, minimum; integral: over the length, by trapezoids
/// (ends that are one point: the loss there). losses, coordinates [count]; bends [bends, n]. Memory: 4 bends vectors.
final class Bezier: Measure {
    override class var about: About {
        About("bezier", "A trained curve of low loss between two points of the weights.",
              by: "Garipov, Izmailov, Podoprikhin, Vetrov, Wilson 2018", needs: [.gradient, .tensors])
    }

    let to = Setting(tensors: "to", "The other end of the path."), bends = Setting("bends", count: 3, .between(3, 100), "Control points, with the ends.")
    let steps = Setting.steps(200), lr = Setting("lr", 1e-2, .nonNegative, "Learning rate of Adam."), chain = Setting("chain", flag: false, "Straight pieces in place of a smooth curve.")
    let noise = Setting("noise", 1e-3, .nonNegative, "Deviation of the bends at the beginning."), count = Landscape.count(61), refresh = Landscape.refresh()
    override var settings: [Setting] { [to, bends, steps, lr, chain, noise, count, refresh] }
    override var baseline: Baseline { .loss }

    override func check(_ job: Job) throws(Failure) {
        try to.mustBeGiven(job.name)
        try Landscape.check(refresh, job)
    }

    override func run(_ job: Job) throws(Failure) {
        let space = job.space, line = try Curve(job.point, nil, to), b = bends.int, n = job.n, place = try space.vector(), g = try space.vector()
        let size = noise.value * line.length / Double(n).squareRoot()
        var points: [Flat] = []
        for j in 0..<b {
            points.append(try space.copy(of: line.at(Double(j) / Double(b - 1)) ?? job.point.iterate))
            if j == 0 || j == b - 1 { continue }
            space.random(Int(SAM_NORMAL), draw: j, into: g)
            space.add(size, g, to: points[j])
        }
        func stand(_ t: Double) throws(Failure) -> Flat? {
            if t == 0 || t == 1 { return line.at(t) }
            space.clear(place)
            for j in 0..<b { space.add(share(j, t), points[j], to: place) }
            return place
        }
        let land = try Landscape(job, refresh), m = try (0..<b).map { (_) throws(Failure) in try space.vector() }
        let v = try (0..<b).map { (_) throws(Failure) in try space.vector() }
        job.ledger.expect(steps.int &* job.part.items.count, "curve", until: 0.9)
        _ = try job.within { () throws(Failure) in
            var first = 1.0, second = 1.0, t = 0.0
            for k in 1...steps.int {
                space.kernels.pointee.random!(Int32(SAM_UNIFORM), space.seed, 6, UInt32(1000 + k), 0, 1, &t)
                if let at = try stand(t) { try job.point.stand(at: at) } else { try job.point.moveBack() }
                let loss = try job.objective.evaluate(job.part, into: g, trial: true)
                if !loss.isFinite { continue }
                first *= 0.9
                second *= 0.999
                for j in 1..<(b - 1) {
                    let c = share(j, t), m = m[j], v = v[j], p = points[j]
                    for i in 0..<n {
                        let x = c * g[i]
                        m[i] = 0.9 * m[i] + 0.1 * x
                        v[i] = 0.999 * v[i] + 0.001 * x * x
                        p[i] -= lr.value * m[i] / (1 - first) / ((v[i] / (1 - second)).squareRoot() + 1e-8)
                    }
                }
            }
        }
        let t = Landscape.line(0, 1, count.int), before = try space.vector()
        var pieces: [Double] = []
        job.ledger.expect(t.count &* job.part.items.count, "losses")
        let losses = try land.fill(t.count) { (i, _) throws(Failure) in
            let at = try stand(t[i])
            space.copy(at ?? job.point.iterate, to: g)
            space.add(-1, g, to: before)
            pieces.append(space.norm(before))
            space.copy(g, to: before)
            return try land.loss(at: at)
        }
        let finite = Sample(losses.filter { $0.isFinite })
        var length = 0.0, integral = 0.0
        for i in pieces.indices.dropFirst() {
            length += pieces[i]
            integral += 0.5 * (losses[i] + losses[i - 1]) * pieces[i]
        }
        try job.report.set("value", finite.most)
        try job.report.set("mean", finite.mean)
        try job.report.set("minimum", finite.least)
        try job.report.set("integral", length > 0 ? integral / length : losses[0])
        try job.report.set("coordinates", t)
        try job.report.set("losses", losses)
        try job.report.set("bends", try Flat(rows: points), shape: [b, n])
    }

    /// The weight of a control point at t; they add up to 1.
    @inline(never)
    private func share(_ j: Int, _ t: Double) -> Double {
        let last = bends.int - 1
        if chain.isOn { return max(0, 1 - abs(t * Double(last) - Double(j))) }
        var c = 1.0
        for i in 0..<j { c = c * Double(last - i) / Double(i + 1) }
        return c * raised(t, Int64(j)) * raised(1 - t, Int64(last - j))
    }
}
