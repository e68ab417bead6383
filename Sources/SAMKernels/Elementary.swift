import CSAMShims

/// Logarithm, exponential, sine and cosine in a*b+c alone: the same bits on every processor and instruction set (the
/// system's are not), within a few 1e-16. One text serves a scalar and a vector.

/// ln x for normal x > 0: x = 2^k (1 + f), 1 + f in [sqrt(1/2), sqrt(2)); s = f / (2 + f);
/// ln(1 + f) = 2 artanh s, as a series in s^2.
func logarithm(_ x: Double) -> Double {
    if !(x > 0) { return x == 0 ? -.infinity : .nan }
    if x == .infinity { return x }
    var bits = x.bitPattern, lift = 0.0
    if bits < 0x0010_0000_0000_0000 {
        bits = (x * 18014398509481984).bitPattern       // 2^54: out of the subnormal range
        lift = -54
    }
    let (k, f) = splitExponent(bits)
    return logarithm(exponent: k + lift, f)
}

/// The exponent and what is left of the mantissa behind the one, in [sqrt(1/2) - 1, sqrt(2) - 1).
@inline(__always)
private func splitExponent(_ bits: UInt64) -> (Double, Double) {
    let shifted = bits &+ (0x3FF0_0000_0000_0000 &- 0x3FE6_A09E_667F_3BCD)
    let k = Double(Int64(shifted >> 52) &- 1023)
    let mantissa = Double(bitPattern: (shifted & 0x000F_FFFF_FFFF_FFFF) &+ 0x3FE6_A09E_667F_3BCD)
    return (k, mantissa - 1)
}

/// The same of normal numbers above 0.
@inline(__always)
func splitExponent(_ x: SIMD8<Double>) -> (SIMD8<Double>, SIMD8<Double>) {
    let bits = SIMD8<UInt64>(repeating: 0x3FE6_A09E_667F_3BCD)
    let shifted = unsafeBitCast(x, to: SIMD8<UInt64>.self) &+ (SIMD8(repeating: 0x3FF0_0000_0000_0000) &- bits)
    let mantissa = shifted & SIMD8(repeating: 0x000F_FFFF_FFFF_FFFF) &+ bits
    return (sam_double_u64x8(unsafeBitCast(shifted &>> 52, to: SIMD8<Double>.self)) - 1023, unsafeBitCast(mantissa, to: SIMD8<Double>.self) - 1)
}

/// exponent ln 2 + ln(1 + f).
@inline(__always)
func logarithm<V: Lanes>(exponent k: V, _ f: V) -> V where V.Scalar == Double {
    let s = f / (V.splat(2) + f), z = s * s
    var p = V.splat(2.0 / 23)
    p = p * z + V.splat(2.0 / 21)
    p = p * z + V.splat(2.0 / 19)
    p = p * z + V.splat(2.0 / 17)
    p = p * z + V.splat(2.0 / 15)
    p = p * z + V.splat(2.0 / 13)
    p = p * z + V.splat(2.0 / 11)
    p = p * z + V.splat(2.0 / 9)
    p = p * z + V.splat(2.0 / 7)
    p = p * z + V.splat(2.0 / 5)
    p = p * z + V.splat(2.0 / 3)
    // ln 2 in two parts: the first has zeros at its end, so that k times it is exact
    return k * V.splat(0x1.62e42fee00000p-1) + ((s * (z * p) + k * V.splat(0x1.a39ef35793c76p-33)) + V.splat(2) * s)
}

/// e^x: x = k ln 2 + r, a series in r, then the exponent is added. 0 and infinity beyond the range.
func exponential(_ x: Double) -> Double {
    if x.isNaN { return x }
    if x > 709.78 { return .infinity }
    if x < -745 { return 0 }
    let k = (x * 1.4426950408889634).rounded(.toNearestOrEven)
    let r = (x - k * 0x1.62e42fee00000p-1) - k * 0x1.a39ef35793c76p-33
    var p = 1.0
    var i = 13.0
    while i > 0 {
        p = 1 + r * p / i
        i -= 1
    }
    let half = Int(k) / 2, rest = Int(k) - half
    return p * Double(bitPattern: UInt64(half + 1023) << 52) * Double(bitPattern: UInt64(rest + 1023) << 52)
}

/// base^exponent for base >= 0.
func power(_ base: Double, _ exponent: Double) -> Double {
    if exponent == 0.5 { return base.squareRoot() }
    if exponent == 1 { return base }
    if exponent == 0 { return 1 }
    if base == 0 { return exponent > 0 ? 0 : .infinity }
    return exponential(exponent * logarithm(base))
}

/// cos x for |x| up to 1e5 or so: reduced to [-pi/4, pi/4] by multiples of pi/2 in three parts.
func cosine(_ x: Double) -> Double {
    let n = (x * 0.6366197723675814).rounded(.toNearestOrEven)
    let r = ((x - n * 0x1.921fb54400000p+0) - n * 0x1.0b4611a600000p-34) - n * 0x1.3198a2e037073p-69
    switch Int(n) & 3 {
    case 0: return cosineNearZero(r)
    case 1: return -sineNearZero(r)
    case 2: return -cosineNearZero(r)
    default: return sineNearZero(r)
    }
}

/// Taylor, to the 17th and 16th power: |r| <= pi/4.
@inline(__always)
func sineNearZero<V: Lanes>(_ r: V) -> V where V.Scalar == Double {
    let z = r * r
    var p = V.splat(1.0 / 355687428096000)
    p = p * z - V.splat(1.0 / 1307674368000)
    p = p * z + V.splat(1.0 / 6227020800)
    p = p * z - V.splat(1.0 / 39916800)
    p = p * z + V.splat(1.0 / 362880)
    p = p * z - V.splat(1.0 / 5040)
    p = p * z + V.splat(1.0 / 120)
    p = p * z - V.splat(1.0 / 6)
    return r + r * (z * p)
}

@inline(__always)
func cosineNearZero<V: Lanes>(_ r: V) -> V where V.Scalar == Double {
    let z = r * r
    var p = V.splat(1.0 / 20922789888000)
    p = p * z - V.splat(1.0 / 87178291200)
    p = p * z + V.splat(1.0 / 479001600)
    p = p * z - V.splat(1.0 / 3628800)
    p = p * z + V.splat(1.0 / 40320)
    p = p * z - V.splat(1.0 / 720)
    p = p * z + V.splat(1.0 / 24)
    return V.splat(1) - (V.splat(0.5) * z - z * (z * p))
}
