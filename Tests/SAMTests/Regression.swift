import Foundation
import SAM

/// Least squares over five examples in two batches of three and two, with every callback of an objective; beside it a frozen tensor.
/// loss = mean of (x'w - y)^2 / 2. As a classifier of two outputs: logits x'w and 0.
final class Regression {
    struct WrongCount: Error {}
    let x: [[Double]] = [[1, 0.5], [-0.5, 2], [1.5, -1], [0.25, 0.75], [-1, -1.25]], y = [1, -0.5, 2, 0.25, -1], labels: [Int64] = [0, 1, 1, 0, 1]
    let w = TensorStorage<Double>([0.3, -0.2]), frozen = TensorStorage<Double>([7, 8, 9]), parameters = Parameters()
    var factor = 1.0                                       // of products that are said to be the Hessian's
    var queries: [MeasureQuery] = [], products = 0, frozenOn: [Bool] = [], refreshed = 0, fractions: [Double] = []

    init() throws {
        try parameters.add("frozen", data: frozen.data, gradient: nil as UnsafeMutableBufferPointer<Double>?)
        try parameters.add("w", w)
    }

    func rows(_ query: MeasureQuery) -> [Int] {
        let batch = query.batch.map { $0 == 0 ? Array(0..<3) : Array(3..<5) } ?? Array(0..<5)
        if let example = query.example { return [batch[example]] }
        return batch.filter { query.classIndex == nil || labels[$0] == Int64(query.classIndex!) }
    }

    func output(_ i: Int) -> Double { x[i][0] * w.data[0] + x[i][1] * w.data[1] }
    func loss(_ i: Int) -> Double { (output(i) - y[i]) * (output(i) - y[i]) / 2 }
    func gradient(_ i: Int) -> [Double] { x[i].map { (output(i) - y[i]) * $0 } }
    func mean(_ rows: [Int], _ number: (Int) -> Double) -> Double { rows.reduce(0) { $0 + number($1) } / Double(rows.count) }
    func hessian(_ rows: [Int], _ a: Int, _ b: Int) -> Double { mean(rows) { x[$0][a] * x[$0][b] } }

    func evaluate(_ query: MeasureQuery) -> Double {
        queries.append(query)
        let rows = rows(query)
        if !query.ask.contains(.lossOnly) { for k in 0..<2 { w.gradient[k] = mean(rows) { gradient($0)[k] } } }
        return mean(rows, loss)
    }

    private func multiply(_ query: MeasureQuery, _ v: TensorVector, _ product: MutableTensorVector, _ factor: Double) throws {
        let v = try v.buffer(1, of: Double.self), out = try product.buffer(1, of: Double.self), rows = rows(query)
        products += 1
        for a in 0..<2 { out[a] = factor * (hessian(rows, a, 0) * v[0] + hessian(rows, a, 1) * v[1]) }
    }

    /// Every member but progress.
    var objective: MeasureObjective {
        var o = MeasureObjective(evaluate: evaluate)
        o.hessianProduct = { [unowned self] in try multiply($0, $1, $2, factor) }
        o.gaussNewtonProduct = { [unowned self] in try multiply($0, $1, $2, 2) }
        o.exampleLosses = { [unowned self] query, losses in
            let rows = rows(query)
            if losses.count != rows.count { throw WrongCount() }
            for (k, i) in rows.enumerated() { losses[k] = loss(i) }
        }
        o.evaluateExample = evaluate
        o.logits = { [unowned self] query, logits, labels in
            let rows = rows(query)
            if logits.count != 2 * rows.count || labels.count != rows.count { throw WrongCount() }
            for (k, i) in rows.enumerated() { (logits[2 * k], logits[2 * k + 1], labels[k]) = (output(i), 0, self.labels[i]) }
        }
        o.backpropagateLogits = { [unowned self] query, slopes in
            let rows = rows(query)
            if slopes.count != 2 * rows.count { throw WrongCount() }
            for a in 0..<2 { w.gradient[a] = rows.indices.reduce(0) { $0 + slopes[2 * $1] * x[rows[$1]][a] } }
        }
        o.freeze = { [unowned self] in frozenOn.append($0) }
        o.refresh = { [unowned self] in refreshed += 1 }
        o.forwardOnes = { [unowned self] in w.data[0] + w.data[1] }
        o.train = { examples, _ in examples > 5 ? 1 : 0 }
        (o.examples, o.outputs) = (5, 2)
        return o
    }

    /// The same in batches.
    var batched: MeasureObjective {
        var o = objective
        (o.examples, o.batchExamples, o.classExamples) = (0, [3, 2], [[1, 2], [1, 1]])
        return o
    }
}
