#if !hasFeature(Embedded)
/// Numbers with a shape, row-major.
public struct MeasuredArray: Sendable, Equatable {
    /// All of them.
    public let values: [Double]
    /// The lengths of the axes; empty: a single number.
    public let shape: [Int]
}

/// What a measure found: numbers and arrays by key. A value: it does not depend on the set it was measured over.
///
/// Keys of every report are `value`, `evaluations` (callbacks that ran the model) and among them `loss_evaluations`, `gradient_evaluations`, `products` and
/// `example_evaluations`; `seed`, `seconds`, `converged`, `noise_loss`, `noise_gradient`. What else there can be says the catalogue's text of the measure.
public struct MeasureResult: Sendable {
    /// The measure's name.
    public let measure: String
    /// The keys in the report's order, `value` first.
    public let keys: [String]
    private let found: [String: MeasuredArray]
    private let tensors: [(name: String, shape: [Int], count: Int)]

    init(_ report: Report, _ measure: String, _ parameters: Parameters) {
        var keys: [String] = [], found: [String: MeasuredArray] = [:]
        while let name = report.key(keys.count), let array = try? report.array(name) {
            let key = String(cString: name.bytes), shape = (0..<array.rank).map { Int(array.shape[$0]) }
            keys.append(key)
            found[key] = MeasuredArray(values: Array(UnsafeBufferPointer(start: array.values, count: shape.reduce(1, *))), shape: shape)
        }
        (self.measure, self.keys, self.found) = (measure, keys, found)
        tensors = parameters.tensors.filter { !$0.frozen }.map { (String(cString: $0.name.bytes), $0.shape, $0.count) }
    }

    /// The measure's number; NaN where none was found.
    public var value: Double { self["value"] ?? .nan }
    /// Of the value; nil where it is no estimate.
    public var standardError: Double? { self["standard_error"] }
    /// false: a limit came first; the value still stands.
    public var converged: Bool { self["converged"] == 1 }
    /// Callbacks that ran the model.
    public var evaluations: Int { Int(self["evaluations"] ?? 0) }

    /// A single number; nil: there is none of that name.
    public subscript(key: String) -> Double? { found[key].flatMap { $0.shape.isEmpty ? $0.values[0] : nil } }
    /// An array, or a single number as one without axes; nil: there is none of that name.
    public func array(_ key: String) -> MeasuredArray? { found[key] }
    /// All single numbers by key.
    public var numbers: [String: Double] { found.compactMapValues { $0.shape.isEmpty ? $0.values[0] : nil } }
    /// All arrays by key.
    public var arrays: [String: MeasuredArray] { found.filter { !$0.value.shape.isEmpty } }

    /// An array over the weights (an eigenvector, a perturbation) cut into the tensors' shapes by name, without frozen ones. Of several vectors, with one
    /// more axis in front.
    ///
    /// - Throws: ``Failure``: ``Failure/Code/name`` where there is no array of that name, ``Failure/Code/argument`` for one that is not over the weights.
    public func byTensor(_ key: String) throws(Failure) -> [String: MeasuredArray] {
        guard let whole = found[key] else {
            throw try bytes(of: key) { (wanted) throws(Failure) in .name("key = \"\(Name(at: wanted))\": the report has none of that name") }
        }
        let n = tensors.reduce(0) { $0 + $1.count }
        guard let length = whole.shape.last, length == n else { throw .argument("an array that is not over the weights: expected a last axis of \(n)") }
        let rows = n == 0 ? 0 : whole.values.count / n
        var parts: [String: MeasuredArray] = [:], start = 0
        for tensor in tensors {
            let values = (0..<rows).flatMap { whole.values[($0 * n + start)..<($0 * n + start + tensor.count)] }
            parts[tensor.name] = MeasuredArray(values: values, shape: whole.shape.dropLast() + tensor.shape)
            start += tensor.count
        }
        return parts
    }
}

extension MeasureResult: CustomStringConvertible {
    /// "lambda_max 20.3 ± 0.1, 35 evaluations, not converged".
    public var description: String {
        let error = standardError.map { " ± \($0)" } ?? ""
        return "\(measure) \(value)\(error), \(evaluations) evaluations\(converged ? "" : ", not converged")"
    }
}
#endif
