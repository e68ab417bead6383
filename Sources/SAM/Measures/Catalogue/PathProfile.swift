/// path_profile: another measure along a path: at `count` places of the line from the iterate to `to`, or at each point given. values [c];
/// coordinates [c]: the place on the line, 0 to 1, or the number of the point. value: the largest. The settings of that measure are its own;
/// its other keys are not kept.
final class PathProfile: Measure {
    override class var about: About { About("path_profile", "Another measure at the points of a path.", needs: [.gradient, .loss, .product, .tensors]) }

    let to = Setting(tensors: "to", "The end of a line from the iterate."), points = Setting(tensors: "point", repeats: true, "A point of the path.")
    let repeated = Repeated.setting("lambda_max,lambda_min,trace,worst_case,average_case,sam_gap,gradient_norm,eps_radius,keskar_box,local_entropy,pacbayes_sigma")
    let count = Landscape.count(11)
    override var settings: [Setting] { [to, points, repeated, count] }
    override var baseline: Baseline { .loss }
    override func makeInner() throws(Failure) -> Measure? { try Repeated.make(repeated) }

    override func check(_ job: Job) throws(Failure) {
        if to.isGiven == points.isGiven { throw .argument("measure \"path_profile\" needs the setting to or point: expected one of them") }
    }

    override func run(_ job: Job) throws(Failure) {
        let line = to.isGiven ? try Curve(job.point, nil, to) : nil, x = try job.space.vector()
        let at = line == nil ? points.tensors.indices.map { Double($0) } : Landscape.line(0, 1, count.int)
        let values = try Landscape(job).fill(at.count) { (k, _) throws(Failure) in
            if let line { return try job.innerValue(line.at(at[k])) }
            try job.point.read(self.points, k, into: x)
            return try job.innerValue(x)
        }
        try job.report.set("value", Landscape.rise(values, above: 0))
        try job.report.set("values", values)
        try job.report.set("coordinates", at)
    }
}
