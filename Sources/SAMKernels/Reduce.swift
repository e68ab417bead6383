import CSAMShims

/// Partial sums of products in double, one for each block of SAM_SUM_BLOCK elements. The order is part of the
/// definition: element i of a block goes to lane i mod 32, four vectors of eight; the lanes are added in their order.
enum Reduce<M: Real> {
    /// sums[b] = sum over block b of code * other, or of code squared where there is no other.
    static func dot(_ piece: UnsafePointer<sam_piece>) {
        let p = piece.pointee
        let count = Int(p.count)
        var start = 0, block = 0
        while start < count {
            let n = min(Int(SAM_SUM_BLOCK), count - start)
            var sums = Lanes32()
            if p.other == nil, p.length == 1, Int(p.code[0].operation) == SAM_OP_LOAD, let data = Machine<M>.direct(p.code) {
                squares(data + start, n, ahead: p.stream != 0, scratch: Machine<M>.spare(p.scratch), &sums)
                p.sums[block] = sums.total * (p.code[0].value * p.code[0].value)
            } else {
                var offset = 0
                while offset < n {
                    let m = min(M.register, n - offset)
                    let a = Machine<M>.run(p.code, Int(p.length), piece: piece, offset: start + offset, count: m, first: 0)
                    pad(a, m)
                    if let other = p.other {
                        let b = Machine<M>.run(other, Int(p.other_length), piece: piece, offset: start + offset, count: m, first: 1)
                        pad(b, m)
                        products(a, b, m, &sums)
                    } else {
                        products(a, a, m, &sums)
                    }
                    offset += m
                }
                p.sums[block] = sums.total
            }
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

    @inline(__always)
    static func products(_ x: UnsafePointer<M>, _ y: UnsafePointer<M>, _ count: Int, _ s: inout Lanes32) {
        var i = 0
        while i < count {
            s.a += M.widened(x + i) * M.widened(y + i)
            s.b += M.widened(x + i + 8) * M.widened(y + i + 8)
            s.c += M.widened(x + i + 16) * M.widened(y + i + 16)
            s.d += M.widened(x + i + 24) * M.widened(y + i + 24)
            i &+= 32
        }
    }

    /// The hot path: a gradient as it lies in the host's memory.
    @inline(__always)
    static func squares(_ x: UnsafePointer<M>, _ count: Int, ahead: Bool, scratch: UnsafeMutableRawPointer, _ s: inout Lanes32) {
        let whole = count & ~31
        if ahead {
            var i = 0
            while i < whole {
                for line in 0..<(32 * MemoryLayout<M>.size / 64) {
                    sam_prefetch(UnsafeRawPointer(x + i) + 4096 + 64 * line)
                }
                products(x + i, x + i, 32, &s)
                i &+= 32
            }
        } else {
            products(x, x, whole, &s)
        }
        if whole < count {
            let tail = scratch.assumingMemoryBound(to: M.self)
            for i in 0..<32 { tail[i] = whole + i < count ? x[whole + i] : 0 }
            products(tail, tail, 32, &s)
        }
    }
}
