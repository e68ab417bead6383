import CSAMShims

/// Passes that write vectors: a value into a slot, a point into the weights.
enum Combine<M: Real> {
    typealias W = M.Wide

    /// to = expression, in the arithmetic type. The result is complete in a register before it is written, so `to` may
    /// stand in the expression. What is computed for a slot that is kept (`normal`) is 0 where it is below the normal range; a copy is a copy.
    static func evaluate(_ piece: UnsafePointer<sam_piece>) {
        let p = piece.pointee, count = Int(p.count)
        let to = p.to.assumingMemoryBound(to: M.self), operand = Machine<M>.single(p.code, p.length)
        let clears = p.normal != 0 && !(operand != nil && p.code[0].value == 1)
        var start = 0
        while start < count {
            let n = min(M.register, count - start)
            if p.stream != 0 && Int(bitPattern: to) & 63 == 0 {
                let data = clears ? nil : operand.map { $0 + start }, factor = data == nil ? 1 : M(p.code[0].value)
                let value = data ?? UnsafePointer(computed(piece, start, n, clears))
                var i = 0
                while i &+ W.width <= n {
                    sam_prefetch(UnsafeRawPointer(value + i) + 2048)
                    (W.splat(factor) * W.load(value + i)).stream(to + start + i)
                    i &+= W.width
                }
                while i < n {
                    to[start + i] = factor * value[i]
                    i &+= 1
                }
            } else {
                (to + start).update(from: computed(piece, start, n, clears), bytes: n)
            }
            start += n
        }
        if p.stream != 0 { sam_fence() }
    }

    @inline(never)
    private static func computed(_ piece: UnsafePointer<sam_piece>, _ start: Int, _ count: Int, _ clears: Bool) -> UnsafeMutablePointer<M> {
        let value = Machine<M>.run(piece.pointee.code, Int(piece.pointee.length), piece: piece, offset: start, count: count, first: 0)
        if clears { Machine<M>.each(value, count) { $0.normal } }
        return value
    }

    /// save = from; to = from + e, or, where the expression is the point itself, to = expression and e = to - from.
    /// Two sums for each block of SAM_SUM_BLOCK elements: of e squared and of (to - from) squared, that is of what was
    /// asked and of what rounding left of it.
    static func displace(_ piece: UnsafePointer<sam_piece>) {
        let p = piece.pointee, count = Int(p.count)
        var start = 0, block = 0
        while start < count {
            let n = min(Int(SAM_SUM_BLOCK), count - start)
            var asked = 0.0, moved = 0.0, offset = start
            while offset < start + n {
                let m = min(M.register, start + n - offset)
                if let data = Machine<M>.single(p.code, p.length) {
                    move(piece, offset, m, data + offset, M(p.code[0].value), &asked, &moved)
                } else {
                    let value = Machine<M>.run(p.code, Int(p.length), piece: piece, offset: offset, count: m, first: 0)
                    move(piece, offset, m, value, 1, &asked, &moved)
                }
                offset += m
            }
            p.sums[2 * block] = asked
            p.sums[2 * block + 1] = moved
            start += n
            block += 1
        }
        if p.stream != 0 { sam_fence() }
    }

    /// One register's length. A row of a matrix may begin between two lines: then nothing streams.
    @inline(__always)
    static func move(_ piece: UnsafePointer<sam_piece>, _ offset: Int, _ count: Int, _ value: UnsafePointer<M>, _ factor: M,
                     _ asked: inout Double, _ moved: inout Double) {
        let p = piece.pointee
        let from = p.from.assumingMemoryBound(to: M.self) + offset
        let to = p.to.assumingMemoryBound(to: M.self) + offset
        let save = p.save.map { $0.assumingMemoryBound(to: M.self) + offset }
        let e0 = Squares<M>.room(p.scratch), change0 = Squares<M>.room(p.scratch, 1)
        var wide = (W.splat(0), W.splat(0)), narrow: (M, M) = (0, 0), i = 0
        let absolute = p.absolute != 0, streamed = p.stream != 0 && Int(bitPattern: save) & 63 == 0
        if isFast(M.code), !absolute, p.stream == 0, let save {        // in the caches nothing else is in the loop
            while i &+ W.width <= count {
                let w = W.load(from + i), e = W.splat(factor) * W.load(value + i), point = w + e, change = point - w
                w.store(save + i)
                point.store(to + i)
                change.store(change0 + i)
                wide = (wide.0 + e * e, wide.1 + change * change)
                i &+= W.width
            }
        }
        while i &+ W.width <= count {
            sam_prefetch(UnsafeRawPointer(from + i) + Int(SAM_REGISTER_BYTES))
            let w = W.load(from + i), v = W.splat(factor) * W.load(value + i)
            let point = absolute ? v : w + v, e = absolute ? v - w : v, change = point - w
            if let save { if streamed { w.stream(save + i) } else { w.store(save + i) } }
            point.store(to + i)
            if Squares<M>.areKept { change.store(change0 + i) }
            wide = (wide.0 + e * e, wide.1 + change * change)
            i &+= W.width
        }
        while i < count {
            let w = from[i], v = factor * value[i]
            let point = absolute ? v : w + v, e = absolute ? v - w : v, change = point - w
            if let save { save[i] = w }
            to[i] = point
            if Squares<M>.areKept { change0[i] = change }
            narrow = (narrow.0 + e * e, narrow.1 + change * change)
            i &+= 1
        }
        let sums = (wide.0.total + narrow.0.double, wide.1.total + narrow.1.double)
        if Squares<M>.areKept && !Squares<M>.isRight(sums.0) && !absolute { multiples(value, factor, count, e0) }
        asked += Squares<M>.sum(sums.0, absolute ? change0 : e0, count)
        moved += Squares<M>.sum(sums.1, change0, count)
    }

    @inline(never)
    private static func multiples(_ value: UnsafePointer<M>, _ factor: M, _ count: Int, _ out: UnsafeMutablePointer<M>) {
        for i in 0..<count { out[i] = factor * value[i] }
    }
}

extension UnsafeMutablePointer {
    @inline(__always)
    func update(from: UnsafePointer<Pointee>, bytes count: Int) {
        UnsafeMutableRawPointer(self).copyMemory(from: from, byteCount: count * MemoryLayout<Pointee>.stride)
    }
}
