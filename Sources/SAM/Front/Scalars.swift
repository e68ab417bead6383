#if !hasFeature(Embedded)
import CSAM
import CSAMShims

/// The types that the buffers of a host can have: `Float`, `Double`, `Float16` and ``BFloat16``.
///
/// Arithmetic and state of `Double` weights are in double, of all others in single precision. A gradient may have another type than its weights.
/// Types of your own cannot take part: the library knows these four.
public protocol ParameterScalar {
    /// The type's number in `sam.h`: `SAM_F32` 1, `SAM_F64` 2, `SAM_BF16` 3, `SAM_F16` 4.
    static var samType: Int32 { get }
}

extension Float: ParameterScalar {
    /// `SAM_F32`.
    public static var samType: Int32 { Int32(SAM_F32) }
}

extension Double: ParameterScalar {
    /// `SAM_F64`.
    public static var samType: Int32 { Int32(SAM_F64) }
}

#if !((os(macOS) || targetEnvironment(macCatalyst)) && arch(x86_64))
extension Float16: ParameterScalar {
    /// `SAM_F16`.
    public static var samType: Int32 { Int32(SAM_F16) }
}
#endif

/// A number of 16 bits with the exponent of a `Float`: its upper half.
///
/// It has no arithmetic of its own: widen it with ``float``, compute, and round again.
public struct BFloat16: ParameterScalar, Equatable, Sendable {
    /// Sign, 8 bits of exponent, 7 bits of fraction.
    public var bitPattern: UInt16
    /// The number of these bits.
    public init(bitPattern: UInt16) { self.bitPattern = bitPattern }
    /// To the nearest, ties to even. NaN stays NaN; what is too large becomes infinite.
    public init(_ value: Float) {
        var number = value, bits: UInt16 = 0
        sam_processor_kernels().pointee.round!(BFloat16.samType, &number, &bits, 1)
        bitPattern = bits
    }
    /// `SAM_BF16`.
    public static var samType: Int32 { Int32(SAM_BF16) }
    /// The same number, exactly.
    public var float: Float {
        var bits = bitPattern, number: Float = 0
        sam_processor_kernels().pointee.widen!(BFloat16.samType, &bits, &number, 1)
        return number
    }
}

/// What a tensor is in its network: some methods perturb or scale by it.
public enum Role: Int32, Sendable, CaseIterable {
    /// Kernel of a linear, convolutional or similar layer.
    case weight = 0
    /// Additive bias.
    case bias
    /// Scale or shift of a normalisation layer; a scale has "weight" in its name.
    case norm
    /// Table whose rows are looked up.
    case embedding
}

/// Calls `body` with the text as a C string, which lives as long as the call.
func bytes<Result>(of text: String, _ body: (UnsafePointer<CChar>) throws(Failure) -> Result) throws(Failure) -> Result {
    let copy = text.utf8CString
    return try copy.withUnsafeBufferPointer { (buffer) throws(Failure) in
        try inOwnEnvironment { (_) throws(Failure) in try body(buffer.baseAddress!) }
    }
}
#endif
