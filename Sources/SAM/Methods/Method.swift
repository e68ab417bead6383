import CSAM

/// What a step asks for and what direction it hands to the base. A child is one file: its name and paper, its options, its
/// vectors, and straight text between two evaluations; a continuation is a bound method. One line in MethodRegistry
/// makes it known.
class Method {
    class var name: StaticString { "" }
    /// One sentence.
    class var summary: StaticString { "" }
    /// Authors and year.
    class var reference: StaticString { "" }
    /// At radius 0: 2 the base bit for bit, 1 to rounding, 0 neither.
    class var exactness: Int { 0 }

    required init() {}

    var options: [Option] { [] }
    /// All vectors that a step with the present options writes.
    var slots: [Slot] { [] }
    /// All numbers that it keeps between steps.
    var scalars: [Scalar] { [] }
    /// The most evaluations that a step with the present options asks for.
    var evaluations: Int { 1 }
    /// Whether it moves the weights itself and takes no base.
    var isOwnOptimizer: Bool { false }
    /// Whether it asks for the auxiliary objective.
    var needsAuxiliary: Bool { false }
    /// Whether it calls the base several times a step.
    var repeatsBase: Bool { false }
    /// Whether it moves the weights once more behind the base.
    var addsBehind: Bool { false }
    /// Whether it evaluates at other points than the iterate.
    var displaces: Bool { true }
    /// Whether it sums or scales by row.
    var usesRows: Bool { false }

    /// Before the first evaluation.
    func begin(_ step: Step) -> Next { .done }
}

extension Method {
    /// Vectors kept between steps.
    var state: Int {
        var n = 0
        for slot in slots where slot.life != .step { n += 1 }
        return n
    }
}

/// none: the base alone.
final class None: Method {
    override class var name: StaticString { "none" }
    override class var summary: StaticString { "The base optimizer alone: one evaluation, its gradient is the direction." }
    override class var exactness: Int { 2 }
    override var displaces: Bool { false }
    override func begin(_ step: Step) -> Next { .ask(descend) }
    private func descend(_ step: Step) -> Next { step.descend(along: step.gradient) }
}
