import CSAMShims

/// The block machine: an expression over vectors, evaluated a register (4 KiB, in the first cache) at a time, so that
/// memory is read and written once whatever the length of the formula. Its code is in postfix order (SAMKernelTable.h).
/// Every operation rounds once in the arithmetic type.
enum Machine<M: Real> {
    typealias Register = UnsafeMutablePointer<M>
    typealias W = M.Wide

    /// The part of a thread's scratch behind the registers: one more block, of doubles.
    @inline(__always) static func spare(_ scratch: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer {
        scratch + Int(SAM_REGISTER_BYTES) * Int(SAM_REGISTERS)
    }

    /// Evaluates `code` for the elements offset ..< offset + count of a piece (count at most one register) into the
    /// register `first`; what it needs beside that lies above it. Lanes behind `count` hold anything.
    @inline(never)
    static func run(_ code: UnsafePointer<sam_instruction>, _ length: Int, piece: UnsafePointer<sam_piece>,
                    offset: Int, count: Int, first: Int) -> Register {
        let scratch = piece.pointee.scratch!
        let registers = scratch.assumingMemoryBound(to: M.self)
        var top = registers + (first - 1) * M.register
        for i in 0..<length {
            let step = code + i
            let value = M(step.pointee.value)
            switch Int(step.pointee.operation) {
            case SAM_OP_LOAD:
                top += M.register
                load(step, offset, count, into: top)
            case SAM_OP_ADD_LOAD:
                if let data = direct(step) {
                    combine(Sum.self, top, data + offset, value, count)
                } else {
                    load(step, offset, count, into: top + M.register)
                    pairs(top, top + M.register, count) { $0 + $1 }
                }
            case SAM_OP_MULTIPLY_LOAD:
                if let data = direct(step) {
                    combine(Product.self, top, data + offset, value, count)
                } else {
                    load(step, offset, count, into: top + M.register)
                    pairs(top, top + M.register, count) { $0 * $1 }
                }
            case SAM_OP_CONSTANT:
                top += M.register
                each(top, count) { _ in W.splat(value) }
            case SAM_OP_ADD: top -= M.register; pairs(top, top + M.register, count) { $0 + $1 }
            case SAM_OP_SUBTRACT: top -= M.register; pairs(top, top + M.register, count) { $0 - $1 }
            case SAM_OP_MULTIPLY: top -= M.register; pairs(top, top + M.register, count) { $0 * $1 }
            case SAM_OP_DIVIDE: top -= M.register; pairs(top, top + M.register, count) { $0 / $1 }
            case SAM_OP_LARGER: top -= M.register; pairs(top, top + M.register, count) { W.larger($0, $1) }
            case SAM_OP_SMALLER: top -= M.register; pairs(top, top + M.register, count) { W.smaller($0, $1) }
            case SAM_OP_ABOVE: top -= M.register; pairs(top, top + M.register, count) { W.above($0, $1) }
            case SAM_OP_SCALE: each(top, count) { $0 * W.splat(value) }
            case SAM_OP_SHIFT: each(top, count) { $0 + W.splat(value) }
            case SAM_OP_ROOT: each(top, count) { $0.root }
            case SAM_OP_MAGNITUDE: each(top, count) { $0.absolute }
            case SAM_OP_SIGN: each(top, count) { $0.sign }
            case SAM_OP_CLIP: each(top, count) { W.larger(W.smaller($0, W.splat(value)), W.splat(-value)) }
            case SAM_OP_POWER:
                for k in 0..<count { top[k] = M(power(top[k].double, step.pointee.value)) }
            case SAM_OP_DUPLICATE:
                pairs(top + M.register, top, count) { $1 }
                top += M.register
            default: // SAM_OP_RANDOM
                top += M.register
                let numbers = spare(scratch).assumingMemoryBound(to: Double.self)
                random(Int(step.pointee.type), seed: step.pointee.seed, stream: step.pointee.stream, draw: step.pointee.draw,
                       index: piece.pointee.index + Int64(offset), count: count, into: numbers)
                for k in 0..<count { top[k] = M(numbers[k]) }
            }
        }
        return top
    }

    /// The operand in memory where it needs no conversion.
    @inline(__always)
    static func direct(_ step: UnsafePointer<sam_instruction>) -> UnsafePointer<M>? {
        step.pointee.type == M.code ? step.pointee.data.map { $0.assumingMemoryBound(to: M.self) } : nil
    }

    /// The operand, where it is all that a code is and needs no conversion.
    @inline(__always)
    static func single(_ code: UnsafePointer<sam_instruction>, _ length: Int64) -> UnsafePointer<M>? {
        length == 1 && Int(code.pointee.operation) == SAM_OP_LOAD ? direct(code) : nil
    }

    /// value * operand; an operand of type 0 is zero everywhere.
    @inline(never)
    static func load(_ step: UnsafePointer<sam_instruction>, _ offset: Int, _ count: Int, into out: Register) {
        let value = M(step.pointee.value)
        if let data = direct(step) {
            combine(Second.self, out, data + offset, value, count)
        } else if step.pointee.type == Float.code {
            convert(step.pointee.data.assumingMemoryBound(to: Float.self) + offset, value, count, out)
        } else if step.pointee.type == Double.code {
            convert(step.pointee.data.assumingMemoryBound(to: Double.self) + offset, value, count, out)
        } else if step.pointee.type > Double.code {
            // floats at the end of a register of doubles, which no number written overtakes
            let isFloat = M.code == Float.code
            let floats = (UnsafeMutableRawPointer(out) + (isFloat ? 0 : Int(SAM_REGISTER_BYTES) - 4 * count)).assumingMemoryBound(to: Float.self)
            Half.widen(step.pointee.type, step.pointee.data + 2 * offset, floats, count)
            if !isFloat {
                convert(floats, value, count, out)
            } else if value != 1 {
                each(out, count) { W.splat(value) * $0 }
            }
        } else {
            each(out, count) { _ in W.splat(0) }
        }
    }

    @inline(__always)
    static func convert<S: Real>(_ from: UnsafePointer<S>, _ value: M, _ count: Int, _ out: Register) {
        for i in 0..<count { out[i] = value * M(from[i].double) }
    }

    /// register = f(register).
    @inline(__always)
    static func each(_ a: Register, _ count: Int, _ f: (W) -> W) {
        var i = 0
        while i < count {
            f(W.load(a + i)).store(a + i)
            i &+= W.width
        }
    }

    /// register a = f(a, b), both in scratch.
    @inline(__always)
    static func pairs(_ a: Register, _ b: Register, _ count: Int, _ f: (W, W) -> W) {
        var i = 0
        while i < count {
            f(W.load(a + i), W.load(b + i)).store(a + i)
            i &+= W.width
        }
    }

    /// Register a = O(a, value * b), b in the host's memory, which ends at `count`.
    @inline(never)
    private static func combine<O: Joining>(_ joining: O.Type, _ a: Register, _ b: UnsafePointer<M>, _ value: M, _ count: Int) {
        var i = 0
        while i &+ W.width <= count {
            sam_prefetch(UnsafeRawPointer(b + i) + Int(SAM_REGISTER_BYTES))
            O.of(W.load(a + i), W.splat(value) * W.load(b + i)).store(a + i)
            i &+= W.width
        }
        while i < count {
            a[i] = O.of(a[i], value * b[i])
            i &+= 1
        }
    }
}

/// What becomes of a register and an operand: a type, because a closure with texts for vectors and scalars becomes calls.
private protocol Joining { static func of<V: Lanes>(_ a: V, _ b: V) -> V }
private enum Second: Joining { @inline(__always) static func of<V: Lanes>(_ a: V, _ b: V) -> V { b } }
private enum Sum: Joining { @inline(__always) static func of<V: Lanes>(_ a: V, _ b: V) -> V { a + b } }
private enum Product: Joining { @inline(__always) static func of<V: Lanes>(_ a: V, _ b: V) -> V { a * b } }
