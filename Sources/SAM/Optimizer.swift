import CSAM
import CSAMShims

/// An optimizer: a method and a base over the host's parameters, with their options.
///
/// Between steps, and after every error, cancel or skip, the weights are the iterate, bit for bit, in the host's own buffers. A set and all optimizers
/// over it are used by one thread at a time.
public final class Optimizer {
    /// The set that is stepped; kept alive.
    public let parameters: Parameters
    private(set) var method: Method
    let methodName: Name
    private(set) var base: Base?
    private(set) var shared = SharedOptions()
    private(set) var device: Device
    private(set) var step: Step
    let plain = None()
    let arena: OpaquePointer
    /// Of dense algebra; nil where the base has none.
    var stack: UnsafeMutableRawPointer?
    /// The method's own seed where it has one, else the shared one.
    private(set) lazy var seed = method.options.first { $0.name == Name("seed") } ?? shared.seed
    /// The mean over micro-batches: of gradients (accumulate) or of directions (micro_batches).
    private(set) var mean = Slot("mean")
    private(set) var average = Average()

    /// In the middle of a step; and what goes on there when the evaluation asked for is delivered.
    var isStepping = false
    var waiting: ((Step) -> Next)?
    var window = Window()
    /// Of the last completed step.
    var completed = sam_metrics()
    /// Options changed since memory was last found.
    var isStale = true
    var hasSchedules = false
    /// As of the last time that memory was found: whether numbers are looked at, and what is kept beside vectors.
    var looks = true
    var scalars: [Scalar] = []

    /// What an optimizer is made of, checked: a failing initialiser would leak its object in Embedded Swift.
    struct Parts {
        let parameters: Parameters, entry: MethodEntry, method: Method, base: Base?, device: Device, arena: OpaquePointer

        /// method, base: names of the catalogue; base nil for a method that is its own optimizer.
        static func of(_ parameters: Parameters, method name: Name, base baseName: Name?) throws(Failure) -> Parts {
            let entry = methods[try Catalog.find(Int32(SAM_METHODS), name, "method")]
            var base: Base?
            if let baseName { base = bases[try Catalog.find(Int32(SAM_BASES), baseName, "base")].make() }
            let method = entry.make()
            if method.isOwnOptimizer, let base {
                throw .argument("base = \"\(base.name)\": method \"\(entry.name)\" is its own optimizer; expected NULL")
            }
            if !method.isOwnOptimizer && base == nil {
                throw .argument("base = NULL: method \"\(entry.name)\" needs a base; expected one of \(Optimizer.baseNames)")
            }
            if let base, method.repeatsBase && base.asks {
                throw .unsupported("method \"\(entry.name)\" takes several base steps a step, base \"\(base.name)\" asks for evaluations itself: they cannot go together")
            }
            if let base, !base.isComplete {
                throw .unsupported("base \"\(base.name)\" has more options or slots than a table of the kernels has room for")
            }
            if parameters.tensors.isEmpty { throw .argument("parameters: no tensor was added; expected at least one") }
            if parameters.tensors.allSatisfy({ $0.frozen }) {
                throw .argument("parameters: none of \(parameters.tensors.count) tensors can be trained, each was added with gradient = NULL, which freezes it for good; expected a gradient for one at least, or trained = 1 where it comes later")
            }
            let device = try Device(parameters)
            return Parts(parameters: parameters, entry: entry, method: method, base: base, device: device, arena: try Optimizer.arena(tensors: device.count))
        }
    }

    init(_ parts: Parts) {
        parameters = parts.parameters
        method = parts.method
        methodName = parts.entry.name
        base = parts.base
        device = parts.device
        arena = parts.arena
        step = Step(device: device, base: base)
        step.clipCoordinates = shared.clipCoordinates
        step.clipValue = shared.clipValue
        step.clipNorm = shared.clipNorm
        step.begin(1)
        completed = step.metrics
        completed.perturbation_norm = .nan
        completed.effective_radius = .nan
        completed.update_norm = .nan
        for option in allOptions { option.spread(groups: parameters.groups) }
        parameters.optimizers += 1
    }

    deinit {
        cancel()
        parameters.optimizers -= 1
        sam_arena_give(arena)
        sam_stack_give(stack)
    }

    private static func baseNames(_ text: inout Sentence.Pieces) {
        for (i, entry) in bases.enumerated() {
            if i > 0 { text.appendLiteral(", ") }
            text.appendInterpolation(entry.name)
        }
    }

    var allOptions: [Option] { method.options + (base?.options ?? []) + shared.all }

    // MARK: options

    /// The option that a name means; SAM_ERROR_NAME where it means none, or two.
    func option(_ name: Name) throws(Failure) -> Option {
        if let rest = name.after("method") { return try find(rest, method.options, full: name) }
        if let rest = name.after("base") { return try find(rest, base?.options ?? [], full: name) }
        if let rest = name.after("shared") { return try find(rest, shared.all, full: name) }
        let own = method.options.first { $0.name == name }, ofBase = base?.options.first { $0.name == name }
        if own != nil && ofBase != nil {
            throw .name("option \"\(name)\" is the method's and the base's: expected \"method.\(name)\" or \"base.\(name)\"")
        }
        if let found = own ?? ofBase ?? shared.all.first(where: { $0.name == name }) { return found }
        throw .name("option = \"\(name)\": method \"\(methodName)\"\(baseWords) has none of that name\(nearest(name, allOptions.map { $0.name }))")
    }

    private func baseWords(_ text: inout Sentence.Pieces) {
        guard let base else { return }
        text.appendLiteral(" with base \"")
        text.appendInterpolation(base.name)
        text.appendLiteral("\"")
    }

    private func find(_ rest: Name, _ options: [Option], full: Name) throws(Failure) -> Option {
        if let found = options.first(where: { $0.name == rest }) { return found }
        throw .name("option = \"\(full)\": there is none of that name\(nearest(rest, options.map { $0.name }))")
    }

    func set(_ option: Option, _ value: Double, group: Int32) throws(Failure) {
        try change(option)
        try shared.check(option, value, of: self)
        try attempt(option, given: { $0.appendInterpolation(value) }) { () throws(Failure) in try option.set(value, group: group) }
        changed(option)
    }

    func choose(_ option: Option, _ choice: Name, group: Int32) throws(Failure) {
        try change(option)
        try attempt(option, given: { $0.appendInterpolation(choice) }) { () throws(Failure) in try option.choose(choice, group: group) }
        changed(option)
    }

    func schedule(_ option: Option, _ schedule: Schedule?, group: Int32) throws(Failure) {
        try change(option)
        if let schedule { try shared.check(option, schedule.initial + schedule.final, of: self) }
        try attempt(option, given: { $0.appendLiteral("a schedule") }) { () throws(Failure) in try option.schedule(schedule, group: group) }
        noteSchedules()
        changed(option)
    }

    private func changed(_ option: Option) {
        isStale = true
        if !option.hasTurned { return }
        option.hasTurned = false
        drop()
    }

    private func change(_ option: Option) throws(Failure) {
        if isStepping {
            throw .state("option \"\(option.name)\" cannot be set in the middle of a step: finish or cancel it first")
        }
    }

    /// Takes the place of another optimizer of the same kind, between steps.
    func adopt(_ other: Optimizer) {
        method = other.method
        base = other.base
        shared = other.shared
        device = other.device
        step = other.step
        mean = other.mean
        average = other.average
        seed = other.seed
        window = other.window
        completed = other.completed
        isStale = other.isStale
        looks = other.looks
        scalars = other.scalars
        noteSchedules()
    }

    /// The counters of another run, and the metrics of its last step.
    func count(_ counters: [Int64], _ m: [Double]) {
        step.metrics.steps = counters[0]
        step.metrics.evaluations = counters[1]
        step.metrics.skipped = counters[2]
        window.used = counters[3]
        completed = sam_metrics(struct_size: 0, steps: step.metrics.steps, evaluations: 0, skipped: 0, loss: m[0], perturbed_loss: m[1], gradient_norm: m[2],
                                perturbation_norm: m[3], update_norm: m[4], perturbed_gradient_norm: m[5], cosine: m[6], effective_radius: m[7])
    }

    private func noteSchedules() {
        hasSchedules = false
        for one in allOptions where one.hasSchedule { hasSchedules = true }
    }

    func followSchedules() {
        if !hasSchedules { return }
        for option in allOptions { option.follow(completed: step.metrics.steps) }
        isStale = true
    }

    // MARK: what it says of itself

    /// Where tensor `index` of the parameters is to be evaluated now.
    func point(_ index: Int) throws(Failure) -> UnsafeMutableRawPointer {
        if index < 0 || index >= parameters.tensors.count {
            throw .argument("index = \(index): expected 0 to \(parameters.tensors.count - 1), what sam_parameters_add answered")
        }
        guard let t = device.slices(index).first else { return parameters.hosts[index].data }
        return device.point(t)
    }

    var metrics: sam_metrics {
        var m = completed
        m.struct_size = MemoryLayout<sam_metrics>.size
        m.evaluations = step.metrics.evaluations
        m.skipped = step.metrics.skipped
        return m
    }

    /// The most evaluations that a step can ask for with the present options.
    var evaluations: Int {
        let most = (Double(method.evaluations) * shared.microBatches.value + Double(base?.evaluations ?? 0)) * shared.accumulate.value
        return most < 9e18 ? Int(most) : Int.max
    }
}
