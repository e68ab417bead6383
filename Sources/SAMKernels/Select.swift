import CSAMShims

/// The k-th largest of the values of an expression, by digits of their bits from the highest down: exact, in a fixed number
/// of passes, without memory of the size of the vector.
enum Select<M: Real> {
    /// Unsigned keys in the order of the numbers: -inf lowest, +inf highest.
    @inline(__always)
    static func key(_ value: M) -> UInt64 {
        let bits = (value.double + 0).bitPattern            // + 0: one zero
        return bits >> 63 == 0 ? bits | 1 << 63 : ~bits
    }

    /// Counts into piece.to, UInt64[2048], by the digit at `shift`, the values whose key agrees with `prefix` above it. A
    /// digit has 11 bits, the last one, at 0, has 9.
    static func histogram(_ piece: UnsafePointer<sam_piece>) {
        let counts = piece.pointee.to.assumingMemoryBound(to: UInt64.self)
        let prefix = piece.pointee.prefix, shift = UInt64(piece.pointee.shift)
        let bits: UInt64 = shift == 0 ? 9 : 11, above = shift + bits, digit: UInt64 = (1 << bits) - 1
        each(piece) { value, _ in
            let k = key(value)
            if above >= 64 || k >> above == prefix >> above { counts[Int(k >> shift & digit)] &+= 1 }
        }
    }

    /// to = 1 where the key is above `prefix`, or equals it while piece.remaining, which counts down, is not 0; else 0.
    static func mask(_ piece: UnsafePointer<sam_piece>) {
        let to = piece.pointee.to.assumingMemoryBound(to: M.self)
        let remaining = piece.pointee.remaining!, prefix = piece.pointee.prefix
        each(piece) { value, i in
            let k = key(value)
            var one = k > prefix
            if k == prefix && remaining.pointee > 0 {
                remaining.pointee -= 1
                one = true
            }
            to[i] = one ? 1 : 0
        }
    }

    /// The table's `strongest`.
    static func strongest(_ from: UnsafeRawPointer, _ to: UnsafeMutableRawPointer, _ count: Int, _ channels: Int, _ inner: Int,
                          _ keep: Int, _ of: Int) {
        let from = from.assumingMemoryBound(to: M.self), to = to.assumingMemoryBound(to: M.self)
        var start = 0, place = SIMD8<Int>(repeating: 0)
        while start < count {
            for j in 0..<of {
                let q = start + j, row = q / (channels * inner), rest = q % (channels * inner)
                place[j] = (row * channels + rest % channels) * inner + rest / channels
            }
            for j in 0..<of {
                let value = from[place[j]].absolute
                var beaten = 0
                for k in 0..<of {
                    let other = from[place[k]].absolute
                    if other < value || (other == value && k < j) { beaten += 1 }
                }
                to[place[j]] = beaten >= of - keep ? 1 : 0
            }
            start += of
        }
    }

    @inline(__always)
    private static func each(_ piece: UnsafePointer<sam_piece>, _ body: (M, Int) -> Void) {
        let p = piece.pointee, count = Int(p.count)
        var start = 0
        while start < count {
            let n = min(M.register, count - start)
            let values = Machine<M>.run(p.code, Int(p.length), piece: piece, offset: start, count: n, first: 0)
            for i in 0..<n { body(values[i], start + i) }
            start += n
        }
    }
}
