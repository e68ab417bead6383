import CSAMShims

/// Random numbers as pure functions of seed, stream, draw and index: Philox4x32 with ten rounds.
/// key = the seed; counter = (block low, block high, stream, draw).
/// Elements index ..< index + count; kinds SAM_UNIFORM, SAM_NORMAL, SAM_RADEMACHER.
func random(_ kind: Int, seed: UInt64, stream: UInt32, draw: UInt32, index: Int64, count: Int, into out: UnsafeMutablePointer<Double>) {
    let perBlock: Int64 = kind == SAM_RADEMACHER ? 128 : 2
    var i = 0
    while i < count {
        let at = index + Int64(i)
        let block = at / perBlock, inside = Int(at % perBlock)
        let n = min(Int(perBlock) - inside, count - i)
        let words = philox(UInt64(block), stream, draw, seed)
        switch kind {
        case SAM_RADEMACHER:
            for j in 0..<n {
                let bit = inside + j
                out[i + j] = words[bit / 32] >> UInt32(bit % 32) & 1 == 1 ? 1 : -1
            }
        case SAM_NORMAL:
            let (even, odd) = normals(unit(words[0], words[1]), unit(words[2], words[3]))
            for j in 0..<n { out[i + j] = inside + j == 0 ? even : odd }
        default:
            for j in 0..<n { out[i + j] = inside + j == 0 ? unit(words[0], words[1]) : unit(words[2], words[3]) }
        }
        i += n
    }
}

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

/// Above 0, at most 1.
@inline(__always)
private func unit(_ low: UInt32, _ high: UInt32) -> Double {
    (Double((UInt64(high) << 32 | UInt64(low)) >> 11) + 0.5) * 0x1p-53
}

/// Box and Muller: sqrt(-2 ln u) times cos and sin of 2 pi v. The quarter of the circle comes off v exactly.
private func normals(_ u: Double, _ v: Double) -> (Double, Double) {
    let radius = (-2 * logarithm(u)).squareRoot()
    let quarters = (4 * v).rounded(.toNearestOrEven)
    let angle = (4 * v - quarters) * 1.5707963267948966
    let s = sineNearZero(angle), c = cosineNearZero(angle)
    switch Int(quarters) & 3 {
    case 0: return (radius * c, radius * s)
    case 1: return (-radius * s, radius * c)
    case 2: return (-radius * c, -radius * s)
    default: return (radius * s, -radius * c)
    }
}
