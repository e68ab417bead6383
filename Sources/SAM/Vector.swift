import CSAMShims

/// A number of a formula: one for all, or one for each tensor or each row (a slice of the first axis of a tensor of
/// rank 2 and more; a tensor of rank 0 or 1 is one row). A table is valid until the step ends.
struct Coefficient: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral {
    /// The number, or what the table's numbers are multiplied by.
    var value: Double
    var table: UnsafeMutablePointer<Table>?

    init(_ value: Double, _ table: UnsafeMutablePointer<Table>? = nil) {
        self.value = value
        self.table = table
    }
    init(floatLiteral value: Double) { self.init(value) }
    init(integerLiteral value: Int) { self.init(Double(value)) }

    /// The number of a tensor, by its place.
    func at(_ t: Int) -> Double { value * (table.map { $0.pointee.at(t, of: .tensor) } ?? 1) }

    /// Whether it is the number 0 everywhere.
    var isZero: Bool { value == 0 && table == nil }

    /// f of the number, wherever there is one.
    func map(_ f: (Double) -> Double) -> Coefficient {
        guard let table else { return Coefficient(f(value)) }
        return Coefficient(1, table.pointee.pool.make(table.pointee.unit) { f(value * table.pointee.values[$0]) })
    }

    /// f of both; a table of tensors spreads over rows.
    static func combine(_ a: Coefficient, _ b: Coefficient, _ f: (Double, Double) -> Double) -> Coefficient {
        guard let x = a.table else { return b.map { f(a.value, $0) } }
        guard let y = b.table else { return a.map { f($0, b.value) } }
        let pool = x.pointee.pool
        let unit: Unit = x.pointee.unit == .row || y.pointee.unit == .row ? .row : .tensor
        return Coefficient(1, pool.make(unit) {
            f(a.value * x.pointee.at($0, of: unit), b.value * y.pointee.at($0, of: unit))
        })
    }

    static func + (a: Coefficient, b: Coefficient) -> Coefficient { combine(a, b) { $0 + $1 } }
    static func - (a: Coefficient, b: Coefficient) -> Coefficient { combine(a, b) { $0 - $1 } }
    static func * (a: Coefficient, b: Coefficient) -> Coefficient { combine(a, b) { $0 * $1 } }
    static func / (a: Coefficient, b: Coefficient) -> Coefficient { combine(a, b) { $0 / $1 } }
    static func * (a: Double, b: Coefficient) -> Coefficient { Coefficient(a * b.value, b.table) }
    static prefix func - (a: Coefficient) -> Coefficient { Coefficient(-a.value, a.table) }
}

/// A formula over vectors (one element of each parameter, not frozen): code of the block machine. Every + - * / and function
/// rounds once in the parameters' arithmetic type, in the order written. Valid until the next evaluation is delivered; what
/// must live longer goes into a slot.
struct Vector {
    struct Instruction {
        var operation: UInt8 = 0
        /// Of random numbers.
        var stream: UInt8 = 0
        /// Which vector: Operand below. Random numbers: the kind.
        var operand: Int16 = 0
        var draw: UInt32 = 0
        var number = Coefficient(0)

        /// Whether it reads a vector.
        var isOperand: Bool { Int(operation) <= SAM_OP_MULTIPLY_LOAD }
    }

    enum Operand {
        static let nothing = -1, gradient = 0, iterate = 1, point = 2, slots = 3
    }

    /// The only instruction, where there is one; else they stand at `code`.
    private var single: Instruction
    private var code: UnsafeMutablePointer<Instruction>?
    private(set) var count = 1
    private var formulas: Unmanaged<Formulas>?

    subscript(i: Int) -> Instruction {
        if let code { return code[i] }
        return single
    }

    init(operand: Int, in formulas: Unmanaged<Formulas>) {
        single = Instruction(operation: UInt8(SAM_OP_LOAD), operand: Int16(operand), number: 1)
        self.formulas = formulas
    }

    /// The same number everywhere. The first of a formula needs another vector beside it.
    init(constant: Coefficient) { single = Instruction(operation: UInt8(SAM_OP_CONSTANT), number: constant) }

    /// Random numbers of random.md: SAM_UNIFORM, SAM_NORMAL or SAM_RADEMACHER.
    init(random kind: Int, stream: UInt8, draw: Int64, in formulas: Unmanaged<Formulas>) {
        single = Instruction(operation: UInt8(SAM_OP_RANDOM), stream: stream, operand: Int16(kind), draw: UInt32(truncatingIfNeeded: draw), number: 1)
        self.formulas = formulas
    }

    private var isConstant: Bool { count == 1 && Int(single.operation) == SAM_OP_CONSTANT }
    /// One operand times a number: what the fused passes read as it lies in memory.
    var isSingle: Bool { count == 1 && Int(single.operation) == SAM_OP_LOAD }
    /// The number times which it is the host's gradient, where it is that and the number is one for all.
    var gradientNumber: Double? { isSingle && Int(single.operand) == Operand.gradient && single.number.table == nil ? single.number.value : nil }

    private mutating func append(_ instruction: Instruction, _ formulas: Unmanaged<Formulas>?) {
        precondition(count < Int(SAM_CODE_LENGTH) && formulas != nil, "a formula is too long for one pass")
        self.formulas = formulas
        let memory = formulas!.takeUnretainedValue()
        if code == nil || !memory.extend(code! + count) {
            let fresh = memory.take(count + 1)
            for i in 0..<count { fresh[i] = self[i] }
            code = fresh
        }
        code![count] = instruction
        count += 1
    }

    func appending(_ operation: Int, _ number: Coefficient = 0) -> Vector {
        var result = self
        result.append(Instruction(operation: UInt8(operation), number: number), formulas)
        return result
    }

    /// self, other, operation; a single operand goes into the operation itself.
    private func joined(_ other: Vector, _ operation: Int, fused: Int?, sign: Double = 1) -> Vector {
        var result = self
        let memory = formulas ?? other.formulas
        if let fused, other.isSingle {
            var last = other.single
            last.operation = UInt8(fused)
            last.number.value *= sign
            result.append(last, memory)
            return result
        }
        for i in 0..<other.count { result.append(other[i], memory) }
        result.append(Instruction(operation: UInt8(operation)), memory)
        return result
    }

    // a single operand comes last, where the order is free: the bits are the same
    static func + (a: Vector, b: Vector) -> Vector { a.isSingle && b.count > 1 ? b + a : a.joined(b, SAM_OP_ADD, fused: SAM_OP_ADD_LOAD) }
    static func - (a: Vector, b: Vector) -> Vector {
        if a.isSingle, b.count > 1, Int(b[b.count - 1].operation) == SAM_OP_SCALE {
            var last = b[b.count - 1], rest = b
            last.number.value *= -1
            rest.count -= 1
            rest.append(last, b.formulas)
            return rest + a
        }
        return a.joined(b, SAM_OP_SUBTRACT, fused: SAM_OP_ADD_LOAD, sign: -1)
    }
    static func * (a: Vector, b: Vector) -> Vector {
        a.isConstant ? b.appending(SAM_OP_SCALE, a.single.number) : a.isSingle && b.count > 1 ? b * a : a.joined(b, SAM_OP_MULTIPLY, fused: SAM_OP_MULTIPLY_LOAD)
    }
    static func / (a: Vector, b: Vector) -> Vector { a.joined(b, SAM_OP_DIVIDE, fused: nil) }
    static func + (a: Vector, b: Coefficient) -> Vector { a.appending(SAM_OP_SHIFT, b) }
    static prefix func - (a: Vector) -> Vector { -1.0 * a }

    static func * (a: Coefficient, b: Vector) -> Vector {
        if b.isSingle, b.single.number.table == nil || a.table == nil {
            var result = b
            let old = b.single.number
            result.single.number = Coefficient(a.value * old.value, a.table ?? old.table)
            return result
        }
        return a.table == nil && a.value == 1 ? b : b.appending(SAM_OP_SCALE, a)
    }
    static func * (a: Double, b: Vector) -> Vector { Coefficient(a) * b }
    static func / (a: Vector, b: Double) -> Vector { a.appending(SAM_OP_SCALE, Coefficient(1 / b)) }

    /// self * (self * v), self computed once.
    func twice(_ v: Vector) -> Vector { isConstant ? single.number * (single.number * v) : (appending(SAM_OP_DUPLICATE) * v).appending(SAM_OP_MULTIPLY) }
    var squared: Vector { isSingle ? self * self : appending(SAM_OP_DUPLICATE).appending(SAM_OP_MULTIPLY) }
    var root: Vector { appending(SAM_OP_ROOT) }
    var magnitude: Vector { appending(SAM_OP_MAGNITUDE) }
    var sign: Vector { appending(SAM_OP_SIGN) }
    /// For elements >= 0.
    func power(_ exponent: Double) -> Vector { power(Coefficient(exponent)) }
    func power(_ exponent: Coefficient) -> Vector { appending(SAM_OP_POWER, exponent) }
    /// Each element into [-bound, bound].
    func clipped(_ bound: Coefficient) -> Vector { appending(SAM_OP_CLIP, bound) }
    static func larger(_ a: Vector, _ b: Vector) -> Vector { a.joined(b, SAM_OP_LARGER, fused: nil) }
    static func smaller(_ a: Vector, _ b: Vector) -> Vector { a.joined(b, SAM_OP_SMALLER, fused: nil) }
    /// 1 where a > b, else 0.
    static func above(_ a: Vector, _ b: Vector) -> Vector { a.joined(b, SAM_OP_ABOVE, fused: nil) }
}
