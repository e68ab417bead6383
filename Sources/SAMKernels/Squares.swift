import CSAMShims

/// Sums of squares of what moved. In f32 they are summed as fast as they come, and beside it what moved is kept, at most a block, in a thread's scratch:
/// where the sum leaves the range in which f32 squares are right, it is summed once more in double.
enum Squares<M: Real> {
    /// Whether what moved must be kept.
    @inline(__always) static var areKept: Bool { M.code == Float.code }

    /// Where it is kept: behind the register that may hold the direction. `place`: 0, or 1 of two that have at most a register each.
    @inline(__always) static func room(_ scratch: UnsafeMutableRawPointer, _ place: Int = 0) -> UnsafeMutablePointer<M> {
        (scratch + Int(SAM_REGISTER_BYTES) * (1 + place)).assumingMemoryBound(to: M.self)
    }

    @inline(__always) static func isRight(_ sum: Double) -> Bool { sum > 1e-28 && sum < 1e37 }

    /// The sum, or that of the numbers kept.
    @inline(__always) static func sum(_ sum: Double, _ kept: UnsafePointer<M>, _ count: Int) -> Double {
        if !areKept || isRight(sum) { return sum }
        return again(UnsafeRawPointer(kept).assumingMemoryBound(to: Float.self), count)
    }
}

/// In the order of the loops: lanes 0 to 7 and 8 to 15 of vectors, then what is left.
@inline(never)
private func again(_ numbers: UnsafePointer<Float>, _ count: Int) -> Double {
    var low = SIMD8<Double>(repeating: 0), high = low, rest = 0.0, i = 0
    while i &+ 16 <= count {
        let a = sam_widen_f32(numbers + i), b = sam_widen_f32(numbers + i + 8)
        low = sam_add_products_f32(low, a, a)
        high = sam_add_products_f32(high, b, b)
        i &+= 16
    }
    while i < count {
        rest += Double(numbers[i]) * Double(numbers[i])
        i &+= 1
    }
    return (low + high).total + rest
}
