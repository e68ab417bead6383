import CSAM

/// What a step asks for and what direction it hands to the base. A child is one file: its name and paper, its options, its
/// vectors, and straight text between two evaluations; a continuation is a bound method. One line in MethodRegistry
/// makes it known.
class Method {
    class var about: About { About("", "") }

    required init() {}

    var options: [Option] { [] }
    /// All vectors that a step with the present options writes.
    var slots: [Slot] { [] }
    /// All numbers that it keeps between steps.
    var scalars: [Scalar] { [] }
    /// The most evaluations that a step with the present options asks for.
    var evaluations: Int { 1 }
    /// What it does with the present options.
    var traits: Traits { [] }

    /// Before the first evaluation.
    func begin(_ step: Step) -> Next { .done }
}

struct Traits: OptionSet {
    let rawValue: UInt8
    /// It moves the weights itself and takes no base.
    static let ownOptimizer = Traits(rawValue: 1)
    /// It asks for the auxiliary objective.
    static let auxiliary = Traits(rawValue: 2)
    /// It calls the base several times a step.
    static let repeatsBase = Traits(rawValue: 4)
    /// It moves the weights once more behind the base.
    static let addsBehind = Traits(rawValue: 8)
    /// It evaluates at the iterate alone.
    static let stays = Traits(rawValue: 16)
    /// It sums or scales by row.
    static let rows = Traits(rawValue: 32)
}

extension Method {
    final var isOwnOptimizer: Bool { traits.contains(.ownOptimizer) }
    final var needsAuxiliary: Bool { traits.contains(.auxiliary) }
    final var repeatsBase: Bool { traits.contains(.repeatsBase) }
    final var addsBehind: Bool { traits.contains(.addsBehind) }
    final var displaces: Bool { !traits.contains(.stays) }
    final var usesRows: Bool { traits.contains(.rows) }

    /// Vectors kept between steps.
    var state: Int {
        var n = 0
        for slot in slots where slot.life != .step { n += 1 }
        return n
    }
}

/// none: the base alone.
final class None: Method {
    override class var about: About { About("none", "The base optimizer alone: one evaluation, its gradient is the direction.", exactness: 2) }
    override var traits: Traits { .stays }
    override func begin(_ step: Step) -> Next { .ask(descend) }
    private func descend(_ step: Step) -> Next { step.descend(along: step.gradient) }
}
