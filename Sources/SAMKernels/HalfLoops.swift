import CSAMShims

/// The sum of (a - b)^2, at most SAM_HALF_BLOCK elements: in the order of the loops below.
func moved(_ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ count: Int) -> Double {
    var wide = SIMD16<Float>(repeating: 0), narrow: Float = 0, i = 0
    while i &+ 16 <= count {
        let change = SIMD16.load(a + i) - SIMD16.load(b + i)
        wide = wide + change * change
        i &+= 16
    }
    while i < count {
        let change = a[i] - b[i]
        narrow += change * change
        i &+= 1
    }
    return wide.total + narrow.double
}

#if SAM_HALF_LOOPS || !arch(x86_64)

/// Lanes that are read from and written to numbers of 16 bits: SAM_STORAGE_BF16, SAM_STORAGE_F16.
protocol HalfLanes: Lanes where Scalar == Float {
    static func load(half: UnsafePointer<UInt16>, _ type: Int32) -> Self
    /// To the nearest of that type, ties to even.
    func rounded(_ type: Int32) -> Self
    /// Of a rounded number.
    func store(half: UnsafeMutablePointer<UInt16>, _ type: Int32)
}

extension SIMD16<Float>: HalfLanes {
    @inline(__always) static func load(half: UnsafePointer<UInt16>, _ type: Int32) -> Self {
        type == Int32(SAM_STORAGE_BF16) ? sam_load_bf16x16(half) : sam_load_f16x16(half)
    }
    @inline(__always) func rounded(_ type: Int32) -> Self { type == Int32(SAM_STORAGE_BF16) ? sam_round_bf16x16(self) : sam_round_f16x16(self) }
    @inline(__always) func store(half: UnsafeMutablePointer<UInt16>, _ type: Int32) {
        if type == Int32(SAM_STORAGE_BF16) { sam_store_bf16x16(half, self) } else { sam_store_f16x16(half, self) }
    }
}

extension Float: HalfLanes {
    @inline(__always) static func load(half: UnsafePointer<UInt16>, _ type: Int32) -> Float {
        var value: Float = 0
        Half.widen(type, half, &value, 1)
        return value
    }
    @inline(__always) func rounded(_ type: Int32) -> Float {
        var value = self, bits: UInt16 = 0
        Half.round(type, &value, &bits, 1)
        Half.widen(type, &bits, &value, 1)
        return value
    }
    @inline(__always) func store(half: UnsafeMutablePointer<UInt16>, _ type: Int32) {
        var value = self
        Half.round(type, &value, half, 1)
    }
}

/// A direction, times a factor: an operand in memory, of f32 or of 16 bits, or a register that holds it from `offset` on.
struct Direction {
    let floats: UnsafePointer<Float>?, halves: UnsafePointer<UInt16>?
    let type: Int32
    let factor: Float

    @inline(never)
    init(_ piece: UnsafePointer<sam_piece>, _ offset: Int, _ count: Int) {
        let code = piece.pointee.code!, step = code.pointee, isSingle = piece.pointee.length == 1 && Int(step.operation) == SAM_OP_LOAD
        type = step.type
        halves = isSingle && type > Double.code ? step.data.map { $0.assumingMemoryBound(to: UInt16.self) } : nil
        let direct = Machine<Float>.single(code, piece.pointee.length)
        factor = direct != nil || halves != nil ? Float(step.value) : 1
        floats = halves != nil ? nil : direct
            ?? UnsafePointer(Machine<Float>.run(code, Int(piece.pointee.length), piece: piece, offset: offset, count: count, first: 0)) - offset
    }

    @inline(__always) func at<V: HalfLanes>(_ i: Int, _ lanes: V.Type) -> V {
        V.splat(factor) * (halves.map { V.load(half: $0 + i, type) } ?? V.load(floats! + i))
    }
}

/// Where a block's rounded numbers go: to the host's weights; beyond the caches, where they are not read, a line of 32 at a time past the caches.
/// A block begins at a multiple of 32.
struct Rounded {
    let to: UnsafeMutablePointer<UInt16>, line: UnsafeMutablePointer<UInt16>, type: Int32, streams: Bool

    init(_ piece: UnsafePointer<sam_piece>) {
        let p = piece.pointee
        (to, type) = (p.half_to!, p.half)
        line = Machine<Float>.spare(p.scratch).assumingMemoryBound(to: UInt16.self)
        streams = p.stream != 0 && (p.from != nil || p.half_from != UnsafePointer(to)) && Int(bitPattern: to) & 63 == 0
    }

    @inline(__always) func store<V: HalfLanes>(_ rounded: V, _ i: Int) {
        if V.width == 1 || !streams { return rounded.store(half: to + i, type) }
        rounded.store(half: line + (i & 31), type)
        if i & 31 == 16 { SIMD16.load(UnsafeRawPointer(line).assumingMemoryBound(to: Float.self)).stream(UnsafeMutableRawPointer(to + i - 16).assumingMemoryBound(to: Float.self)) }
    }

    /// What of a line was begun, elements up to i.
    @inline(__always) func finish(_ i: Int) {
        if streams && i & 31 == 16 { (to + i - 16).update(from: line, bytes: 16) }
    }
}

extension Combine where M == Float {
    /// displace of weights of 16 bits: with a copy in f32 (from) the point is it + e, rounded; `to` takes what is not rounded where it is kept.
    /// The second sum is of what the 16 bits moved; of the copy's move where it is kept.
    static func displaceHalf(_ piece: UnsafePointer<sam_piece>) {
        let p = piece.pointee, count = Int(p.count)
        var start = 0
        while start < count {
            let n = min(Int(SAM_HALF_BLOCK), count - start), block = start / Int(SAM_SUM_BLOCK), isFirst = start % Int(SAM_SUM_BLOCK) == 0
            if let save = p.save { (save + 2 * start).copyMemory(from: UnsafeRawPointer(p.half_from + start), byteCount: 2 * n) }
            let sums = moveHalf(piece, Direction(piece, start, n), start, n)
            p.sums[2 * block] = (isFirst ? 0 : p.sums[2 * block]) + sums.0
            p.sums[2 * block + 1] = (isFirst ? 0 : p.sums[2 * block + 1]) + sums.1
            start += n
        }
        if p.stream != 0 { sam_fence() }
    }

    @inline(never)
    private static func moveHalf(_ piece: UnsafePointer<sam_piece>, _ direction: Direction, _ start: Int, _ count: Int) -> (Double, Double) {
        let p = piece.pointee
        let exact = p.from.map { $0.assumingMemoryBound(to: Float.self) }, kept = p.to.map { $0.assumingMemoryBound(to: Float.self) }
        let old = p.half_from!, type = p.half, absolute = p.absolute != 0, out = Rounded(piece)
        var i = start, wide = (W.splat(0), W.splat(0)), narrow: (Float, Float) = (0, 0)

        @inline(__always) func one<V: HalfLanes>(_ lanes: V.Type, _ sums: inout (V, V)) {
            if V.width > 1, let exact { sam_prefetch(UnsafeRawPointer(exact + i) + Int(SAM_REGISTER_BYTES)) }
            let w = exact.map { V.load($0 + i) } ?? V.load(half: old + i, type), v = direction.at(i, lanes)
            let point = absolute ? v : w + v, e = absolute ? v - w : v, rounded = point.rounded(type)
            out.store(rounded, i)
            var change = rounded - w
            if let kept {
                point.store(kept + i)
                change = point - w
            } else if exact != nil {
                change = rounded - w.rounded(type)
            }
            sums = (sums.0 + e * e, sums.1 + change * change)
            i &+= V.width
        }

        while i &+ W.width <= start + count { one(W.self, &wide) }
        out.finish(i)
        while i < start + count { one(Float.self, &narrow) }
        return (wide.0.total + narrow.0.double, wide.1.total + narrow.1.double)
    }
}

extension Descend where R.Math == Float {
    /// sweep of weights of 16 bits: with a copy in f32 (from, to) it is stepped, and rounded. The sum is of what the copy moved, else the 16 bits.
    static func sweepHalf(_ piece: UnsafePointer<sam_piece>) {
        let p = piece.pointee, count = Int(p.count)
        let rule = R(Setting(options: p.options, numbers: p.numbers, step: Int(p.step), fresh: p.fresh, variant: Int(p.variant)))
        var start = 0
        while start < count {
            let n = min(Int(SAM_HALF_BLOCK), count - start), block = start / Int(SAM_SUM_BLOCK), isFirst = start % Int(SAM_SUM_BLOCK) == 0
            p.sums[block] = (isFirst ? 0 : p.sums[block]) + updateHalf(rule, piece, Direction(piece, start, n), start, n)
            start += n
        }
        if p.stream != 0 { sam_fence() }
    }

    @inline(never)
    private static func updateHalf(_ rule: R, _ piece: UnsafePointer<sam_piece>, _ direction: Direction, _ start: Int, _ count: Int) -> Double {
        let p = piece.pointee
        let exact = p.from.map { $0.assumingMemoryBound(to: Float.self) }, kept = p.to.map { $0.assumingMemoryBound(to: Float.self) }
        let old = p.half_from!, type = p.half, out = Rounded(piece), s0 = slot(piece, 0), s1 = slot(piece, 1), s2 = slot(piece, 2)
        var i = start, wide = W.splat(0), narrow: Float = 0

        @inline(__always) func one<V: HalfLanes>(_ lanes: V.Type, _ sum: inout V) {
            if V.width > 1 {
                if let exact { sam_prefetch(UnsafeRawPointer(exact + i) + Int(SAM_REGISTER_BYTES)) }
                if R.count > 0 { sam_prefetch(UnsafeRawPointer(s0.unsafelyUnwrapped + i) + Int(SAM_REGISTER_BYTES)) }
                if R.count > 1 { sam_prefetch(UnsafeRawPointer(s1.unsafelyUnwrapped + i) + Int(SAM_REGISTER_BYTES)) }
            }
            let before = exact.map { V.load($0 + i) } ?? V.load(half: old + i, type)
            var w = before, a = V.splat(0), b = V.splat(0), c = V.splat(0), d = V.splat(0)
            if R.count > 0 { a = V.load(s0.unsafelyUnwrapped + i) }
            if R.count > 1 { b = V.load(s1.unsafelyUnwrapped + i) }
            if R.count > 2 { c = V.load(s2.unsafelyUnwrapped + i) }
            rule.update(&w, direction.at(i, lanes), &a, &b, &c, &d)
            if R.count > 0 { a.store(s0.unsafelyUnwrapped + i) }
            if R.count > 1 { b.store(s1.unsafelyUnwrapped + i) }
            if R.count > 2 { c.store(s2.unsafelyUnwrapped + i) }
            let rounded = w.rounded(type)
            out.store(rounded, i)
            if let kept { w.store(kept + i) }
            let change = (kept != nil ? w : rounded) - before
            sum = sum + change * change
            i &+= V.width
        }

        while i &+ W.width <= start + count { one(W.self, &wide) }
        out.finish(i)
        while i < start + count { one(Float.self, &narrow) }
        return wide.total + narrow.double
    }
}
#endif
