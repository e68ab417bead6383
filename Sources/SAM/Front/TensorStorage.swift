#if !hasFeature(Embedded)
/// The buffers of one tensor, weights and gradient, owned by an object.
///
/// For hosts that have no buffers of their own: ``Parameters/add(_:_:role:group:stackedAxes:)`` keeps the storage alive as long as the set, so that nothing has to
/// be deallocated. Both buffers stay where they are for the life of the object; keep it, or a set that it was added to, as long as they are used.
///
/// ```swift
/// let w = TensorStorage<Float>(shape: [10, 100]), parameters = Parameters()
/// try parameters.add("w", w)
/// w.gradient[0] = 0.5
/// ```
///
/// One thread at a time, together with the set and its optimizers.
public final class TensorStorage<Scalar: ParameterScalar> {
    /// The lengths of the axes, row-major; empty: one scalar.
    public let shape: [Int]
    /// The weights. Alive as long as this object.
    public let data: UnsafeMutableBufferPointer<Scalar>
    /// The gradient, of the same shape. Alive as long as this object.
    public let gradient: UnsafeMutableBufferPointer<Scalar>

    /// A vector of these values; its gradient is 0.
    public convenience init(_ values: [Scalar]) {
        self.init(zeros: [values.count], values.count)
        _ = data.update(from: values)
    }

    /// A tensor of this shape and these values, row-major; its gradient is 0.
    ///
    /// - Throws: ``Failure`` with ``Failure/Code/argument`` where the count of the values is not the product of the shape.
    public convenience init(_ values: [Scalar], shape: [Int]) throws(Failure) {
        let count = try elements(of: shape)
        if count != values.count { throw .argument("values: \(values.count) elements, the shape has \(count)") }
        self.init(zeros: shape, count)
        _ = data.update(from: values)
    }

    /// A tensor of this shape whose weights and gradient are 0.
    ///
    /// - Throws: ``Failure`` with ``Failure/Code/argument`` for a negative length or a product that overflows.
    public convenience init(shape: [Int]) throws(Failure) { self.init(zeros: shape, try elements(of: shape)) }

    private init(zeros shape: [Int], _ count: Int) {
        self.shape = shape
        data = .allocate(capacity: count)
        gradient = .allocate(capacity: count)
        for buffer in [data, gradient] { UnsafeMutableRawBufferPointer(buffer).initializeMemory(as: UInt8.self, repeating: 0) }
    }

    deinit {
        data.deallocate()
        gradient.deallocate()
    }

    /// How many scalars.
    public var count: Int { data.count }

    /// A copy of the weights.
    public var values: [Scalar] { Array(data) }
}

/// The product of the lengths; 0 where one is 0.
func elements(of shape: [Int]) throws(Failure) -> Int {
    for (i, length) in shape.enumerated() where length < 0 { throw .argument("shape[\(i)] = \(length): expected a length >= 0") }
    if shape.contains(0) { return 0 }
    var count = 1
    for length in shape {
        let product = count.multipliedReportingOverflow(by: length)
        if product.overflow { throw .argument("shape: the number of elements overflows") }
        count = product.partialValue
    }
    return count
}
#endif
