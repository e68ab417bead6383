import CSAMShims

/// What a formula may do with its numbers: one text serves one scalar (tails) and a vector.
/// No operation contracts a * b + c, so both give the same bits.
protocol Lanes {
    associatedtype Scalar: Real
    /// Scalars in one value.
    static var width: Int { get }
    static func splat(_ value: Scalar) -> Self
    static func load(_ from: UnsafePointer<Scalar>) -> Self
    func store(_ to: UnsafeMutablePointer<Scalar>)
    /// Past the caches; `to` at a multiple of 64 bytes.
    func stream(_ to: UnsafeMutablePointer<Scalar>)
    static func + (a: Self, b: Self) -> Self
    static func - (a: Self, b: Self) -> Self
    static func * (a: Self, b: Self) -> Self
    static func / (a: Self, b: Self) -> Self
    var root: Self { get }
    var absolute: Self { get }
    /// 1, -1, or the number itself where it is 0 or NaN.
    var sign: Self { get }
    /// b where b > a, else a.
    static func larger(_ a: Self, _ b: Self) -> Self
    /// b where b < a, else a.
    static func smaller(_ a: Self, _ b: Self) -> Self
    /// 1 where a > b, else 0.
    static func above(_ a: Self, _ b: Self) -> Self
    /// 0 where the number is below the normal range, else the number: what decays ends, and no processor is slow with it.
    var normal: Self { get }
    /// The lanes' sum in double: halves are added, then halves of what they are.
    var total: Double { get }
}

/// An arithmetic type: Float for parameters of 32 bits and fewer, Double for those of 64.
protocol Real: Lanes, BinaryFloatingPoint where Scalar == Self {
    associatedtype Wide: Lanes where Wide.Scalar == Self
    /// SAM_F32 or SAM_F64.
    static var code: Int32 { get }
    /// Eight scalars as doubles.
    static func widened(_ from: UnsafePointer<Self>) -> SIMD8<Double>
    /// sum + x y of what was widened.
    static func adding(_ sum: SIMD8<Double>, _ x: SIMD8<Double>, _ y: SIMD8<Double>) -> SIMD8<Double>
    init(_ value: Double)
    var double: Double { get }
}

extension Real {
    /// Scalars of one register of the block machine.
    @inline(__always) static var register: Int { Int(SAM_REGISTER_BYTES) / MemoryLayout<Self>.size }
}

extension Float: Real {
    typealias Scalar = Float
    typealias Wide = SIMD16<Float>
    @inline(__always) static var code: Int32 { 1 }
    @inline(__always) static var width: Int { 1 }
    @inline(__always) static func splat(_ value: Float) -> Float { value }
    @inline(__always) static func load(_ from: UnsafePointer<Float>) -> Float { from.pointee }
    @inline(__always) func store(_ to: UnsafeMutablePointer<Float>) { to.pointee = self }
    @inline(__always) func stream(_ to: UnsafeMutablePointer<Float>) { to.pointee = self }
    @inline(__always) var root: Float { sam_root_f32(self) }
    @inline(__always) var absolute: Float { Swift.abs(self) }
    @inline(__always) var sign: Float { sam_sign_f32(self) }
    @inline(__always) static func larger(_ a: Float, _ b: Float) -> Float { b > a ? b : a }
    @inline(__always) static func smaller(_ a: Float, _ b: Float) -> Float { b < a ? b : a }
    @inline(__always) static func above(_ a: Float, _ b: Float) -> Float { a > b ? 1 : 0 }
    @inline(__always) var normal: Float { bitPattern & 0x7FFF_FFFF < 0x0080_0000 ? 0 : self }
    @inline(__always) var total: Double { Double(self) }
    @inline(__always) var double: Double { Double(self) }
    @inline(__always) static func widened(_ from: UnsafePointer<Float>) -> SIMD8<Double> { sam_widen_f32(from) }
    @inline(__always) static func adding(_ sum: SIMD8<Double>, _ x: SIMD8<Double>, _ y: SIMD8<Double>) -> SIMD8<Double> {
        sam_add_products_f32(sum, x, y)
    }
}

extension Double: Real {
    typealias Scalar = Double
    typealias Wide = SIMD8<Double>
    @inline(__always) static var code: Int32 { 2 }
    @inline(__always) static var width: Int { 1 }
    @inline(__always) static func splat(_ value: Double) -> Double { value }
    @inline(__always) static func load(_ from: UnsafePointer<Double>) -> Double { from.pointee }
    @inline(__always) func store(_ to: UnsafeMutablePointer<Double>) { to.pointee = self }
    @inline(__always) func stream(_ to: UnsafeMutablePointer<Double>) { to.pointee = self }
    @inline(__always) var root: Double { sam_root_f64(self) }
    @inline(__always) var absolute: Double { Swift.abs(self) }
    @inline(__always) var sign: Double { sam_sign_f64(self) }
    @inline(__always) static func larger(_ a: Double, _ b: Double) -> Double { b > a ? b : a }
    @inline(__always) static func smaller(_ a: Double, _ b: Double) -> Double { b < a ? b : a }
    @inline(__always) static func above(_ a: Double, _ b: Double) -> Double { a > b ? 1 : 0 }
    @inline(__always) var normal: Double { bitPattern & 0x7FFF_FFFF_FFFF_FFFF < 0x0010_0000_0000_0000 ? 0 : self }
    @inline(__always) var total: Double { self }
    @inline(__always) var double: Double { self }
    @inline(__always) static func widened(_ from: UnsafePointer<Double>) -> SIMD8<Double> { sam_load_f64x8(from) }
    @inline(__always) static func adding(_ sum: SIMD8<Double>, _ x: SIMD8<Double>, _ y: SIMD8<Double>) -> SIMD8<Double> { sum + x * y }
}

extension SIMD16<Float>: Lanes {
    @inline(__always) static var width: Int { 16 }
    @inline(__always) static func splat(_ value: Float) -> Self { Self(repeating: value) }
    @inline(__always) static func load(_ from: UnsafePointer<Float>) -> Self { sam_load_f32x16(from) }
    @inline(__always) func store(_ to: UnsafeMutablePointer<Float>) { sam_store_f32x16(to, self) }
    @inline(__always) func stream(_ to: UnsafeMutablePointer<Float>) { sam_stream_f32x16(to, self) }
    @inline(__always) var root: Self { sam_root_f32x16(self) }
    @inline(__always) var absolute: Self { sam_magnitude_f32x16(self) }
    @inline(__always) var sign: Self { sam_sign_f32x16(self) }
    @inline(__always) static func larger(_ a: Self, _ b: Self) -> Self { sam_larger_f32x16(a, b) }
    @inline(__always) static func smaller(_ a: Self, _ b: Self) -> Self { sam_smaller_f32x16(a, b) }
    @inline(__always) static func above(_ a: Self, _ b: Self) -> Self { sam_above_f32x16(a, b) }
    @inline(__always) var normal: Self { sam_normal_f32x16(self) }
    @inline(__always) var total: Double { sam_total_f32x16(self) }
}

extension SIMD8<Double>: Lanes {
    @inline(__always) static var width: Int { 8 }
    @inline(__always) static func splat(_ value: Double) -> Self { Self(repeating: value) }
    @inline(__always) static func load(_ from: UnsafePointer<Double>) -> Self { sam_load_f64x8(from) }
    @inline(__always) func store(_ to: UnsafeMutablePointer<Double>) { sam_store_f64x8(to, self) }
    @inline(__always) func stream(_ to: UnsafeMutablePointer<Double>) { sam_stream_f64x8(to, self) }
    @inline(__always) var root: Self { sam_root_f64x8(self) }
    @inline(__always) var absolute: Self { sam_magnitude_f64x8(self) }
    @inline(__always) var sign: Self { sam_sign_f64x8(self) }
    @inline(__always) static func larger(_ a: Self, _ b: Self) -> Self { sam_larger_f64x8(a, b) }
    @inline(__always) static func smaller(_ a: Self, _ b: Self) -> Self { sam_smaller_f64x8(a, b) }
    @inline(__always) static func above(_ a: Self, _ b: Self) -> Self { sam_above_f64x8(a, b) }
    @inline(__always) var normal: Self { sam_normal_f64x8(self) }
    @inline(__always) var total: Double { sam_total_f64x8(self) }
}
