#if !hasFeature(Embedded)
import CSAM

/// What to evaluate next, at the weights now standing in the buffers. ``evaluate`` is always set.
public struct Ask: OptionSet, Sendable {
    /// The bits of `sam.h`.
    public let rawValue: Int32
    /// A set of these bits.
    public init(rawValue: Int32) { self.rawValue = rawValue }
    /// Loss and gradient.
    public static let evaluate = Ask(rawValue: 1)
    /// The weights are not the iterate: do not update running statistics.
    public static let perturbed = Ask(rawValue: 2)
    /// A further batch, which this step has not seen; without it the batch that ``Optimizer/batchNumber`` names, with the same random draws.
    public static let nextBatch = Ask(rawValue: 4)
    /// The gradient is not needed and not read.
    public static let lossOnly = Ask(rawValue: 8)
    /// The auxiliary objective's loss and gradient.
    public static let auxiliary = Ask(rawValue: 16)
    /// Do not average this gradient over workers.
    public static let local = Ask(rawValue: 32)
}

extension Optimizer {
    /// An optimizer over a set of parameters, which it keeps alive.
    ///
    /// - Parameters:
    ///   - parameters: At least one tensor. From now on no tensor can be added. A set can have several optimizers.
    ///   - method: A name of ``Library/methods``; "none" is the base alone.
    ///   - base: A name of ``Library/bases``; nil for a method that is its own optimizer, and only there.
    ///   - options: Set as by ``set(_:group:)``, in their order.
    /// - Throws: ``Failure``: ``Failure/Code/name`` for an unknown name, ``Failure/Code/argument`` for a base that is missing or too many or a set without
    ///   a tensor, ``Failure/Code/unsupported`` for a method and a base that cannot go together, ``Failure/Code/memory``, and what options throw.
    public convenience init(_ parameters: Parameters, method: String, base: String? = nil, options: Options = [:]) throws(Failure) {
        let parts = try bytes(of: method) { (method) throws(Failure) in
            guard let base else { return try Parts.of(parameters, method: Name(at: method), base: nil) }
            return try bytes(of: base) { (base) throws(Failure) in try Parts.of(parameters, method: Name(at: method), base: Name(at: base)) }
        }
        self.init(parts)
        try set(options)
    }

    /// A whole step. Answers the loss of its first evaluation; NaN for a method that makes none.
    ///
    /// - Parameter evaluate: Writes the gradients (does not add to them) and answers the plain loss, as often as the method asks.
    /// - Throws: What `evaluate` throws: the step is then cancelled, the weights are the iterate. ``Failure``: ``Failure/Code/nonfinite`` for a loss or a
    ///   gradient that is not finite; ``Failure/Code/state`` where another optimizer of the set is in the middle of a step; ``Failure/Code/memory`` at the beginning.
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

    /// Begins a step or delivers the evaluation just made: the loop in the host's own hands, for evaluations that are awaited.
    ///
    /// ```swift
    /// var loss = 0.0
    /// while let ask = try optimizer.advance(loss) { loss = try await evaluate(ask) }
    /// ```
    ///
    /// - Parameter loss: Of the evaluation asked for; ignored by the call that begins a step.
    /// - Returns: What to evaluate next; nil: the step is complete, or was skipped (shared option `nonfinite`).
    /// - Throws: ``Failure`` as ``step(_:)``; it ends the step: the weights are the iterate, and the next call begins anew.
    public func advance(_ loss: Double) throws(Failure) -> Ask? {
        let bits = try inOwnEnvironment { (_) throws(Failure) in try step(loss) }
        return bits > 0 ? Ask(rawValue: bits) : nil
    }

    /// Which batch to evaluate: counts the batches used since creation, from 0; between steps the next one. It moves on even where a step is given up.
    public var batchNumber: Int { Int(batch) }

    /// Where the weights of tensor `index` to evaluate stand now: the host's buffer, or the library's where the shared option `in_place` is 0.
    ///
    /// The library's lives until the next call of ``advance(_:)``, ``step(_:)`` or ``cancel()``.
    ///
    /// - Throws: ``Failure`` with ``Failure/Code/argument`` for an index or a type that is not the tensor's.
    public func point<Scalar: ParameterScalar>(_ index: Int, of type: Scalar.Type = Scalar.self) throws(Failure) -> UnsafeMutableBufferPointer<Scalar> {
        let tensor = try parameters.tensor(index)
        if Scalar.samType != tensor.storage { throw .argument("type of tensor \"\(tensor.name)\": expected \(typeName(tensor.storage))") }
        return UnsafeMutableBufferPointer(start: try point(index).assumingMemoryBound(to: Scalar.self), count: tensor.count)
    }

    /// The most evaluations a step can ask for with the present options, the base's own and accumulate included.
    public var mostEvaluations: Int { evaluations }

    /// What is known of the last completed step.
    public var lastMetrics: Metrics { Metrics(metrics) }
}

/// What is known of the last completed step, from work done anyway. NaN: not known, or before the first step. Norms are Euclidean.
public struct Metrics: Sendable {
    /// Completed steps since creation.
    public let steps: Int
    /// Evaluations the host has delivered since creation, those of accumulate included.
    public let evaluations: Int
    /// Steps given up under nonfinite = "skip".
    public let skipped: Int
    /// Of the step's first evaluation (mean over accumulate), wherever it was made.
    public let loss: Double
    /// Of the last perturbed evaluation; NaN where there was none.
    public let perturbedLoss: Double
    /// Of the gradient at the iterate, over all tensors that took part.
    public let gradientNorm: Double
    /// Of the perturbed weights minus the iterate, of the last perturbation; 0 where there was none.
    public let perturbationNorm: Double
    /// Of the weights after the step minus those before it.
    public let updateNorm: Double
    /// Of the last perturbed evaluation's gradient.
    public let perturbedGradientNorm: Double
    /// Between the gradients at the iterate and at the perturbed weights, -1 to 1.
    public let cosine: Double
    /// Length of what survived of the perturbation when it was rounded to the parameters' type.
    public let effectiveRadius: Double

    init(_ m: sam_metrics) {
        (steps, evaluations, skipped) = (Int(m.steps), Int(m.evaluations), Int(m.skipped))
        (loss, perturbedLoss) = (m.loss, m.perturbed_loss)
        (gradientNorm, perturbationNorm, updateNorm) = (m.gradient_norm, m.perturbation_norm, m.update_norm)
        (perturbedGradientNorm, cosine, effectiveRadius) = (m.perturbed_gradient_norm, m.cosine, m.effective_radius)
    }
}
#endif
