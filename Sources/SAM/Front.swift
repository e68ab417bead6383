#if !hasFeature(Embedded)
import CSAM
import CSAMShims

/// The types that the parameters of a Swift host can have.
public protocol ParameterScalar { static var samType: Int32 { get } }
extension Float: ParameterScalar { public static var samType: Int32 { Int32(SAM_F32) } }
extension Double: ParameterScalar { public static var samType: Int32 { Int32(SAM_F64) } }
#if !((os(macOS) || targetEnvironment(macCatalyst)) && arch(x86_64))
extension Float16: ParameterScalar { public static var samType: Int32 { Int32(SAM_F16) } }
#endif
/// A number of 16 bits with the exponent of a Float: its upper half.
public struct BFloat16: ParameterScalar, Equatable, Sendable {
    public var bitPattern: UInt16
    public init(bitPattern: UInt16) { self.bitPattern = bitPattern }
    /// To the nearest, ties to even.
    public init(_ value: Float) {
        var number = value, bits: UInt16 = 0
        sam_processor_kernels().pointee.round!(BFloat16.samType, &number, &bits, 1)
        bitPattern = bits
    }
    public static var samType: Int32 { Int32(SAM_BF16) }
    /// The same number.
    public var float: Float {
        var bits = bitPattern, number: Float = 0
        sam_processor_kernels().pointee.widen!(BFloat16.samType, &bits, &number, 1)
        return number
    }
}

/// What a tensor is in its network: some methods perturb or scale by it.
public enum Role: Int32, Sendable { case weight = 0, bias, norm, embedding }

/// What to evaluate next, at the weights now standing in the buffers. `evaluate` is always set.
public struct Ask: OptionSet, Sendable {
    public let rawValue: Int32
    public init(rawValue: Int32) { self.rawValue = rawValue }
    /// Loss and gradient.
    public static let evaluate = Ask(rawValue: 1)
    /// The weights are not the iterate: do not update running statistics.
    public static let perturbed = Ask(rawValue: 2)
    /// A further batch; without it the batch that `batch` names, with the same random draws.
    public static let nextBatch = Ask(rawValue: 4)
    /// The gradient is not needed.
    public static let lossOnly = Ask(rawValue: 8)
    /// The auxiliary objective's loss and gradient.
    public static let auxiliary = Ask(rawValue: 16)
    /// Do not average this gradient over workers.
    public static let local = Ask(rawValue: 32)
}

extension Parameters {
    /// Registers a tensor and answers its index. The buffers stay the caller's, in place and alive as long as an optimizer
    /// steps them; gradient nil: frozen for good.
    @discardableResult
    public func add<Scalar: ParameterScalar>(
        _ name: String, shape: [Int], data: UnsafeMutableBufferPointer<Scalar>, gradient: UnsafeMutableBufferPointer<Scalar>?,
        role: Role = .weight, group: Int = 0
    ) throws(Failure) -> Int {
        try add(name, shape: shape, data: data, otherGradient: gradient, role: role, group: group)
    }

    /// The same with a gradient of another type.
    @discardableResult
    public func add<Scalar: ParameterScalar, Slope: ParameterScalar>(
        _ name: String, shape: [Int], data: UnsafeMutableBufferPointer<Scalar>, otherGradient gradient: UnsafeMutableBufferPointer<Slope>?,
        role: Role = .weight, group: Int = 0
    ) throws(Failure) -> Int {
        let count = shape.reduce(1, *)
        if data.count != count { throw .argument("data of \(data.count) elements: the shape has \(count)") }
        if let gradient, gradient.count != count { throw .argument("gradient of \(gradient.count) elements: the shape has \(count)") }
        let lengths = shape.map { Int64($0) }
        return try bytes(of: name) { (name) throws(Failure) in
            try lengths.withUnsafeBufferPointer { (lengths) throws(Failure) in
                var p = sam_parameter()
                p.struct_size = MemoryLayout<sam_parameter>.size
                p.name = name
                p.dtype = Scalar.samType
                p.gradient_dtype = Slope.samType
                p.role = role.rawValue
                p.group = Int32(clamping: group)
                p.rank = Int32(clamping: shape.count)
                p.shape = lengths.baseAddress
                p.data = UnsafeMutableRawPointer(data.baseAddress)
                p.gradient = UnsafeMutableRawPointer(gradient?.baseAddress)
                return try self.add(p)
            }
        }
    }

    /// A new group of tensors that can have options of its own; its number, from 1.
    @discardableResult
    public func addGroup(_ name: String) throws(Failure) -> Int {
        try bytes(of: name) { (name) throws(Failure) in try self.addGroup(name) }
    }
}

extension Optimizer {
    /// method and base: names of the catalogue; base nil for a method that is its own optimizer.
    public convenience init(_ parameters: Parameters, method: String, base: String?) throws(Failure) {
        var found: (Name, Name?)?
        let kept = (method.utf8CString, base?.utf8CString)
        kept.0.withUnsafeBufferPointer { m in
            if let b = kept.1 {
                b.withUnsafeBufferPointer { found = (Name(at: m.baseAddress!), Name(at: $0.baseAddress!)) }
            } else {
                found = (Name(at: m.baseAddress!), nil)
            }
        }
        self.init(try Parts.of(parameters, method: found!.0, base: found!.1))
        withExtendedLifetime(kept) {}
    }

    /// A whole step: `evaluate` fills the gradients and answers the loss, as often as the method asks. Answers the loss of
    /// the first evaluation. Where `evaluate` throws, the step is cancelled and the error goes on.
    @discardableResult
    public func step(_ evaluate: (Ask) throws -> Double) throws -> Double {
        var loss = 0.0, first: Double?
        do {
            while let ask = try advance(loss) {
                loss = try evaluate(ask)
                first = first ?? loss
            }
        } catch {
            cancel()
            throw error
        }
        return first ?? .nan
    }

    /// Begins a step or delivers the evaluation just made; what to evaluate next, nil: the step is complete.
    public func advance(_ loss: Double) throws(Failure) -> Ask? {
        let bits = try step(loss)
        return bits > 0 ? Ask(rawValue: bits) : nil
    }

    /// Sets a number, an integer or a flag (0, 1) of one group or, nil, of all; ends its schedule.
    public func set(_ option: String, _ value: Double, group: Int? = nil) throws(Failure) {
        try bytes(of: option) { (name) throws(Failure) in
            try self.set(try self.option(Name(at: name)), value, group: group.map { Int32(clamping: $0) } ?? -1)
        }
    }

    /// Sets a choice.
    public func choose(_ option: String, _ choice: String, group: Int? = nil) throws(Failure) {
        try bytes(of: option) { (name) throws(Failure) in
            try bytes(of: choice) { (choice) throws(Failure) in
                try self.choose(try self.option(Name(at: name)), Name(at: choice), group: group.map { Int32(clamping: $0) } ?? -1)
            }
        }
    }

    /// What the next step will use.
    public func get(_ option: String, group: Int? = nil) throws(Failure) -> Double {
        try bytes(of: option) { (name) throws(Failure) in
            self.followSchedules()
            return try self.option(Name(at: name)).get(group: group.map { Int32(clamping: $0) } ?? -1)
        }
    }

    /// Gives a real option a course over the coming steps, of one group or, nil, of all. kind: "constant", "linear", "cosine", "cosine_power",
    /// "step", "exponential", "polynomial", "inverse_sqrt", "one_cycle"; its members and formulas are those of sam_schedule.
    public func schedule(_ option: String, _ kind: String, initial: Double, final: Double = 0, steps: Int = 1, warmup: Int = 0, power: Double = 0,
                         period: Int = 0, group: Int? = nil) throws(Failure) {
        try bytes(of: option) { (name) throws(Failure) in
            try bytes(of: kind) { (kind) throws(Failure) in
                let given = sam_schedule(struct_size: MemoryLayout<sam_schedule>.size, kind: kind, initial: initial, final: final, warmup: Int64(warmup),
                                         steps: Int64(steps), power: power, period: Int64(period))
                try self.schedule(try self.option(Name(at: name)), try Schedule(given, from: self.completed.steps), group: group.map { Int32(clamping: $0) } ?? -1)
            }
        }
    }

    /// Writes everything a step depends on but the weights to a safetensors file, whole or not at all. Between steps only.
    public func save(to path: String) throws(Failure) {
        try bytes(of: path) { (path) throws(Failure) in try self.save(to: path) }
    }

    /// Reads what `save(to:)` wrote for the same method, base and parameters, whole or not at all.
    public func load(from path: String) throws(Failure) {
        try bytes(of: path) { (path) throws(Failure) in try self.load(from: path) }
    }

    /// The bytes of such a file.
    public func state() throws(Failure) -> [UInt8] {
        var state = [UInt8](repeating: 0, count: try stateSize())
        try state.withUnsafeMutableBufferPointer { (buffer) throws(Failure) in try self.write(to: buffer.baseAddress!, buffer.count) }
        return state
    }

    /// Reads what `state()` answered.
    public func restore(_ state: [UInt8]) throws(Failure) {
        try state.withUnsafeBufferPointer { (buffer) throws(Failure) in
            try self.read(buffer.baseAddress.map { UnsafeRawPointer($0) } ?? UnsafeRawPointer(bitPattern: 64)!, buffer.count)
        }
    }

    /// Bytes of the library's memory in the size of the parameters: held now; before the first step: what it will hold.
    public var memoryBytes: Int { memory }

    /// The averaged weights of tensor `index`, where the option "average" is on or the base keeps an average.
    public func average<Scalar: ParameterScalar>(_ index: Int, into out: UnsafeMutableBufferPointer<Scalar>) throws(Failure) {
        _ = try point(index)
        let tensor = parameters.tensors[index]
        if out.count != tensor.count || Scalar.samType != tensor.storage { throw .argument("out of \(out.count) elements: tensor \(index) has \(tensor.count), of its own type") }
        if let start = out.baseAddress { try average(index, to: start) }
    }

    /// Which batch to evaluate; between steps the next one.
    public var batchNumber: Int64 { batch }
    /// What is known of the last completed step.
    public var lastMetrics: sam_metrics { metrics }
}

/// The names that the library knows.
public func methodNames() -> [String] { methods.map { String(cString: $0.name.bytes) } }
public func baseNames() -> [String] { bases.map { String(cString: $0.name.bytes) } }

private func bytes<Result>(of text: String, _ body: (UnsafePointer<CChar>) throws(Failure) -> Result) throws(Failure) -> Result {
    let copy = text.utf8CString
    return try copy.withUnsafeBufferPointer { (buffer) throws(Failure) in try body(buffer.baseAddress!) }
}
#endif
