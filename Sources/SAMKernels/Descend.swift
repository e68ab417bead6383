import CSAMShims

/// An elementwise base optimizer: one element's formula. Constants of the step are computed once, in double.
/// `count` slots are in use; the others' memory is not touched.
protocol Rule {
    associatedtype Math: Real
    static var count: Int { get }
    /// Whether it is one of the common ones, whose loop reads directions of two terms where they lie.
    static var isCommon: Bool { get }
    init(_ setting: Setting)
    /// w: the weight, in and out. g: the direction. s0 ...: the rule's state, in and out.
    func update<V: Lanes>(_ w: inout V, _ g: V, _ s0: inout V, _ s1: inout V, _ s2: inout V, _ s3: inout V) where V.Scalar == Math
}

extension Rule {
    @inline(__always) static var isCommon: Bool { false }
}

/// Whether loops of common rules are worth their place: f32 in the best set of the processor.
@inline(__always)
func isFast(_ type: Int32) -> Bool {
    #if SAM_COMMON_RULES || !arch(x86_64)
    return type == Float.code
    #else
    return false
    #endif
}

/// What a rule's constants are made of.
struct Setting {
    let options: UnsafePointer<Double>
    /// What the rule keeps of the tensor, as of this step.
    let numbers: UnsafePointer<Double>!
    /// The tensor's own step, from 1.
    let step: Int
    /// Bit i: slot i holds nothing yet.
    let fresh: UInt32
    /// Which of the rules that share one text.
    let variant: Int

    @inline(__always) subscript(place: Int) -> Double { options[place] }

    /// 1 - beta^step.
    func correction(_ beta: Double) -> Double { 1 - raised(beta, step) }
}

/// base^exponent by squaring: the same bits on every processor.
func raised(_ base: Double, _ exponent: Int) -> Double {
    var result = 1.0, square = base, rest = exponent
    while rest > 0 {
        if rest & 1 == 1 { result *= square }
        square *= square
        rest >>= 1
    }
    return result
}

/// The pass of a base: weights and state of a piece, one block of SAM_SUM_BLOCK elements after the other, and for each
/// the sum of what the weights moved, squared. State below the normal range is stored as 0.
enum Descend<R: Rule> {
    typealias M = R.Math
    typealias W = M.Wide

    static func sweep(_ piece: UnsafePointer<sam_piece>) {
        let p = piece.pointee, count = Int(p.count)
        let rule = R(Setting(options: p.options, numbers: p.numbers, step: Int(p.step), fresh: p.fresh, variant: Int(p.variant)))
        let from = p.from.assumingMemoryBound(to: M.self), to = p.to.assumingMemoryBound(to: M.self)
        // the direction in the host's memory, of one term or two
        let isPair = R.isCommon && p.length == 2 && Int(p.code[0].operation) == SAM_OP_LOAD && Int(p.code[1].operation) == SAM_OP_ADD_LOAD
        let second = isPair ? Machine<M>.direct(p.code + 1) : nil
        let direct = second != nil ? Machine<M>.direct(p.code) : Machine<M>.single(p.code, p.length)
        let share = second != nil ? M(p.code[1].value) : 0
        var start = 0, block = 0
        while start < count {
            let n = min(Int(SAM_SUM_BLOCK), count - start)
            var moved = 0.0, offset = start
            while offset < start + n {
                let m = direct != nil ? n : min(M.register, start + n - offset)
                if let direct {
                    if R.isCommon, let second {
                        updatePair(rule, piece, from, to, direct, M(p.code[0].value), second, share, offset, m, &moved)
                    } else {
                        update(rule, piece, from, to, direct, M(p.code[0].value), offset, m, &moved)
                    }
                } else {
                    let value = Machine<M>.run(p.code, Int(p.length), piece: piece, offset: offset, count: m, first: 0)
                    update(rule, piece, from, to, value - offset, 1, offset, m, &moved)
                }
                offset += m
            }
            p.sums[block] = moved
            start += n
            block += 1
        }
        if p.stream != 0 { sam_fence() }
    }

    @inline(__always)
    static func slot(_ piece: UnsafePointer<sam_piece>, _ i: Int32) -> UnsafeMutablePointer<M>? {
        sam_piece_slot_at(piece, i).map { $0.assumingMemoryBound(to: M.self) }
    }

    /// Of common rules each kind of loop stands for itself.
    @inline(never)
    static func update(_ rule: R, _ p: UnsafePointer<sam_piece>, _ from: UnsafePointer<M>, _ to: UnsafeMutablePointer<M>,
                       _ gradient: UnsafePointer<M>, _ factor: M, _ start: Int, _ count: Int, _ moved: inout Double) {
        if R.isCommon && p.pointee.stream == 0 {
            walk(rule, p, from, to, gradient, factor, gradient, 0, start, count, &moved, streamed: false, isPair: false)
        } else {
            walk(rule, p, from, to, gradient, factor, gradient, 0, start, count, &moved, streamed: R.isCommon || p.pointee.stream != 0, isPair: false)
        }
    }

    @inline(never)
    private static func updatePair(_ rule: R, _ p: UnsafePointer<sam_piece>, _ from: UnsafePointer<M>, _ to: UnsafeMutablePointer<M>, _ gradient: UnsafePointer<M>,
                                   _ factor: M, _ second: UnsafePointer<M>, _ share: M, _ start: Int, _ count: Int, _ moved: inout Double) {
        walk(rule, p, from, to, gradient, factor, second, share, start, count, &moved, streamed: p.pointee.stream != 0, isPair: true)
    }

    @inline(__always)
    private static func walk(_ rule: R, _ p: UnsafePointer<sam_piece>, _ from: UnsafePointer<M>, _ to: UnsafeMutablePointer<M>, _ gradient: UnsafePointer<M>,
                             _ factor: M, _ second: UnsafePointer<M>, _ share: M, _ start: Int, _ count: Int, _ moved: inout Double,
                             streamed: Bool, isPair: Bool) {
        let s0 = slot(p, 0), s1 = slot(p, 1), s2 = slot(p, 2), s3 = slot(p, 3)
        let end = start + count, kept = Squares<M>.room(p.pointee.scratch) - start
        var i = start, wide = W.splat(0), narrow: M = 0

        /// Whether slot n is in use: all that common rules count are.
        @inline(__always) func uses(_ n: Int, _ s: UnsafeMutablePointer<M>?) -> Bool { R.count > n && (R.isCommon || s != nil) }
        @inline(__always) func at(_ s: UnsafeMutablePointer<M>?) -> UnsafeMutablePointer<M> { s.unsafelyUnwrapped + i }

        @inline(__always) func one<V: Lanes>(_ type: V.Type, _ sum: inout V, _ streamed: Bool) where V.Scalar == M {
            let old = V.load(from + i)
            var w = old
            var a = V.splat(0), b = V.splat(0), c = V.splat(0), d = V.splat(0)
            if uses(0, s0) { a = V.load(at(s0)) }
            if uses(1, s1) { b = V.load(at(s1)) }
            if uses(2, s2) { c = V.load(at(s2)) }
            if uses(3, s3) { d = V.load(at(s3)) }
            var g = V.splat(factor) * V.load(gradient + i)
            if isPair { g = g + V.splat(share) * V.load(second + i) }
            rule.update(&w, g, &a, &b, &c, &d)
            if uses(0, s0) { a.normal.store(at(s0)) }
            if uses(1, s1) { b.normal.store(at(s1)) }
            if uses(2, s2) { c.normal.store(at(s2)) }
            if uses(3, s3) { d.normal.store(at(s3)) }
            if streamed { w.stream(to + i) } else { w.store(to + i) }
            let change = w - old
            if Squares<M>.areKept { change.store(kept + i) }
            sum = sum + change * change
            i &+= V.width
        }

        // scalars up to a multiple of 64 bytes where it streams, vectors, scalars: each text once
        let size = MemoryLayout<M>.size, off = Int(bitPattern: to + i) & 63
        var scalars = !streamed || off == 0 ? i : off % size != 0 ? end : min(end, i &+ (64 &- off) / size)
        while true {
            while i < scalars { one(M.self, &narrow, false) }
            if i == end { break }
            while i &+ W.width <= end { one(W.self, &wide, streamed) }
            scalars = end
        }
        moved += Squares<M>.sum(wide.total + narrow.double, kept + start, count)
    }
}
