#if !hasFeature(Embedded)
import CSAM

extension Optimizer {
    /// Writes everything a step depends on but the weights to a safetensors file, whole or not at all: whatever fails, what stood at the path stands.
    /// Between steps only.
    ///
    /// - Throws: ``Failure``: ``Failure/Code/io``, ``Failure/Code/state`` in the middle of a step, ``Failure/Code/memory``.
    public func save(to path: String) throws(Failure) { try bytes(of: path) { (path) throws(Failure) in try self.save(to: path) } }

    /// Reads what ``save(to:)`` wrote for the same method, base and parameters, whole or not at all. With the weights of that time the run goes on with
    /// the bits of one that never stopped, in any process, with any number of threads.
    ///
    /// - Throws: ``Failure``: ``Failure/Code/io``; ``Failure/Code/format`` for a file that is cut, changed or no state; ``Failure/Code/mismatch`` for one of
    ///   another method, base or parameters; ``Failure/Code/state``; ``Failure/Code/memory``. The optimizer is then as it was.
    public func load(from path: String) throws(Failure) { try bytes(of: path) { (path) throws(Failure) in try self.load(from: path) } }

    /// The bytes that ``save(to:)`` would put into a file. Between steps only.
    ///
    /// - Throws: ``Failure``: ``Failure/Code/state``, ``Failure/Code/memory``.
    public func state() throws(Failure) -> [UInt8] {
        var state = [UInt8](repeating: 0, count: try inOwnEnvironment { (_) throws(Failure) in try stateSize() })
        try state.withUnsafeMutableBufferPointer { (buffer) throws(Failure) in try inOwnEnvironment { (_) throws(Failure) in try self.write(to: buffer.baseAddress!, buffer.count) } }
        return state
    }

    /// Reads what ``state()`` answered, or the bytes of a file; else as ``load(from:)``.
    public func restore(_ state: some Sequence<UInt8>) throws(Failure) {
        try Array(state).withUnsafeBufferPointer { (buffer) throws(Failure) in
            guard let start = buffer.baseAddress, !buffer.isEmpty else { throw .format("state of 0 bytes: expected what state() answered") }
            try inOwnEnvironment { (_) throws(Failure) in try self.read(start, buffer.count) }
        }
    }

    /// Bytes of the library's memory in the size of the parameters: held now; before the first step, or after options were set: what the next one will hold.
    public var memoryBytes: Int { memory }

    /// The averaged weights of tensor `index`, where the shared option `average` is "ema" or "swa", or the base keeps an average. The weights themselves
    /// where none was averaged yet, and of a frozen tensor.
    ///
    /// - Throws: ``Failure``: ``Failure/Code/state`` where nothing is averaged, ``Failure/Code/argument`` for an index or a type that is not the tensor's.
    public func average<Scalar: ParameterScalar>(_ index: Int, of type: Scalar.Type = Scalar.self) throws(Failure) -> [Scalar] {
        var out: [Scalar] = try Array(point(index, of: type))
        try out.withUnsafeMutableBufferPointer { (buffer) throws(Failure) in try self.average(index, into: buffer) }
        return out
    }

    /// The same into a buffer of the tensor's type and size.
    public func average<Scalar: ParameterScalar>(_ index: Int, into out: UnsafeMutableBufferPointer<Scalar>) throws(Failure) {
        let tensor = try parameters.tensor(index)
        if out.count != tensor.count || Scalar.samType != tensor.storage {
            throw .argument("out of \(out.count) elements: tensor \(index) has \(tensor.count), of type \(typeName(tensor.storage))")
        }
        if let start = out.baseAddress { try inOwnEnvironment { (_) throws(Failure) in try average(index, to: start) } }
    }
}
#endif
