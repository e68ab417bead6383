import CSAMShims

/// One walk over the elements: what is computed, and where it goes.
struct Pass {
    enum Kind {
        /// slot = expression
        case evaluate
        /// sums of a * b, or of a squared
        case dot
        /// the point to evaluate = iterate + expression, or the expression itself (absolute)
        case displace
        /// host's weights = iterate + expression (or the expression), for good
        case move
        /// a rule's update
        case descend
        /// counts of the expression's keys; a mask of the largest
        case histogram, mask
    }

    let kind: Kind
    var a: Vector
    /// The second factor of a dot product; or what takes the place of `a` in tensors whose part of `unless` was never written.
    var b: Vector?
    var unless: Slot?
    var unit = Unit.all
    /// Whether the walk stops at every row: sums by row, or coefficients by row.
    var walksRows = false
    var absolute = false
    /// move: the sums are of what moved from `home`.
    var fromHome = false
    /// By tensor: who takes part, beside `active`.
    var scope: [Bool]?
    var slot: Slot?
    /// evaluate: in the slot's place, the host's buffer of the one tensor in the scope.
    var out: UnsafeMutableRawPointer?
    /// That buffer is of the host's type.
    var rounds = false
    var rule: RuleBase?
    var counts: UnsafeMutablePointer<UInt64>?
    var prefix: UInt64 = 0
    var shift = 0
    var remaining: UnsafeMutablePointer<Int64>?
    /// Its place among the passes that run together, where its sums begin, and whether one behind it reads what it writes.
    var place = 0, firstSum = 0, isReadSoon = false

    /// Partial sums of a block.
    var sumsOfBlock: Int {
        switch kind {
        case .dot, .descend: return 1
        case .displace, .move: return 2
        default: return 0
        }
    }

    /// Whether the pass counts in the order of the elements, on one thread.
    var isSerial: Bool { kind == .histogram || kind == .mask }

    init(_ kind: Kind, _ a: Vector) {
        self.kind = kind
        self.a = a
    }

    /// What its sums run over.
    mutating func walk(by unit: Unit) {
        self.unit = unit
        walksRows = unit == .row
    }
}
