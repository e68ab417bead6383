import CSAM
import CSAMShims

/// Losses about the iterate and at other points, NaN where they are not finite; running statistics renewed before each where that is wanted.
final class Landscape {
    let job: Job
    private let refresh: Bool
    private let place: Flat

    init(_ job: Job, _ refresh: Setting? = nil) throws(Failure) {
        self.job = job
        self.refresh = refresh?.isOn ?? false
        place = try job.space.vector()
    }

    static func refresh() -> Setting { Setting("refresh", flag: false, "Running statistics are renewed at each point.") }
    static func check(_ refresh: Setting, _ job: Job) throws(Failure) {
        if refresh.isOn && job.objective.host.refresh == nil { throw job.objective.missing("refresh") }
    }
    static func low() -> Setting { Setting("low", -1, .any, "The first coordinate.") }
    static func high() -> Setting { Setting("high", 1, .any, "The last coordinate, above the first.") }
    static func count(_ initial: Int) -> Setting { Setting("count", count: initial, .between(2, 1e6), "Points, along each axis.") }

    /// `count` numbers from low to high, both exactly; the middle of an odd count is the ends' mean.
    static func line(_ low: Double, _ high: Double, _ count: Int) -> [Double] {
        (0..<count).map { (i: Int) -> Double in
            let t = Double(i) / Double(count - 1)
            return low * (1 - t) + high * t
        }
    }
    static func line(_ low: Setting, _ high: Setting, _ count: Setting) throws(Failure) -> [Double] {
        if !(low.value < high.value) || !(high.value - low.value).isFinite { throw .range("low = \(low.value), high = \(high.value): expected finite numbers, low below high") }
        return line(low.value, high.value, count.int)
    }

    /// Weights = iterate + a u + b v.
    func move(_ a: Double, _ u: Flat, _ b: Double = 0, _ v: Flat? = nil) throws(Failure) {
        if a == 0 && b == 0 { return try job.point.moveBack() }
        job.space.clear(place)
        job.space.add(a, u, to: place)
        if let v { job.space.add(b, v, to: place) }
        try job.point.move(place, times: 1)
    }

    /// At the weights standing; `into` where given: the gradient.
    func loss(into out: Flat? = nil) throws(Failure) -> Double {
        try renew()
        let loss = try job.objective.evaluate(job.part, into: out, trial: true)
        job.ledger.sawFinite()                              // a place of a grid that is not finite ends nothing
        return loss
    }

    func loss(_ a: Double, _ u: Flat, _ b: Double = 0, _ v: Flat? = nil) throws(Failure) -> Double {
        try move(a, u, b, v)
        return try loss()
    }

    /// At a point; nil: the iterate.
    func loss(at x: Flat?) throws(Failure) -> Double {
        if let x { try job.point.stand(at: x) } else { try job.point.moveBack() }
        return try loss()
    }

    private func renew() throws(Failure) {
        if !refresh { return }
        try job.ledger.announce(.nothing)
        try job.ledger.check(job.ledger.call { job.objective.host.refresh!(job.objective.host.context) }, "refresh")
    }

    /// The running statistics are the iterate's again.
    func leave() throws(Failure) {
        if !refresh { return }
        try job.point.moveBack()
        try renew()
    }

    private var number: (Int, Int) throws(Failure) -> Double = { (_, _) throws(Failure) in 0 }

    /// One number for each place of a grid, row by row; NaN where the limit came first.
    func fill(_ rows: Int, _ columns: Int = 1, _ number: @escaping (Int, Int) throws(Failure) -> Double) throws(Failure) -> [Double] {
        self.number = number                                // kept: a copy of the loop for each caller is not worth it
        defer { self.number = { (_, _) throws(Failure) in 0 } }
        var numbers = [Double](repeating: .nan, count: rows * columns)
        _ = try job.within { () throws(Failure) in
            for i in 0..<rows { for j in 0..<columns { numbers[i * columns + j] = try self.number(i, j) } }
            try leave()
        }
        return numbers
    }

    /// The largest of the finite numbers above a level.
    static func rise(_ numbers: [Double], above level: Double) -> Double { numbers.reduce(-.infinity) { $1 > $0 ? $1 : $0 } - level }
}

extension Job {
    /// A job of this measure, or of another, about another point (nil: the iterate), which stands in the host's buffers meanwhile.
    func about(_ x: Flat?, as other: Measure? = nil, _ body: (Job) throws(Failure) -> Void) throws(Failure) {
        if let x { try point.stand(at: x) } else { try point.moveBack() }
        let there = try Point(point.parameters, seed: space.seed)
        there.isAway = point.isMoved
        let objective = try Objective(self.objective.host, of: name, point: there, ledger: ledger, combine: measure.common.combine.isChoice("examples"))
        objective.follow(self.objective)
        let job = Job(other ?? measure, name, point: there, objective: objective, report: Report(), part: part)
        defer { there.restore() }
        try body(job)
        try there.leave()
        converged = converged && job.converged
        curvature = job.curvature ?? curvature
    }

    /// The value of the measure that this one repeats, at a point.
    func innerValue(_ x: Flat?) throws(Failure) -> Double {
        var value = Double.nan
        try about(x, as: measure.inner) { (job) throws(Failure) in
            try job.measure.check(job)
            try job.perform()
            value = job.report.value("value") ?? .nan
        }
        return value
    }
}

/// The measure that another one repeats at several points.
enum Repeated {
    static func setting(_ choices: StaticString) -> Setting { Setting("measure", choices: choices, "Which measure; it takes its settings too.") }
    static func make(_ setting: Setting) throws(Failure) -> Measure? {
        if setting.isChoice("none") { return nil }
        return measures[try Catalog.find(Int32(SAM_MEASURES), setting.choice!, "measure")].make()
    }
}
