#if !hasFeature(Embedded)
import CSAM

extension Parameters {
    /// Registers a tensor whose buffers are the caller's, and answers its index, from 0.
    ///
    /// - Parameters:
    ///   - name: Unique in the set, not empty; copied.
    ///   - shape: At most 8 lengths >= 0, row-major, contiguous. `[]`: a scalar. nil: a vector of all elements.
    ///   - data: The weights. They stay the caller's, alive and in place until bound anew or until the set, its optimizers and its measures are gone.
    ///     No overlap with another tensor's.
    ///   - gradient: Of the same shape, with the same promise; nil: the tensor is frozen for good (never touched, no state, in no norm), unless `trained`.
    ///   - role: What the tensor is in its network.
    ///   - group: 0, or what ``addGroup(_:)`` answered.
    ///   - stackedAxes: So many leading axes only stack tensors: [12, 96, 32] with 1 is stepped and measured as twelve tensors of [96, 32]. Without, the
    ///     first axis are the rows of a matrix, all others its columns.
    ///   - trained: Whether a gradient of nil comes later, by ``bind(_:gradient:)``. Until then it is missing.
    /// - Throws: ``Failure``: ``Failure/Code/argument`` for a name that is taken, a count that is not the shape's, axes that are not there or buffers that overlap;
    ///   ``Failure/Code/state`` once an optimizer of the set exists.
    @discardableResult
    public func add<Scalar: ParameterScalar>(
        _ name: String, shape: [Int]? = nil, data: UnsafeMutableBufferPointer<Scalar>, gradient: UnsafeMutableBufferPointer<Scalar>?,
        role: Role = .weight, group: Int = 0, stackedAxes: Int = 0, trained: Bool = false
    ) throws(Failure) -> Int {
        try register(name, shape, data, gradient, role, group, stackedAxes, trained)
    }

    /// Registers a tensor whose gradient has another type than its weights; else as with one of the same type.
    @discardableResult
    public func add<Scalar: ParameterScalar, Slope: ParameterScalar>(
        _ name: String, shape: [Int]? = nil, data: UnsafeMutableBufferPointer<Scalar>, gradient: UnsafeMutableBufferPointer<Slope>,
        role: Role = .weight, group: Int = 0, stackedAxes: Int = 0
    ) throws(Failure) -> Int {
        try register(name, shape, data, gradient, role, group, stackedAxes, false)
    }

    /// Registers a tensor whose buffers stand in a storage, and answers its index. The set keeps the storage alive.
    ///
    /// - Throws: ``Failure``: ``Failure/Code/argument`` for a name that is taken or a storage that is in the set already; ``Failure/Code/state`` once an
    ///   optimizer of the set exists.
    @discardableResult
    public func add<Scalar: ParameterScalar>(_ name: String, _ storage: TensorStorage<Scalar>, role: Role = .weight, group: Int = 0,
                                             stackedAxes: Int = 0) throws(Failure) -> Int {
        let index = try register(name, storage.shape, storage.data, storage.gradient, role, group, stackedAxes, false)
        kept.append(storage)
        return index
    }

    private func register<Scalar: ParameterScalar, Slope: ParameterScalar>(
        _ name: String, _ shape: [Int]?, _ data: UnsafeMutableBufferPointer<Scalar>, _ gradient: UnsafeMutableBufferPointer<Slope>?,
        _ role: Role, _ group: Int, _ stackedAxes: Int, _ trained: Bool
    ) throws(Failure) -> Int {
        let shape = shape ?? [data.count], count = try elements(of: shape)
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
                p.gradient = gradient.map { UnsafeMutableRawPointer($0.baseAddress) ?? Parameters.nothing }
                p.trained = trained ? 1 : 0
                p.stacked_axes = Int32(clamping: stackedAxes)
                return try self.add(p)
            }
        }
    }

    /// Where the buffer of an empty tensor stands.
    private static var nothing: UnsafeMutableRawPointer { UnsafeMutableRawPointer(bitPattern: 64)! }

    /// A new group of tensors that can have options of its own; its number, from 1. Group 0 is there from the start.
    ///
    /// - Throws: ``Failure``: ``Failure/Code/argument`` for a name that is empty or taken, ``Failure/Code/state`` once an optimizer of the set exists.
    @discardableResult
    public func addGroup(_ name: String) throws(Failure) -> Int {
        try bytes(of: name) { (name) throws(Failure) in try self.addGroup(name) }
    }

    /// Another buffer for the weights of tensor `index`, of its type and size; the gradient's stays. Between steps only.
    ///
    /// - Throws: ``Failure``: ``Failure/Code/argument`` for an index, a type or a size that is not the tensor's, or an overlap; ``Failure/Code/state`` in
    ///   the middle of a step.
    public func bind<Scalar: ParameterScalar>(_ index: Int, data: UnsafeMutableBufferPointer<Scalar>) throws(Failure) {
        let tensor = try tensor(index)
        if data.count != tensor.count || Scalar.samType != tensor.storage {
            throw .argument("data of \(data.count) elements: tensor \"\(tensor.name)\" has \(tensor.count), of type \(typeName(tensor.storage))")
        }
        try bind(index, data: data.baseAddress.map { UnsafeMutableRawPointer($0) }, gradient: hosts[index].gradient)
    }

    /// Another buffer for the gradient of tensor `index`, of its type and size. At any time.
    ///
    /// - Throws: ``Failure``: ``Failure/Code/argument`` for an index, a type or a size that is not the gradient's; ``Failure/Code/state`` for a frozen tensor.
    public func bind<Scalar: ParameterScalar>(_ index: Int, gradient: UnsafeMutableBufferPointer<Scalar>) throws(Failure) {
        let tensor = try tensor(index)
        if gradient.count != tensor.count || !(tensor.frozen || Scalar.samType == tensor.gradientType) {
            throw .argument("gradient of \(gradient.count) elements: that of \"\(tensor.name)\" has \(tensor.count), of type \(typeName(tensor.gradientType))")
        }
        try bind(index, data: nil, gradient: UnsafeMutableRawPointer(gradient.baseAddress) ?? Parameters.nothing)
    }

    /// The gradient of tensor `index` is missing until another one is bound.
    ///
    /// Missing at the first evaluation of a step: the tensor is left out of that step: norm, perturbation, update, decay and the base's count of its steps.
    /// Missing only at a later one: it counts as zero there.
    ///
    /// - Throws: ``Failure`` with ``Failure/Code/argument`` for an index that is none.
    public func removeGradient(_ index: Int) throws(Failure) { try bind(index, data: nil, gradient: nil) }

    /// Tensors in the set.
    public var count: Int { tensors.count }
    /// Scalars in the set that are not frozen.
    public var scalarCount: Int { size }

    func tensor(_ index: Int) throws(Failure) -> Tensor {
        if !tensors.indices.contains(index) { throw .argument("index = \(index): expected 0 to \(tensors.count - 1), what add answered") }
        return tensors[index]
    }
}

@available(*, unavailable, message: "a set and its optimizers are used by one thread at a time")
extension Parameters: Sendable {}
@available(*, unavailable, message: "an optimizer is used by one thread at a time")
extension Optimizer: Sendable {}
@available(*, unavailable, message: "buffers that a set uses are used by one thread at a time")
extension TensorStorage: Sendable {}
#endif
