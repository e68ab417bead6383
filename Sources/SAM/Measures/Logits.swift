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
    /// Labels there can be: of one output f, whose logits are 0 and f, two.
    static func classes(_ outputs: Int) -> Int { max(outputs, 2) }

    /// p = softmax(f), of `classes` numbers; answers log sum exp f. The same bits everywhere.
    @discardableResult
    static func probabilities(_ f: UnsafePointer<Double>, _ outputs: Int, _ space: Space, into p: UnsafeMutablePointer<Double>) -> Double {
        if outputs == 1 {
            let small = space.exponential(-abs(f[0])), sum = 1 + small
            (p[0], p[1]) = f[0] < 0 ? (1 / sum, small / sum) : (small / sum, 1 / sum)
            return max(f[0], 0) + space.logarithm(sum)
        }
        var most = f[0], sum = 0.0
        for k in 1..<max(outputs, 1) { most = max(most, f[k]) }
        for k in 0..<outputs {
            p[k] = space.exponential(f[k] - most)
            sum += p[k]
        }
        for k in 0..<outputs { p[k] /= sum }
        return most + space.logarithm(sum)
    }

    /// The logit of a label: of one output f those are 0 and f.
    static func logit(_ f: UnsafePointer<Double>, _ outputs: Int, _ label: Int) -> Double { outputs == 1 ? (label == 0 ? 0 : f[0]) : f[label] }

    /// The slopes of -log p(label) in the logits, [outputs], from the probabilities, in their place.
    static func slopes(_ p: UnsafeMutablePointer<Double>, _ outputs: Int, _ label: Int) {
        p[label] -= 1
        if outputs == 1 { p[0] = p[1] }
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
        if normalization > 0 && host.outputs == 1 {
            throw .unsupported("normalize_logits with outputs = 1: of one logit f, whose classes have the logits 0 and f, only the sign would be left; expected normalize_logits = none, or two outputs and more")
        }
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
        _ = try examples(batch: batches == 0 ? -1 : 0)      // either all batches tell their examples, or all have as many
    }

    /// One loss for each example of a batch, at the weights standing.
    func exampleLosses(batch: Int) throws(Failure) -> [Double] {
        guard let call = host.example_losses else { throw missing("example_losses") }
        let count = try examples(batch: batch)
        try secure(count, times: 4, for: "the losses of examples")
        let losses = try Flat(count)
        var query = query(batch: batch)
        for i in 0..<count { losses[i] = .nan }
        try ledger.announce(.loss)
        try ledger.check(try self.call(call, &query, losses.at), "example_losses", batch: batch)
        for i in 0..<count where !losses[i].isFinite {
            throw .nonfinite("the loss of example \(i) of batch \(batch) is \(losses[i]): expected a finite number")
        }
        return (0..<count).map { losses[$0] }
    }

    /// At the weights standing. anyLabel: with one output labels may be other numbers than 0 and 1; nothing is looked up by them then.
    func logits(batch: Int, anyLabel: Bool = false) throws(Failure) -> Logits {
        guard let call = host.logits else { throw missing("logits") }
        let count = try examples(batch: batch), outputs = Int(host.outputs)
        try secure(count, times: 4, for: "the labels of examples")
        let values = try Flat(bytes(count, times: outputs, of: 1)), known = try Flat(count)
        let labels = UnsafeMutableRawPointer(known.at).bindMemory(to: Int64.self, capacity: max(count, 1))
        var query = query(batch: batch)
        try ledger.announce(.loss)
        try ledger.check(try self.call(call, &query, values.at, labels), "logits", batch: batch)
        for i in 0..<(count * outputs) where !values[i].isFinite && !point.isMoved {
            throw .nonfinite("logit \(i % outputs) of example \(i / outputs) of batch \(batch) is \(values[i]): expected finite numbers")
        }
        let most = Int64(max(outputs, 2))
        for i in 0..<count where !(anyLabel && outputs == 1) && (labels[i] < 0 || labels[i] >= most) {
            throw .argument("labels[\(i)] = \(labels[i]) of batch \(batch): expected 0 to \(most - 1), the classes of outputs = \(outputs)\(outputs == 1 ? " (one logit is that of class 1 against class 0)" : "")")
        }
        return Logits(outputs: outputs, values: values, labels: (0..<count).map { labels[$0] })
    }

    /// out += weight times the gradient of the sum of `rows` times the logits.
    func backpropagate(batch: Int, _ rows: Flat, times weight: Double, into out: Flat) throws(Failure) {
        guard let call = host.backpropagate_logits else { throw missing("backpropagate_logits") }
        var query = query(batch: batch, lossOnly: false)
        try ledger.announce(.gradient)
        try ledger.check(try self.call(call, &query, rows.at), "backpropagate_logits", batch: batch)
        try collect(weight, into: out)
    }

    /// The mean cross-entropy of a batch from its logits, normalised as `normalization` says (0: not), and where `out` is given weight times
    /// its gradient added there. With the mean taken out and s the divisor: dL/df = (I - 11'/K)(I - f f')(dL/df~) / s, for rms f f' / K.
    func crossEntropy(batch: Int, classIndex: Int, weight: Double, into out: Flat?) throws(Failure) -> Double {
        let found = try logits(batch: batch), K = found.outputs, p = try Flat(Softmax.classes(K))
        var loss = 0.0, count = 0.0
        for i in 0..<found.count where classIndex < 0 || Int(found.labels[i]) == classIndex { count += 1 }
        for i in 0..<found.count {
            let f = found.row(i), label = Int(found.labels[i])
            if classIndex >= 0 && label != classIndex {
                for k in 0..<K { f[k] = 0 }
                continue
            }
            let size = normalization == 0 ? 1 : Softmax.normalise(f, K, isUnit: normalization == 1)
            loss += (Softmax.probabilities(f, K, space, into: p.at) - Softmax.logit(f, K, label)) / count
            Softmax.slopes(p.at, K, label)
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
