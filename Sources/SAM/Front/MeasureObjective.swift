#if !hasFeature(Embedded)
import CSAM

/// What a measure asks of a callback: an evaluation at the weights that now stand in the registered buffers.
public struct MeasureQuery: Sendable {
    /// ``Ask/evaluate``; with ``Ask/lossOnly`` the gradient is not needed; with ``Ask/perturbed`` the weights are not the host's own.
    public let ask: Ask
    /// 0 to batches - 1; nil: everything, asked only where ``MeasureObjective/batches`` is 0.
    public let batch: Int?
    /// Only the examples of this class; nil: all.
    public let classIndex: Int?
    /// Only the example at this place of the batch; nil: all.
    public let example: Int?

    init(_ query: sam_query) {
        func place(_ number: Int64) -> Int? { number < 0 ? nil : Int(number) }
        ask = Ask(rawValue: Int32(bitPattern: query.ask))
        (batch, classIndex, example) = (place(query.batch), place(query.class_index), place(query.example))
    }
}

/// What is measured: a loss as the host computes it, over the weights in the buffers of a set. ``Library/measures`` says which members a measure uses.
///
/// Callbacks run on the calling thread, one at a time, in a fixed order. An error that one throws ends the measure, with the weights as they were, and goes
/// on to its caller. They evaluate at the weights standing in the buffers and must not write those.
///
/// Losses are means over the examples asked for, not sums, and gradients and products belong to that mean. The same query at the same weights gives the
/// same bits: no dropout, no running statistics that move (see ``freeze``). Where ``batches`` is 0 every query is for everything; else each names one batch,
/// and the library combines them.
public struct MeasureObjective {
    /// Answers the loss and, unless ``Ask/lossOnly`` is asked, writes all registered gradients (does not add).
    public var evaluate: ((MeasureQuery) throws -> Double)?
    /// Writes the Hessian of the query's loss times a direction: exact and symmetric. nil: differences of gradients in its place.
    public var hessianProduct: ((MeasureQuery, _ direction: TensorVector, _ product: MutableTensorVector) throws -> Void)?
    /// The same with the Gauss-Newton matrix: J' (second derivative of the loss in the outputs) J.
    public var gaussNewtonProduct: ((MeasureQuery, _ direction: TensorVector, _ product: MutableTensorVector) throws -> Void)?
    /// Called before every other callback with the fraction done, 0 to 1, never falling, and a word; `true` cancels: ``Failure/Code/cancelled``.
    public var progress: ((_ fraction: Double, _ stage: String) throws -> Bool)?
    /// Writes one loss for each example of the batch.
    public var exampleLosses: ((MeasureQuery, _ losses: UnsafeMutableBufferPointer<Double>) throws -> Void)?
    /// As `evaluate`, for the query's example alone; `hessianProduct` then honours it too.
    public var evaluateExample: ((MeasureQuery) throws -> Double)?
    /// Writes logits, [examples of the batch][outputs], and their labels, 0 to outputs - 1.
    public var logits: ((MeasureQuery, _ logits: UnsafeMutableBufferPointer<Double>, _ labels: UnsafeMutableBufferPointer<Int64>) throws -> Void)?
    /// Writes the gradients of the sum of `slopes` times logits, [examples of the batch][outputs], not divided by the examples.
    public var backpropagateLogits: ((MeasureQuery, _ slopes: UnsafeBufferPointer<Double>) throws -> Void)?
    /// Evaluation mode on before the first callback, as before behind the last, also after an error.
    public var freeze: ((_ on: Bool) throws -> Void)?
    /// Makes running statistics anew, at the weights standing (setting `refresh`).
    public var refresh: (() throws -> Void)?
    /// The sum of the outputs on an input of ones.
    public var forwardOnes: (() throws -> Double)?
    /// Trains on so many examples from that seed and answers the training error.
    public var train: ((_ examples: Int, _ seed: UInt64) throws -> Double)?

    /// How many batches; 0: as many as ``batchExamples`` or ``batchWeights`` has.
    public var batches = 0
    /// How many classes; 0: as many as a row of ``classExamples`` has.
    public var classes = 0
    /// All examples; 0: the sum of ``batchExamples``.
    public var examples = 0
    /// Logits of an example.
    public var outputs = 0
    /// By batch, all > 0. Empty: not told.
    public var batchExamples: [Int] = []
    /// By batch, >= 0, not all 0. Empty: ``batchExamples``, and without those all the same.
    public var batchWeights: [Double] = []
    /// [max(batches, 1)][classes]; a pair with 0 examples is never asked. Empty: not told.
    public var classExamples: [[Int]] = []

    /// An objective of losses and gradients alone, to which members can be added. nil: for measures that need none.
    public init(evaluate: ((MeasureQuery) throws -> Double)? = nil) { self.evaluate = evaluate }
}

/// A vector over the weights, for the time of a callback: a buffer for each tensor of the set, in its gradient's type and its shape.
public struct TensorVector {
    let parameters: Parameters
    let starts: UnsafePointer<UnsafeRawPointer?>

    /// Tensors of the set.
    public var count: Int { parameters.count }

    /// The elements of tensor `index`; none of a frozen tensor.
    ///
    /// - Throws: ``Failure`` with ``Failure/Code/argument`` for an index that is none or another type than the gradient's.
    public func buffer<Scalar: ParameterScalar>(_ index: Int, of type: Scalar.Type = Scalar.self) throws(Failure) -> UnsafeBufferPointer<Scalar> {
        let tensor = try parameters.tensor(index, gradientOf: type)
        return UnsafeBufferPointer(start: starts[index]?.assumingMemoryBound(to: Scalar.self), count: starts[index] == nil ? 0 : tensor.count)
    }
}

/// The same to be written, every element.
public struct MutableTensorVector {
    let parameters: Parameters
    let starts: UnsafePointer<UnsafeMutableRawPointer?>

    /// Tensors of the set.
    public var count: Int { parameters.count }

    /// The elements of tensor `index`; none of a frozen tensor.
    ///
    /// - Throws: ``Failure`` with ``Failure/Code/argument`` for an index that is none or another type than the gradient's.
    public func buffer<Scalar: ParameterScalar>(_ index: Int, of type: Scalar.Type = Scalar.self) throws(Failure) -> UnsafeMutableBufferPointer<Scalar> {
        let tensor = try parameters.tensor(index, gradientOf: type)
        return UnsafeMutableBufferPointer(start: starts[index]?.assumingMemoryBound(to: Scalar.self), count: starts[index] == nil ? 0 : tensor.count)
    }
}

extension Parameters {
    fileprivate func tensor<Scalar: ParameterScalar>(_ index: Int, gradientOf type: Scalar.Type) throws(Failure) -> Tensor {
        let tensor = try tensor(index)
        if !tensor.frozen && type.samType != tensor.gradientType {
            throw .argument("type of the gradient of \"\(tensor.name)\": expected \(typeName(tensor.gradientType))")
        }
        return tensor
    }
}
#endif
