import CSAMShims

/// Partial sums of products in double, one for each block of SAM_SUM_BLOCK elements. The order is part of the
/// definition: element i of a block goes to lane i mod 32, four vectors of eight; their sums are added by halves.
enum Reduce<M: Real> {
    /// sums[b] = sum over block b of code * other, or of code squared where there is no other. Where both are operands as they lie in memory,
    /// their factors come behind the sum.
    static func dot(_ piece: UnsafePointer<sam_piece>) {
        let p = piece.pointee
        let count = Int(p.count)
        var start = 0, block = 0
        if let x = Machine<M>.single(p.code, p.length), let y = p.other == nil ? x : Machine<M>.single(p.other, p.other_length) {
            let factor = p.code[0].value * (p.other ?? p.code)[0].value
            if p.stream != 0 { block = quarters(x, y, count / Int(SAM_SUM_BLOCK) / 4, factor, p.sums) }
            start = block * Int(SAM_SUM_BLOCK)
            while start < count {
                let n = min(Int(SAM_SUM_BLOCK), count - start)
                var sums = Lanes32()
                direct(x + start, y + start, n, ahead: p.stream != 0, scratch: Machine<M>.spare(p.scratch), &sums)
                p.sums[block] = sums.total * factor
                start += n
                block += 1
            }
            return
        }
        let plain = p.code[0].value == 1 ? Machine<M>.single(p.code, p.length) : nil
        while start < count {
            let n = min(Int(SAM_SUM_BLOCK), count - start)
            var sums = Lanes32(), offset = 0
            while offset < n {
                let rest = min(M.register, n - offset), m = rest > 31 ? rest & ~31 : rest
                var a = plain.map { $0 + start + offset }
                if a == nil || m & 31 != 0 {
                    let value = Machine<M>.run(p.code, Int(p.length), piece: piece, offset: start + offset, count: m, first: 0)
                    pad(value, m)
                    a = UnsafePointer(value)
                }
                var b = a.unsafelyUnwrapped
                if let other = p.other {
                    let value = Machine<M>.run(other, Int(p.other_length), piece: piece, offset: start + offset, count: m, first: 1)
                    pad(value, m)
                    b = UnsafePointer(value)
                }
                products(a.unsafelyUnwrapped, b, (m + 31) & ~31, ahead: plain != nil && p.stream != 0, &sums)
                offset += m
            }
            p.sums[block] = sums.total
            start += n
            block += 1
        }
    }

    struct Lanes32 {
        var a = SIMD8<Double>(repeating: 0), b = SIMD8<Double>(repeating: 0)
        var c = SIMD8<Double>(repeating: 0), d = SIMD8<Double>(repeating: 0)
        @inline(__always) var total: Double { ((a + b) + (c + d)).total }
    }

    /// Zeros up to the next multiple of 32, which change no sum.
    @inline(__always)
    static func pad(_ register: UnsafeMutablePointer<M>, _ count: Int) {
        var i = count
        while i & 31 != 0 {
            register[i] = 0
            i &+= 1
        }
    }

    /// sums += x * y for a multiple of 32 elements; ahead: the lines that follow are asked for.
    @inline(never)
    static func products(_ x: UnsafePointer<M>, _ y: UnsafePointer<M>, _ count: Int, ahead: Bool = false, _ sums: inout Lanes32) {
        var i = 0, s = sums
        @inline(__always) func walk(isSquare: Bool) {
            @inline(__always) func add(_ lanes: inout SIMD8<Double>, _ i: Int) {
                let a = M.widened(x + i)
                lanes = M.adding(lanes, a, isSquare ? a : M.widened(y + i))
            }
            while i < count {
                if ahead {
                    ask(x + i)
                    if !isSquare { ask(y + i) }
                }
                add(&s.a, i)
                add(&s.b, i + 8)
                add(&s.c, i + 16)
                add(&s.d, i + 24)
                i &+= 32
            }
        }
        if x == y { walk(isSquare: true) } else { walk(isSquare: false) }
        sums = s
    }

    @inline(__always)
    private static func ask(_ x: UnsafePointer<M>) {
        for line in 0..<(32 * MemoryLayout<M>.size / 64) { sam_prefetch(UnsafeRawPointer(x) + 2048 + 64 * line) }
    }

    /// Beyond the caches: four quarters of so many blocks each are read side by side, which keeps more of the memory's lines under way than
    /// one sequence does. The number of blocks.
    @inline(never)
    static func quarters(_ x: UnsafePointer<M>, _ y: UnsafePointer<M>, _ blocks: Int, _ factor: Double, _ sums: UnsafeMutablePointer<Double>) -> Int {
        let size = Int(SAM_SUM_BLOCK), visit = 256, stride = blocks &* size
        for b in 0..<blocks {
            var s = (Lanes32(), Lanes32(), Lanes32(), Lanes32()), at = b &* size
            let end = at + size
            while at < end {
                products(x + at, y + at, visit, ahead: true, &s.0)
                products(x + at + stride, y + at + stride, visit, ahead: true, &s.1)
                products(x + at + 2 &* stride, y + at + 2 &* stride, visit, ahead: true, &s.2)
                products(x + at + 3 &* stride, y + at + 3 &* stride, visit, ahead: true, &s.3)
                at += visit
            }
            sums[b] = s.0.total * factor
            sums[b + blocks] = s.1.total * factor
            sums[b + 2 * blocks] = s.2.total * factor
            sums[b + 3 * blocks] = s.3.total * factor
        }
        return 4 * blocks
    }

    /// In the caches, and the ends.
    @inline(__always)
    static func direct(_ x: UnsafePointer<M>, _ y: UnsafePointer<M>, _ count: Int, ahead: Bool, scratch: UnsafeMutableRawPointer, _ s: inout Lanes32) {
        let whole = count & ~31
        products(x, y, whole, ahead: ahead, &s)
        if whole < count {
            let a = tail(x + whole, count - whole, scratch.assumingMemoryBound(to: M.self))
            let b = x == y ? a : tail(y + whole, count - whole, a + 32)
            products(a, b, 32, &s)
        }
    }

    /// So many elements, at most 32, and zeros up to 32.
    @inline(__always)
    private static func tail(_ from: UnsafePointer<M>, _ count: Int, _ to: UnsafeMutablePointer<M>) -> UnsafeMutablePointer<M> {
        for i in stride(from: 0, to: 32, by: M.Wide.width) { M.Wide.splat(0).store(to + i) }
        to.update(from: from, bytes: count)
        return to
    }
}
