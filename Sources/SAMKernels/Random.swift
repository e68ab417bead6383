import CSAMShims

/// Random numbers as pure functions of seed, stream, draw and index: Philox4x32 with ten rounds.
/// key = the seed; counter = (block low, block high, stream, draw).
/// Elements index ..< index + count; kinds SAM_UNIFORM, SAM_NORMAL, SAM_RADEMACHER.
func random(_ kind: Int, seed: UInt64, stream: UInt32, draw: UInt32, index: Int64, count: Int, into out: UnsafeMutablePointer<Double>) {
    if kind == SAM_RADEMACHER { return signs(seed, stream, draw, index, count, out) }
    var i = -Int(index & 1)                                 // eight blocks at a time, of two numbers each
    while i < count {
        let words = philox(from: UInt64(index + Int64(i)) >> 1, stream, draw, seed)
        var first = unit(words.0, words.1), second = unit(words.2, words.3)
        if kind == SAM_NORMAL { (first, second) = normals(first, second) }
        if i >= 0 && i + 16 <= count {
            sam_store_pairs_f64x8(out + i, first, second)
        } else {
            var numbers = SIMD16<Double>(repeating: 0)
            withUnsafeMutableBytes(of: &numbers) { bytes in
                let numbers = bytes.baseAddress!.assumingMemoryBound(to: Double.self)
                sam_store_pairs_f64x8(numbers, first, second)
                for j in max(0, -i)..<min(16, count - i) { out[i + j] = numbers[j] }
            }
        }
        i += 16
    }
}

private func signs(_ seed: UInt64, _ stream: UInt32, _ draw: UInt32, _ index: Int64, _ count: Int, _ out: UnsafeMutablePointer<Double>) {
    var i = 0
    while i < count {
        let at = index + Int64(i), inside = Int(at % 128), n = min(128 - inside, count - i)
        let words: SIMD4<UInt32> = philox(UInt64(at / 128), stream, draw, seed)
        for j in 0..<n {
            let bit = inside + j
            out[i + j] = words[bit / 32] >> UInt32(bit % 32) & 1 == 1 ? 1 : -1
        }
        i += n
    }
}

/// One block.
func philox(_ block: UInt64, _ stream: UInt32, _ draw: UInt32, _ seed: UInt64) -> SIMD4<UInt32> {
    var a = UInt32(truncatingIfNeeded: block), b = UInt32(truncatingIfNeeded: block >> 32), c = stream, d = draw
    var k0 = UInt32(truncatingIfNeeded: seed), k1 = UInt32(truncatingIfNeeded: seed >> 32)
    for _ in 0..<10 {
        let p = UInt64(0xD251_1F53) * UInt64(a), q = UInt64(0xCD9E_8D57) * UInt64(c)
        (a, b, c, d) = (UInt32(truncatingIfNeeded: q >> 32) ^ b ^ k0, UInt32(truncatingIfNeeded: q),
                        UInt32(truncatingIfNeeded: p >> 32) ^ d ^ k1, UInt32(truncatingIfNeeded: p))
        k0 &+= 0x9E37_79B9
        k1 &+= 0xBB67_AE85
    }
    return SIMD4(a, b, c, d)
}

/// The same of eight blocks that follow each other, each word in 64 bits.
@inline(__always)
private func philox(from block: UInt64, _ stream: UInt32, _ draw: UInt32, _ seed: UInt64)
    -> (SIMD8<UInt64>, SIMD8<UInt64>, SIMD8<UInt64>, SIMD8<UInt64>) {
    typealias Words = SIMD8<UInt64>
    let low = Words(repeating: 0xFFFF_FFFF), half = Words(repeating: 32)
    let blocks = Words(repeating: block) &+ Words(0, 1, 2, 3, 4, 5, 6, 7)
    var a = blocks & low, b = blocks &>> half, c = Words(repeating: UInt64(stream)), d = Words(repeating: UInt64(draw))
    var k0 = UInt32(truncatingIfNeeded: seed), k1 = UInt32(truncatingIfNeeded: seed >> 32)
    for _ in 0..<10 {
        let p = (a & low) &* Words(repeating: 0xD251_1F53), q = (c & low) &* Words(repeating: 0xCD9E_8D57)
        (a, b, c, d) = (q &>> half ^ b ^ Words(repeating: UInt64(k0)), q & low, p &>> half ^ d ^ Words(repeating: UInt64(k1)), p & low)
        k0 &+= 0x9E37_79B9
        k1 &+= 0xBB67_AE85
    }
    return (a, b, c, d)
}

/// Above 0, at most 1.
@inline(__always)
private func unit(_ low: SIMD8<UInt64>, _ high: SIMD8<UInt64>) -> SIMD8<Double> {
    (sam_double_u64x8(unsafeBitCast((high &<< 32 | low) &>> 11, to: SIMD8<Double>.self)) + 0.5) * 0x1p-53
}

/// Box and Muller: sqrt(-2 ln u) times cos and sin of 2 pi v. The quarter of the circle comes off v exactly.
@inline(__always)
private func normals(_ u: SIMD8<Double>, _ v: SIMD8<Double>) -> (SIMD8<Double>, SIMD8<Double>) {
    let (k, f) = splitExponent(u), radius = (-2 * logarithm(exponent: k, f)).root
    let shifted = 4 * v + 0x1.8p52, angle = (4 * v - (shifted - 0x1.8p52)) * 1.5707963267948966     // rounded to an integer, the lowest bits
    let s = sineNearZero(angle), c = cosineNearZero(angle)
    return (radius * sam_turned_cosine(shifted, c, s), radius * sam_turned_sine(shifted, c, s))
}
