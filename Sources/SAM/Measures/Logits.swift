import CSAM
import CSAMShims

/// What a model says of a batch: logits [count, outputs], row by row, and the labels.
struct Logits {
    let outputs: Int
    let values: Flat
    let labels: [Int64]
    var count: Int { labels.count }
    func row(_ i: Int) -> UnsafeMutablePointer<Double> { values.at + i * outputs }
}

/// Rows of logits: their probabilities and cross-entropies.
enum Softmax {
    /// p = softmax(f); answers log sum exp f. The same bits everywhere.
    @discardableResult
    static func probabilities(_ f: UnsafePointer<Double>, _ outputs: Int, _ space: Space, into p: UnsafeMutablePointer<Double>) -> Double {
        var most = f[0], sum = 0.0
        for k in 1..<max(outputs, 1) { most = max(most, f[k]) }
        for k in 0..<outputs {
            p[k] = space.exponential(f[k] - most)
            sum += p[k]
        }
        for k in 0..<outputs { p[k] /= sum }
        return most + space.logarithm(sum)
    }

    /// A label drawn by its probability, for an example's number: random draw `draw` of a measure.
    static func label(_ p: Flat, draw: Int, example: Int, _ space: Space) -> Int {
        var u = 0.0, label = 0
        space.kernels.pointee.random!(Int32(SAM_UNIFORM), space.seed, 6, UInt32(draw), Int64(example), 1, &u)
        while label < p.count - 1 && u >= p[label] {
            u -= p[label]
            label += 1
        }
        return label
    }

    /// f without its mean, divided by its length (unit) or by its root mean square (rms), in place; the divisor, 0 where the logits are
    /// constant: they are then 0.
    static func normalise(_ f: UnsafeMutablePointer<Double>, _ outputs: Int, isUnit: Bool) -> Double {
        var mean = 0.0, square = 0.0
        for k in 0..<outputs { mean += f[k] / Double(outputs) }
        for k in 0..<outputs {
            f[k] -= mean
            square += f[k] * f[k]
        }
        let size = (isUnit ? square : square / Double(outputs)).squareRoot()
        for k in 0..<outputs { f[k] = size > 1e-10 ? f[k] / size : 0 }
        return size > 1e-10 ? size : 0
    }
}

extension Objective {
    /// Who makes the losses, and what of the host that needs.
    func take(_ common: CommonSettings, _ needs: Needs) throws(Failure) {
        isCrossEntropy = common.isCrossEntropy
        normalization = common.normalizeLogits.int
        if isCrossEntropy { try needLogits(backwards: needs.contains(.gradient)) }
    }

    /// Examples of a batch (-1: everything).
    func examples(batch: Int) throws(Failure) -> Int {
        if batch >= 0, let counts = host.batch_examples { return Int(counts[batch]) }
        let all = Int(host.examples)
        if all > 0 && (batches == 0 || all % batches == 0) { return batches == 0 ? all : all / batches }
        throw missing(batch >= 0 ? "batch_examples" : "examples")
    }

    /// Before the first callback: that the host tells logits, and gets gradients from them where that is wanted.
    func needLogits(backwards: Bool = false) throws(Failure) {
        if host.logits == nil { throw missing("logits") }
        if host.outputs == 0 { throw missing("outputs") }
        if backwards && host.backpropagate_logits == nil { throw missing("backpropagate_logits") }
        for b in batches == 0 ? -1..<0 : 0..<batches { _ = try examples(batch: b) }
    }

    /// One loss for each example of a batch, at the weights standing.
    func exampleLosses(batch: Int) throws(Failure) -> [Double] {
        guard let call = host.example_losses else { throw missing("example_losses") }
        var losses = [Double](repeating: .nan, count: try examples(batch: batch)), query = query(batch: batch)
        try ledger.announce(.loss)
        let code = losses.withUnsafeMutableBufferPointer { losses in ledger.call { call(host.context, &query, losses.baseAddress) } }
        try ledger.check(code, "example_losses", batch: batch)
        for (i, loss) in losses.enumerated() where !loss.isFinite { throw .nonfinite("the loss of example \(i) of batch \(batch) is \(loss): expected a finite number") }
        return losses
    }

    /// At the weights standing.
    func logits(batch: Int) throws(Failure) -> Logits {
        guard let call = host.logits else { throw missing("logits") }
        let count = try examples(batch: batch), outputs = Int(host.outputs), values = try Flat(count * outputs)
        var labels = [Int64](repeating: 0, count: count), query = query(batch: batch)
        try ledger.announce(.loss)
        let code = labels.withUnsafeMutableBufferPointer { labels in ledger.call { call(host.context, &query, values.at, labels.baseAddress) } }
        try ledger.check(code, "logits", batch: batch)
        for i in 0..<(count * outputs) where !values[i].isFinite && !point.isMoved {
            throw .nonfinite("logit \(i % outputs) of example \(i / outputs) of batch \(batch) is \(values[i]): expected finite numbers")
        }
        for i in 0..<count where outputs > 1 && (labels[i] < 0 || labels[i] >= Int64(outputs)) {
            throw .argument("labels[\(i)] = \(labels[i]) of batch \(batch): expected 0 to \(outputs - 1)")
        }
        return Logits(outputs: outputs, values: values, labels: labels)
    }

    /// out += weight times the gradient of the sum of `rows` times the logits.
    func backpropagate(batch: Int, _ rows: Flat, times weight: Double, into out: Flat) throws(Failure) {
        guard let call = host.backpropagate_logits else { throw missing("backpropagate_logits") }
        var query = query(batch: batch, lossOnly: false)
        try ledger.announce(.gradient)
        try ledger.check(ledger.call { call(host.context, &query, UnsafePointer(rows.at)) }, "backpropagate_logits", batch: batch)
        collect(weight, into: out)
    }

    /// The mean cross-entropy of a batch from its logits, normalised as `normalization` says (0: not), and where `out` is given weight times
    /// its gradient added there. With the mean taken out and s the divisor: dL/df = (I - 11'/K)(I - f f')(dL/df~) / s, for rms f f' / K.
    func crossEntropy(batch: Int, classIndex: Int, weight: Double, into out: Flat?) throws(Failure) -> Double {
        let found = try logits(batch: batch), K = found.outputs, p = try Flat(K)
        var loss = 0.0, count = 0.0
        for i in 0..<found.count where classIndex < 0 || Int(found.labels[i]) == classIndex { count += 1 }
        for i in 0..<found.count {
            let f = found.row(i), label = Int(found.labels[i])
            if classIndex >= 0 && label != classIndex {
                for k in 0..<K { f[k] = 0 }
                continue
            }
            let size = normalization == 0 ? 1 : Softmax.normalise(f, K, isUnit: normalization == 1)
            loss += (Softmax.probabilities(f, K, space, into: p.at) - f[label]) / count
            p[label] -= 1
            if size == 0 { constantLogits += 1 }
            if normalization > 0 {
                var along = 0.0, mean = 0.0
                for k in 0..<K { along += f[k] * p[k] / (normalization == 1 ? 1 : Double(K)) }
                for k in 0..<K {
                    p[k] = size > 0 ? (p[k] - f[k] * along) / size : 0
                    mean += p[k] / Double(K)
                }
                for k in 0..<K { p[k] -= mean }
            }
            for k in 0..<K { f[k] = p[k] / count }
        }
        if let out { try backpropagate(batch: batch, found.values, times: weight, into: out) }
        return loss
    }
}
