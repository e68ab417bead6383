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
    let sum = wide.total + narrow.double
    return Squares<Float>.isRight(sum) ? sum : differences(a, b, count)
}

/// The same in double.
@inline(never)
private func differences(_ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ count: Int) -> Double {
    var low = SIMD8<Double>(repeating: 0), high = low, rest = 0.0, i = 0
    while i &+ 16 <= count {
        let change = SIMD16.load(a + i) - SIMD16.load(b + i), x = sam_lower_f32x16(change), y = sam_upper_f32x16(change)
        low = sam_add_products_f32(low, x, x)
        high = sam_add_products_f32(high, y, y)
        i &+= 16
    }
    while i < count {
        let change = Double(a[i] - b[i])
        rest += change * change
        i &+= 1
    }
    return (low + high).total + rest
}

#if SAM_HALF_LOOPS || !arch(x86_64)

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
        let e0 = Squares<Float>.room(p.scratch) - start, change0 = Squares<Float>.room(p.scratch, 1) - start
        var i = start, wide = (W.splat(0), W.splat(0)), narrow: (Float, Float) = (0, 0)

        @inline(__always) func one<V: HalfLanes>(_ lanes: V.Type, _ sums: inout (V, V)) {
            if V.width > 1, let exact { sam_prefetch(UnsafeRawPointer(exact + i) + Int(SAM_REGISTER_BYTES)) }
            let w = exact.map { V.load($0 + i) } ?? V.load(half: old + i, type), v = direction.at(i, lanes)
            let point = absolute ? v : w + v, e = absolute ? v - w : v, rounded = point.rounded(type)
            out.store(rounded, i, type)
            var change = rounded - w
            if let kept {
                point.store(kept + i)
                change = point - w
            } else if exact != nil {
                change = rounded - w.rounded(type)
            }
            e.store(e0 + i)
            change.store(change0 + i)
            sums = (sums.0 + e * e, sums.1 + change * change)
            i &+= V.width
        }

        if let exact, kept == nil, !absolute, direction.halves != nil, direction.type == type {
            if type == Int32(SAM_STORAGE_BF16) {
                movePlain(BrainFormat.self, exact, direction, out, e0, change0, &i, start + count, &wide)
            } else {
                movePlain(HalfFormat.self, exact, direction, out, e0, change0, &i, start + count, &wide)
            }
        }
        while i &+ W.width <= start + count { one(W.self, &wide) }
        out.finish(i)
        while i < start + count { one(Float.self, &narrow) }
        return (Squares<Float>.sum(wide.0.total + narrow.0.double, e0 + start, count), Squares<Float>.sum(wide.1.total + narrow.1.double, change0 + start, count))
    }
}

extension Combine where M == Float {
    /// The vectors of moveHalf where copies in f32 stay and are displaced along a direction of their type: nothing else is in the loop.
    @inline(never)
    private static func movePlain<F: Format>(_ format: F.Type, _ exact: UnsafePointer<Float>, _ direction: Direction, _ out: Rounded,
                                             _ e0: UnsafeMutablePointer<Float>, _ change0: UnsafeMutablePointer<Float>, _ at: inout Int, _ end: Int,
                                             _ sums: inout (W, W)) {
        let halves = direction.halves!, factor = W.splat(direction.factor)
        var i = at, (asked, moved) = sums
        while i &+ W.width <= end {
            sam_prefetch(UnsafeRawPointer(exact + i) + Int(SAM_REGISTER_BYTES))
            let w = W.load(exact + i), e = factor * W.load(half: halves + i, F.type), rounded = (w + e).rounded(F.type)
            out.store(rounded, i, F.type)
            let change = rounded - F.nearest(w)             // a NaN in w is one in what was rounded
            e.store(e0 + i)
            change.store(change0 + i)
            asked = asked + e * e
            moved = moved + change * change
            i &+= W.width
        }
        (at, sums) = (i, (asked, moved))
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
        let change0 = Squares<Float>.room(p.scratch) - start
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
            if R.count > 0 { a.normal.store(s0.unsafelyUnwrapped + i) }
            if R.count > 1 { b.normal.store(s1.unsafelyUnwrapped + i) }
            if R.count > 2 { c.normal.store(s2.unsafelyUnwrapped + i) }
            let rounded = w.rounded(type)
            out.store(rounded, i, type)
            if let kept { w.store(kept + i) }
            let change = (kept != nil ? w : rounded) - before
            change.store(change0 + i)
            sum = sum + change * change
            i &+= V.width
        }

        while i &+ W.width <= start + count { one(W.self, &wide) }
        out.finish(i)
        while i < start + count { one(Float.self, &narrow) }
        return Squares<Float>.sum(wide.total + narrow.double, change0 + start, count)
    }
}
#endif
