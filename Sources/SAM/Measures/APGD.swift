import CSAMShims

/// The largest rise of a loss within a ball, from below: projected ascent with momentum whose step is halved at fixed checkpoints
/// (Croce and Hein 2020, for weights). In scaled coordinates u, the displacement is c u, and the ball is |u| <= rho.
final class APGD {
    let objective: Objective
    private(set) var part: Part
    let scale: Flat?
    let rho: Double
    /// l2: false: the largest magnitude.
    let isEuclidean: Bool
    /// Whether points outside come back to the closest place in the weights' space.
    var projectsWeights = false
    /// What is climbed where it is not the part's loss: its value and gradient (of the weights) at the weights standing; NaN: no such point.
    var evaluate: ((Part, Flat) throws(Failure) -> Double)?

    /// What is climbed where the coordinates are not those of the weights: its value at u, and q = its gradient there.
    var measureAt: ((Flat, Flat) throws(Failure) -> Double)?

    /// Of the best point: its rise, coordinates and the last step's length.
    private(set) var gain = 0.0, step = 0.0
    let best: Flat
    private(set) var randomStarts = 0
    private var clean = 0.0

    private let space: Space
    private let u: Flat, before: Flat, trial: Flat, q: Flat, bestQ: Flat
    /// The displacement of the point that is measured.
    let delta: Flat

    init(_ objective: Objective, _ part: Part, scale: Flat?, rho: Double, isEuclidean: Bool, within space: Space? = nil) throws(Failure) {
        self.objective = objective
        self.part = part
        self.scale = scale
        self.rho = rho
        self.isEuclidean = isEuclidean
        let space = space ?? objective.space
        self.space = space
        best = try space.vector()
        u = try space.vector()
        before = try space.vector()
        trial = try space.vector()
        q = try space.vector()
        bestQ = try space.vector()
        delta = try space.vector()
    }

    /// Of another part, with nothing found yet.
    func reset(_ part: Part) {
        self.part = part
        gain = 0
        step = 0
        space.clear(best)
    }

    /// How a run begins: at the iterate, at random (draw), or at a vector that is brought onto the sphere.
    enum Start { case zero, random(Int), at(Flat) }

    /// loss, gradient: at the iterate. One more start; the best of all counts.
    func climb(_ steps: Int, from start: Start, loss: Double, gradient: Flat) throws(Failure) {
        clean = loss
        var value = loss, top = loss, isZero = false
        switch start {
        case .zero:
            space.copy(gradient, to: q)
            space.multiply(q, by: scale)
            isZero = space.norm(q) > 1e-12 * (1 + abs(loss)) / max(rho, 1e-300)
            if isZero { space.clear(u) } else {
                randomStarts += 1
                random(draw: 1001)
            }
        case .random(let draw): random(draw: draw)
        case .at(let v):
            space.copy(v, to: u)
            let length = size(u)
            if length > 0 { space.scale(u, by: rho / length) }
        }
        if !isZero {
            value = try measure(u)
            top = value
            if !value.isFinite { return }
        }
        space.copy(u, to: before)
        keep(u, value)
        let run = try space.copy(of: u)                     // this run's best
        space.copy(q, to: bestQ)
        var eta = 2 * rho, rises = 0, last = 0, halved = true, topBefore = top, checkpoint = 0
        let checkpoints = APGD.checkpoints(steps)
        if steps == 0 { return }
        for k in 1...steps {
            propose(eta, k == 1 ? 1 : 0.75)
            let next = try measure(u)
            if next > value { rises += 1 }
            value = next
            if !value.isFinite {
                eta /= 2
                space.copy(run, to: u)
                space.copy(run, to: before)
                space.copy(bestQ, to: q)
                value = top
            } else if value > top {
                top = value
                space.copy(u, to: run)
                space.copy(q, to: bestQ)
                keep(u, value)
            }
            if checkpoint < checkpoints.count && k == checkpoints[checkpoint] {
                let few = Double(rises) < 0.75 * Double(k - last), stuck = !halved && top == topBefore && checkpoint > 0
                halved = few || stuck
                if halved {
                    eta /= 2
                    space.copy(run, to: u)
                    space.copy(bestQ, to: q)
                    value = top
                }
                topBefore = top
                rises = 0
                last = k
                checkpoint += 1
            }
        }
        step = eta
    }

    /// ceil(p N) in whole hundredths, without repeats, the last at N.
    static func checkpoints(_ steps: Int) -> [Int] {
        var points: [Int] = []
        for p in [22, 41, 57, 70, 80, 87, 93, 99, 100] {
            let k = min(steps, (p * steps + 99) / 100)
            if k > (points.last ?? 0) { points.append(k) }
        }
        return points
    }

    private func keep(_ u: Flat, _ value: Double) {
        if value - clean > gain {
            gain = value - clean
            space.copy(u, to: best)
        }
    }

    /// u and before move: z = P(u + eta s), u = P(u + a (z - u) + (1 - a)(u - before)).
    private func propose(_ eta: Double, _ a: Double) {
        space.copy(u, to: trial)
        ascend(trial, eta)
        project(trial)
        for i in 0..<space.n {
            let old = u[i]
            u[i] = old + a * (trial[i] - old) + (1 - a) * (old - before[i])
            before[i] = old
        }
        project(u)
    }

    /// v += eta times the steepest direction of q.
    private func ascend(_ v: Flat, _ eta: Double) {
        if isEuclidean {
            let length = space.norm(q)
            if length > 0 { space.add(eta / length, q, to: v) }
        } else {
            for i in 0..<space.n where q[i] != 0 { v[i] += q[i] > 0 ? eta : -eta }
        }
    }

    /// Loss at c u, and q = c times its gradient.
    private func measure(_ u: Flat) throws(Failure) -> Double {
        if let measureAt { return try measureAt(u, q) }
        try objective.point.move(displacement(u), times: 1)
        let value = if let evaluate { try evaluate(part, q) } else { try objective.evaluate(part, into: q, trial: true) }
        space.multiply(q, by: scale)
        return value
    }

    /// c u
    func displacement(_ u: Flat) -> Flat {
        space.copy(u, to: delta)
        space.multiply(delta, by: scale)
        return delta
    }

    func size(_ u: Flat) -> Double { isEuclidean ? space.norm(u) : space.largest(u) }

    private func random(draw: Int) {
        space.random(Int(isEuclidean ? SAM_NORMAL : SAM_UNIFORM), draw: draw, into: u)
        if !isEuclidean { for i in 0..<space.n { u[i] = 2 * u[i] - 1 } }
        if let scale { for i in 0..<space.n where scale[i] == 0 { u[i] = 0 } }
        let length = size(u)
        if length > 0 { space.scale(u, by: rho / length) }
    }

    private func project(_ v: Flat) {
        if !isEuclidean {
            for i in 0..<space.n { v[i] = min(max(v[i], -rho), rho) }
            return
        }
        let length = space.norm(v)
        if length <= rho { return }
        if let scale, projectsWeights { return projectWeights(v, scale) }
        space.scale(v, by: rho / length)
    }

    /// The closest point of the ellipsoid to d = c v: d_i / (1 + mu / c_i^2), so v_i c_i^2 / (c_i^2 + mu), with the mu >= 0 that brings
    /// |v| to rho: Newton on 1/|v| - 1/rho, held in a bracket.
    private func projectWeights(_ v: Flat, _ c: Flat) {
        var low = 0.0, high = Double.infinity, mu = 0.0
        for _ in 0..<60 {
            let square = space.sum { let s = v[$0] * c[$0] * c[$0] / (c[$0] * c[$0] + mu); return c[$0] == 0 ? 0 : s * s }
            let slope = space.sum {
                let d = c[$0] * c[$0] + mu, s = v[$0] * c[$0] * c[$0] / d
                return c[$0] == 0 ? 0 : s * s / d
            }
            let size = square.squareRoot()
            if abs(size - rho) <= 1e-12 * rho { break }
            if size > rho { low = mu } else { high = mu }
            let next = mu + (size / rho - 1) * square / slope
            mu = next > low && next < high ? next : high.isFinite ? 0.5 * (low + high) : 2 * max(low, 1e-300)
        }
        for i in 0..<space.n { v[i] = c[i] == 0 ? 0 : v[i] * c[i] * c[i] / (c[i] * c[i] + mu) }
    }
}
