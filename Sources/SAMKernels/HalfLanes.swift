import CSAMShims

#if SAM_HALF_LOOPS || !arch(x86_64)

/// Lanes that are read from and written to numbers of 16 bits: SAM_STORAGE_BF16, SAM_STORAGE_F16.
protocol HalfLanes: Lanes where Scalar == Float {
    static func load(half: UnsafePointer<UInt16>, _ type: Int32) -> Self
    /// To the nearest of that type, ties to even.
    func rounded(_ type: Int32) -> Self
    /// Of a rounded number.
    func store(half: UnsafeMutablePointer<UInt16>, _ type: Int32)
}

extension SIMD16<Float>: HalfLanes {
    @inline(__always) static func load(half: UnsafePointer<UInt16>, _ type: Int32) -> Self {
        type == Int32(SAM_STORAGE_BF16) ? sam_load_bf16x16(half) : sam_load_f16x16(half)
    }
    @inline(__always) func rounded(_ type: Int32) -> Self { type == Int32(SAM_STORAGE_BF16) ? sam_round_bf16x16(self) : sam_round_f16x16(self) }
    @inline(__always) func store(half: UnsafeMutablePointer<UInt16>, _ type: Int32) {
        if type == Int32(SAM_STORAGE_BF16) { sam_store_bf16x16(half, self) } else { sam_store_f16x16(half, self) }
    }
}

extension Float: HalfLanes {
    @inline(__always) static func load(half: UnsafePointer<UInt16>, _ type: Int32) -> Float {
        var value: Float = 0
        Half.widen(type, half, &value, 1)
        return value
    }
    @inline(__always) func rounded(_ type: Int32) -> Float {
        var value = self, bits: UInt16 = 0
        Half.round(type, &value, &bits, 1)
        Half.widen(type, &bits, &value, 1)
        return value
    }
    @inline(__always) func store(half: UnsafeMutablePointer<UInt16>, _ type: Int32) {
        var value = self
        Half.round(type, &value, half, 1)
    }
}

/// A direction, times a factor: an operand in memory, of f32 or of 16 bits, or a register that holds it from `offset` on.
struct Direction {
    let floats: UnsafePointer<Float>?, halves: UnsafePointer<UInt16>?
    let type: Int32
    let factor: Float

    @inline(never)
    init(_ piece: UnsafePointer<sam_piece>, _ offset: Int, _ count: Int) {
        let code = piece.pointee.code!, step = code.pointee, isSingle = piece.pointee.length == 1 && Int(step.operation) == SAM_OP_LOAD
        type = step.type
        halves = isSingle && type > Double.code ? step.data.map { $0.assumingMemoryBound(to: UInt16.self) } : nil
        let direct = Machine<Float>.single(code, piece.pointee.length)
        factor = direct != nil || halves != nil ? Float(step.value) : 1
        floats = halves != nil ? nil : direct
            ?? UnsafePointer(Machine<Float>.run(code, Int(piece.pointee.length), piece: piece, offset: offset, count: count, first: 0)) - offset
    }

    @inline(__always) func at<V: HalfLanes>(_ i: Int, _ lanes: V.Type) -> V {
        V.splat(factor) * (halves.map { V.load(half: $0 + i, type) } ?? V.load(floats! + i))
    }
}

/// Where a block's rounded numbers go: to the host's weights; beyond the caches, where they are not read, a line of 32 at a time past the caches.
/// A block begins at a multiple of 32.
struct Rounded {
    let to: UnsafeMutablePointer<UInt16>, line: UnsafeMutablePointer<UInt16>, type: Int32, streams: Bool

    init(_ piece: UnsafePointer<sam_piece>) {
        let p = piece.pointee
        (to, type) = (p.half_to!, p.half)
        line = Machine<Float>.spare(p.scratch).assumingMemoryBound(to: UInt16.self)
        streams = p.stream != 0 && (p.from != nil || p.half_from != UnsafePointer(to)) && Int(bitPattern: to) & 63 == 0
    }

    @inline(__always) func store<V: HalfLanes>(_ rounded: V, _ i: Int, _ type: Int32) {
        if V.width == 1 || !streams { return rounded.store(half: to + i, type) }
        rounded.store(half: line + (i & 31), type)
        if i & 31 == 16 { SIMD16.load(UnsafeRawPointer(line).assumingMemoryBound(to: Float.self)).stream(UnsafeMutableRawPointer(to + i - 16).assumingMemoryBound(to: Float.self)) }
    }

    /// What of a line was begun, elements up to i.
    @inline(__always) func finish(_ i: Int) {
        if streams && i & 31 == 16 { (to + i - 16).update(from: line, bytes: 16) }
    }
}

/// A type of 16 bits that a loop is made for.
protocol Format {
    static var type: Int32 { get }
    /// Rounded, where it is no NaN.
    static func nearest(_ v: SIMD16<Float>) -> SIMD16<Float>
}
enum BrainFormat: Format {
    @inline(__always) static var type: Int32 { Int32(SAM_STORAGE_BF16) }
    @inline(__always) static func nearest(_ v: SIMD16<Float>) -> SIMD16<Float> { sam_nearest_bf16x16(v) }
}
enum HalfFormat: Format {
    @inline(__always) static var type: Int32 { Int32(SAM_STORAGE_F16) }
    @inline(__always) static func nearest(_ v: SIMD16<Float>) -> SIMD16<Float> { sam_round_f16x16(v) }
}
#endif
