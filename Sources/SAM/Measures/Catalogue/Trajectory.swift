import CSAM

/// trajectory: the way through points of the weights, p of them. lengths [p - 1]: of the steps; cosines [p - 2]: of a step with the one before,
/// NaN at a step of 0; distances [p, 2]: of each point from the first and from the last. value = ratio: the way's length over the distance of its
/// ends, 1 on a straight line; infinity where it comes back; points that are all the same: 0, degenerate 1.
///
/// measure: values [p] of another measure at each point, which takes its settings too.
final class Trajectory: Measure {
    override class var about: About { About("trajectory", "Lengths and angles of a way through the weights.", needs: .tensors) }

    let points = Setting(tensors: "point", repeats: true, "A point of the way.")
    let repeated = Repeated.setting("none,lambda_max,lambda_min,trace,worst_case,average_case,sam_gap,gradient_norm,eps_radius,keskar_box,local_entropy,pacbayes_sigma")
    override var settings: [Setting] { [points, repeated] }
    override var baseline: Baseline { inner == nil ? .none : .loss }
    override func makeInner() throws(Failure) -> Measure? { try Repeated.make(repeated) }

    override func check(_ job: Job) throws(Failure) {
        if points.tensors.count < 2 { throw .argument("point is given \(points.tensors.count) times: expected twice at the least") }
        if inner != nil && job.objective.host.evaluate == nil { throw job.objective.missing("evaluate") }
    }

    override func run(_ job: Job) throws(Failure) {
        let space = job.space, p = points.tensors.count, x = try space.vector(), first = try space.vector(), last = try space.vector()
        var step = try space.vector(), before = try space.vector(), lengths: [Double] = [], cosines: [Double] = [], distances: [Double] = []
        try job.point.read(points, 0, into: first)
        try job.point.read(points, p - 1, into: last)
        func distance(_ a: Flat, _ b: Flat) -> Double {
            space.copy(a, to: step)
            space.add(-1, b, to: step)
            return space.norm(step)
        }
        let previous = try space.copy(of: first)
        for k in 0..<p {
            try job.point.read(points, k, into: x)
            distances += [distance(x, first), distance(x, last)]
            if k == 0 { continue }
            lengths.append(distance(x, previous))
            if k > 1 {
                let c = space.dot(step, before) / (lengths[k - 1] * lengths[k - 2])
                cosines.append(lengths[k - 1] > 0 && lengths[k - 2] > 0 ? max(-1, min(1, c)) : .nan)
            }
            swap(&step, &before)
            space.copy(x, to: previous)
        }
        let way = lengths.reduce(0, +), ratio = way > 0 ? way / distances[1] : 0
        try job.report.set("value", ratio)
        try job.report.set("ratio", ratio)
        try job.report.set("lengths", lengths)
        try job.report.set("cosines", cosines)
        try job.report.set("distances", distances, shape: [p, 2])
        if way == 0 { try job.report.set("degenerate", 1) }
        if inner == nil { return }
        let values = try Landscape(job).fill(p) { (k, _) throws(Failure) in
            try job.point.read(self.points, k, into: x)
            return try job.innerValue(x)
        }
        try job.report.set("values", values)
    }
}
