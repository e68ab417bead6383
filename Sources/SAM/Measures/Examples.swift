import CSAM
import CSAMShims

/// Gradients of single examples of a part, one after the other: the host's evaluate_example, or with loss = cross_entropy one row of
/// logit gradients at a time.
final class Examples {
    let objective: Objective
    /// Batch and place of each.
    private(set) var all: [(batch: Int, place: Int)] = []
    let throughLogits: Bool
    var count: Int { all.count }
    private let gradient: Flat
    private var logits: Logits?, logitsOf = -2

    /// Conditions, before the first callback.
    static func check(_ job: Job, logitsAlone: Bool = false) throws(Failure) {
        let host = job.objective.host
        if job.part.classIndex >= 0 { throw .unsupported("class_index = \(job.part.classIndex) with measure \"\(job.name)\": expected -1") }
        if logitsAlone || job.objective.isCrossEntropy { return try job.objective.needLogits(backwards: true) }
        if host.evaluate_example == nil {
            let way: StaticString = host.backpropagate_logits == nil ? "; nor has it backpropagate_logits, through which loss = cross_entropy would do" : "; loss = cross_entropy does, through its logits"
            throw .unsupported("measure \"\(job.name)\" needs the objective's evaluate_example (loss and gradient of one example), and this objective has none\(way)")
        }
        for item in job.part.items { _ = try job.objective.examples(batch: item.batch) }
    }

    init(_ job: Job, throughLogits: Bool = false) throws(Failure) {
        objective = job.objective
        self.throughLogits = throughLogits || job.objective.isCrossEntropy
        gradient = try job.space.vector()
        var total = 0
        for item in job.part.items { total += min(try objective.examples(batch: item.batch), Int.max - total) }
        try secure(total, times: 16, for: "the gradients of examples")
        for item in job.part.items { for i in 0..<(try objective.examples(batch: item.batch)) { all.append((item.batch, i)) } }
    }

    /// `samples` of them at random without repeats, in their order; 0: all.
    func choose(_ samples: Int, _ space: Space) throws(Failure) {
        if samples == 0 || samples >= count { return }
        let order = try Flat(count)
        space.kernels.pointee.random!(Int32(SAM_UNIFORM), space.seed, 6, 1, 0, Int64(count), order.at)
        let limit = (0..<count).map { order[$0] }.sorted()[samples]
        all = all.indices.filter { order[$0] < limit }.map { all[$0] }
    }

    /// Logits of the batch of example i, kept until another batch is asked for.
    func logits(_ i: Int) throws(Failure) -> (all: Logits, place: Int) {
        let (batch, place) = all[i]
        if logitsOf != batch {
            try objective.point.moveBack()
            logits = try objective.logits(batch: batch)
            logitsOf = batch
        }
        return (logits!, place)
    }

    /// The gradient of -log p(label) of example i (label nil: the given one), until the next call.
    func gradient(_ i: Int, label: Int? = nil) throws(Failure) -> Flat {
        let (batch, place) = all[i]
        if !throughLogits {
            _ = try objective.evaluate(Part(items: [(batch, 1)], example: place), into: gradient)
            return gradient
        }
        let found = try logits(i).all, K = found.outputs, rows = try Flat(found.count * K)
        let p = try Flat(Softmax.classes(K))
        Softmax.probabilities(found.row(place), K, objective.space, into: p.at)
        Softmax.slopes(p.at, K, label ?? Int(found.labels[place]))
        (rows.at + place * K).update(from: p.at, count: K)
        objective.space.clear(gradient)
        try objective.backpropagate(batch: batch, rows, times: 1, into: gradient)
        try objective.point.checkFinite(gradient, "the gradient of an example")
        return gradient
    }

    /// Every gradient in turn.
    func each(_ look: (Int, Flat) throws(Failure) -> Void) throws(Failure) {
        for i in 0..<count { try look(i, try gradient(i)) }
    }

    /// All of them at once, as columns, where their inner products are wanted.
    func columns() throws(Failure) -> Basis {
        let columns = try Basis(objective.space, capacity: count)
        for i in 0..<count { columns.append(try gradient(i)) }
        return columns
    }

    /// Mean, and by place the sum of squared deviations: Welford's recurrence. `norms`: |g_i|^2. `look` sees each gradient on the way.
    func moments(_ look: (Flat) -> Void = { _ in }) throws(Failure) -> (mean: Flat, squares: Flat, norms: [Double]) {
        let space = objective.space, mean = try space.vector(), squares = try space.vector()
        var norms: [Double] = []
        for i in 0..<count {
            let g = try gradient(i), m = Double(i + 1)
            norms.append(space.dot(g, g))
            look(g)
            space.walk { _, start, count in
                for k in start..<(start + count) {
                    let before = g[k] - mean[k]
                    mean[k] += before / m
                    squares[k] += before * (g[k] - mean[k])
                }
            }
        }
        return (mean, squares, norms)
    }
}

extension Job {
    /// By tensor: a number from a sum over its places.
    func perTensor(_ number: (Range<Int>) -> Double) -> [Double] { point.tensors.indices.map { number(point.range($0)) } }
}
