import CSAM
import CSAMShims

/// What a measure asks of the host: bits of sam_entry.needs.
struct Needs: OptionSet {
    let rawValue: Int
    static let gradient = Needs(rawValue: 1), loss = Needs(rawValue: 2), product = Needs(rawValue: 4), gaussNewton = Needs(rawValue: 8)
    static let exampleLosses = Needs(rawValue: 16), evaluateExample = Needs(rawValue: 32), logits = Needs(rawValue: 64)
    static let backpropagateLogits = Needs(rawValue: 128), batches = Needs(rawValue: 256), classes = Needs(rawValue: 512)
    static let tensors = Needs(rawValue: 1024), other = Needs(rawValue: 2048), forwardOnes = Needs(rawValue: 4096), train = Needs(rawValue: 8192)
}

/// A quantity of the loss about the weights. A child is one file: its name and paper, its settings, and `run`, straight text on what
/// the job offers. One line in MeasureRegistry makes it known.
class Measure {
    class var about: About { About("", "") }

    required init() {}

    final let common = CommonSettings()
    /// Its own; seed, max_evaluations, batch, class_index and combine are there for all that evaluate.
    var settings: [Setting] { [] }

    /// What is evaluated at the iterate before `run`.
    enum Baseline { case none, loss, gradient }
    var baseline: Baseline { .gradient }

    /// Of a measure that repeats another: that one, by the settings given; it takes the settings that are not its own.
    func makeInner() throws(Failure) -> Measure? { nil }
    final private(set) var inner: Measure?
    final func takeInner() throws(Failure) { inner = try makeInner() }

    /// Conditions beyond `needs`, before the first callback.
    func check(_ job: Job) throws(Failure) {}

    /// Sets what the report holds; `value` first. The weights may stand anywhere at the end.
    func run(_ job: Job) throws(Failure) {}
}

/// A measure under way: what its text talks to.
final class Job {
    let measure: Measure
    let name: Name
    let point: Point
    let objective: Objective
    let ledger: Ledger
    let report: Report
    /// What is averaged over: batch and class_index of the settings.
    let part: Part
    /// At the iterate over the part, as the baseline of the measure says.
    private(set) var loss = Double.nan
    private(set) var gradient: Flat?
    /// Whether the answer is what was asked for; false: a limit came first.
    var converged = true
    /// The curvature that was used, for hessian_source and difference_error.
    var curvature: Operator?

    var space: Space { point.space }
    var n: Int { space.n }
    var seed: Double { measure.common.seed.value }

    init(_ measure: Measure, _ name: Name, point: Point, objective: Objective, report: Report, part: Part) {
        self.measure = measure
        self.name = name
        self.point = point
        self.objective = objective
        ledger = objective.ledger
        self.report = report
        self.part = part
    }

    /// Of a measure that evaluates at the iterate itself (baseline none).
    func stood(_ loss: Double, _ gradient: Flat?) {
        self.loss = loss
        self.gradient = gradient
    }

    /// Every batch of the part by itself, with its weight.
    var parts: [(part: Part, weight: Double)] { part.isOne ? [(part, 1)] : part.items.indices.map { (part.only($0), part.items[$0].weight) } }

    /// The curvature of a part with these settings.
    func operand(_ settings: CurvatureSettings, _ part: Part? = nil, scale: Flat? = nil) throws(Failure) -> Operator {
        let map = try Operator(objective, part ?? self.part, settings, scale: scale)
        curvature = map
        return map
    }

    /// Runs to its end, or until max_evaluations is reached: whether it came to its end. The report then says converged 0.
    func within(_ body: () throws(Failure) -> Void) throws(Failure) -> Bool { try ledger.within(body) }

    /// What the scale of a measure without meaning answers: every c is 0.
    func isDegenerate(_ c: Flat?) throws(Failure) -> Bool {
        guard let c, space.largest(c) == 0 else { return false }
        try report.set("value", 0.0)
        try report.set("degenerate", 1)
        return true
    }

    /// Everything before and behind `run`.
    func perform() throws(Failure) {
        if measure.baseline == .gradient { gradient = try space.vector() }
        if measure.baseline != .none { loss = try objective.takeBaseline(part, into: gradient) }
        _ = try within { () throws(Failure) in try measure.run(self) }
        if report.value("value") == nil { try report.set("value", .nan) }
    }

    /// The value of another measure, as `run` has it; NaN: a limit came before there was one.
    func number(_ inner: Measure, _ part: Part? = nil, of other: Objective? = nil) throws(Failure) -> Double {
        try run(inner, part, of: other).value("value") ?? .nan
    }

    /// The report of another measure, over a part of this objective or of another; nil: over this job's, whose loss and gradient serve.
    func run(_ inner: Measure, _ part: Part? = nil, of other: Objective? = nil) throws(Failure) -> Report {
        let job = Job(inner, name, point: point, objective: other ?? objective, report: Report(), part: part ?? self.part)
        try inner.check(job)
        if part == nil && (inner.baseline == .loss || gradient != nil) {
            job.stood(loss, gradient)
            _ = try job.within { () throws(Failure) in try inner.run(job) }
        } else { try job.perform() }
        converged = converged && job.converged
        curvature = job.curvature ?? curvature
        return job.report
    }

    /// The keys of every report.
    func finish(since begin: Double) throws(Failure) {
        if !loss.isNaN { try report.set("loss", loss) }
        if let gradient, report.values("gradient_norm") == nil { try report.set("gradient_norm", space.norm(gradient)) }
        try report.set("evaluations", ledger.evaluations)
        try report.set("loss_evaluations", ledger.losses)
        try report.set("gradient_evaluations", ledger.gradients)
        try report.set("products", ledger.products)
        try report.set("example_evaluations", ledger.examples)
        if ledger.stepGradients > 0 { try report.set("step_gradients", ledger.stepGradients) }
        if let curvature {
            try report.set("hessian_source", curvature.source.rawValue)
            if let error = curvature.differenceError { try report.set("difference_error", error) }
        }
        try report.set("noise_loss", objective.noiseLoss)
        try report.set("noise_gradient", objective.noiseGradient)
        if ledger.nonfinite > 0 { try report.set("nonfinite", ledger.nonfinite) }
        if objective.constantLogits > 0 { try report.set("constant_logits", objective.constantLogits) }
        try report.set("seed", seed)
        try report.set("converged", converged && !ledger.isSpent)
        try report.set("seconds", sam_seconds() - begin)
    }
}
