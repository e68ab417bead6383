import CSAMShims

/// Numbers of 16 bits, bf16 and f16, from and to f32: by integers, so that every instruction set gives the same bits.
enum Half {
    /// Exact. A NaN keeps its payload.
    @inline(never)
    static func widen(_ type: Int32, _ from: UnsafeRawPointer, _ to: UnsafeMutablePointer<Float>, _ count: Int) {
        let from = from.assumingMemoryBound(to: UInt16.self)
        if type == Int32(SAM_STORAGE_BF16) {
            for i in 0..<count { to[i] = Float(bitPattern: UInt32(from[i]) << 16) }
        } else {
            for i in 0..<count { to[i] = float(fromHalf: UInt32(from[i])) }
        }
    }

    /// f16: 5 bits of exponent, 10 of fraction; no step of it meets a denormal float.
    @inline(__always)
    private static func float(fromHalf h: UInt32) -> Float {
        let a = (h & 0x7FFF) << 13, sign = (h & 0x8000) << 16
        let normal = a &+ 0x3800_0000, small = (Float(bitPattern: a &+ 0x3880_0000) - 0x1p-14).bitPattern, special = a &+ 0x7000_0000
        return Float(bitPattern: sign | (a < 0x0080_0000 ? small : a < 0x0F80_0000 ? normal : special))
    }

    /// To the nearest, ties to even; beyond the range infinity.
    @inline(__always)
    private static func bfloat(_ x: UInt32) -> UInt16 {
        let nearest = x &+ 0x7FFF &+ (x >> 16 & 1)
        return UInt16(truncatingIfNeeded: (x & 0x7FFF_FFFF > 0x7F80_0000 ? x | 0x40_0000 : nearest) >> 16)
    }

    @inline(__always)
    private static func half(_ x: UInt32) -> UInt16 {
        let a = x & 0x7FFF_FFFF, nearest = (a &+ 0xFFF &+ (a >> 13 & 1)) >> 13
        let small = (Float(bitPattern: a) + 0.5).bitPattern &- 0x3F00_0000
        return joined(x, a, a < 0x3880_0000 ? small : nearest &- 0x1C000)
    }

    /// What is special, and the sign.
    @inline(__always)
    private static func joined(_ x: UInt32, _ a: UInt32, _ finite: UInt32) -> UInt16 {
        let bits = a > 0x7F80_0000 ? 0x7E00 | (a >> 13 & 0x3FF) : a >= 0x4780_0000 ? 0x7C00 : finite
        return UInt16(truncatingIfNeeded: x >> 16 & 0x8000 | bits)
    }

    /// Up with the probability of what is cut off, in 2^-16 (r: 16 random bits); what needs no rounding stays.
    @inline(__always)
    private static func bfloat(_ x: UInt32, _ r: UInt32) -> UInt16 {
        UInt16(truncatingIfNeeded: (x & 0x7FFF_FFFF > 0x7F80_0000 ? x | 0x40_0000 : x &+ r) >> 16)
    }

    @inline(__always)
    private static func half(_ x: UInt32, _ r: UInt32) -> UInt16 {
        let a = x & 0x7FFF_FFFF
        if a >= 0x3880_0000 { return joined(x, a, (a &+ r >> 3) >> 13 &- 0x1C000) }
        let y = Float(bitPattern: a) * 0x1p24, whole = UInt32(y)
        return joined(x, a, whole &+ ((y - Float(whole)) * 65536 > Float(r) ? 1 : 0))
    }

    @inline(never)
    static func round(_ type: Int32, _ from: UnsafePointer<Float>, _ to: UnsafeMutableRawPointer, _ count: Int) {
        let to = to.assumingMemoryBound(to: UInt16.self)
        if type == Int32(SAM_STORAGE_BF16) {
            for i in 0..<count { to[i] = bfloat(from[i].bitPattern) }
        } else {
            for i in 0..<count { to[i] = half(from[i].bitPattern) }
        }
    }

    /// The random bits of element i: half word i mod 8, the lower one of a word first, of block i div 8.
    static func round(_ type: Int32, _ from: UnsafePointer<Float>, _ to: UnsafeMutableRawPointer, _ count: Int, seed: UInt64, draw: UInt32, index: Int64) {
        let to = to.assumingMemoryBound(to: UInt16.self)
        var i = 0
        while i < count {
            let at = UInt64(index) &+ UInt64(i), inside = Int(at & 7), n = min(8 - inside, count - i)
            let words = philox(at >> 3, UInt32(SAM_STREAM_ROUNDING), draw, seed)
            for j in 0..<n {
                let place = inside + j, r = words[place >> 1] >> (UInt32(place & 1) * 16) & 0xFFFF, x = from[i + j].bitPattern
                to[i + j] = type == Int32(SAM_STORAGE_BF16) ? bfloat(x, r) : half(x, r)
            }
            i += n
        }
    }
}
