import CSAM
import CSAMShims

/// What is averaged over: batches with their weights, which add up to 1, of all examples or of one class, or of one example.
struct Part {
    var items: [(batch: Int, weight: Double)]
    var classIndex = -1
    var example = -1
    /// Whether the batches count as one: what is done for each batch is done once for all of them.
    var isOne = false

    /// One of the batches alone.
    func only(_ i: Int) -> Part { Part(items: [(items[i].batch, 1)], classIndex: classIndex, example: example) }
    /// Some of the batches, as if they were one.
    func merged(_ range: Range<Int>) -> Part {
        var total = 0.0
        for i in range { total += items[i].weight }
        return Part(items: range.map { (items[$0].batch, items[$0].weight / total) }, classIndex: classIndex, example: example, isOne: true)
    }
}

/// The host's objective over its parameters: losses, gradients and products, combined over the batches of a part.
final class Objective {
    let measure: Name
    let host: sam_objective
    let point: Point
    let ledger: Ledger
    var space: Space { point.space }
    /// Batches, 0: none.
    var batches: Int { Int(host.batches) }
    var classes: Int { Int(host.classes) }

    /// The gap between two evaluations of the same query at the same weights.
    private(set) var noiseLoss = 0.0, noiseGradient = 0.0
    /// The relative error of a gradient: the type's last digit, or the noise where that is more.
    private(set) var gradientError: Double
    /// Losses are the library's cross-entropy of the host's logits, these normalised by their length (1) or root mean square (2).
    var isCrossEntropy = false, normalization = 0
    /// Rows of constant logits under a normalisation: without gradient.
    var constantLogits = 0
    /// A second data set over the same parameters.
    var other: Objective?
    private var isChecked = false
    private var isFrozen = false

    private let combine: Bool
    /// Of a product: direction and answer in the gradients' types, one pointer a tensor of the set.
    private var direction: Typed?, answer: Typed?

    /// combine: whether batches count by their examples; else all the same.
    init(_ host: sam_objective, of measure: Name, point: Point, ledger: Ledger, combine: Bool) throws(Failure) {
        self.host = host
        self.measure = measure
        self.point = point
        self.ledger = ledger
        self.combine = combine
        gradientError = point.isDouble ? 0x1p-52 : 0x1p-23
        try check()
    }

    private func check() throws(Failure) {
        if host.batches < 0 { throw .argument("batches = \(host.batches): expected a number >= 0") }
        if host.classes < 0 { throw .argument("classes = \(host.classes): expected a number >= 0") }
        if host.examples < 0 { throw .argument("examples = \(host.examples): expected a number >= 0") }
        if host.outputs < 0 { throw .argument("outputs = \(host.outputs): expected a number >= 0") }
        if let examples = host.batch_examples {
            for b in 0..<batches where examples[b] <= 0 { throw .argument("batch_examples[\(b)] = \(examples[b]): expected a number >= 1, no batch is empty") }
        }
        if let weights = host.batch_weights, batches > 0 {
            var any = false
            for b in 0..<batches {
                if !weights[b].isFinite || weights[b] < 0 { throw .argument("batch_weights[\(b)] = \(weights[b]): expected a finite number >= 0") }
                any = any || weights[b] > 0
            }
            if !any { throw .argument("batch_weights: expected one > 0 at the least") }
        }
        if let counts = host.class_examples {
            let count = max(batches, 1).multipliedReportingOverflow(by: classes)
            if count.overflow {
                throw .argument("batches = \(batches) and classes = \(classes) with class_examples: expected a product within the address space")
            }
            for i in 0..<count.partialValue where counts[i] < 0 { throw .argument("class_examples[\(i)] = \(counts[i]): expected a number >= 0") }
        }
    }

    // MARK: parts

    /// The batches of a choice (-1: all) and the class (-1: all) with their weights. No items: the class has no examples there.
    func part(batch: Int = -1, classIndex: Int = -1) throws(Failure) -> Part {
        let chosen = batch < 0 ? 0..<max(batches, 1) : batch..<(batch + 1)
        try secure(chosen.count, of: 192, for: "the batches' weights")
        var items: [(batch: Int, weight: Double)] = [], total = 0.0
        for b in chosen {
            var weight = 1.0
            if combine {
                if batches > 0, let given = host.batch_weights { weight = given[b] } else if batches > 0, let given = host.batch_examples { weight = Double(given[b]) }
            }
            if classIndex >= 0, let counts = host.class_examples {
                let count = Double(counts[b * classes + classIndex])
                if count == 0 { continue }
                if combine { weight *= batches > 0 && host.batch_examples != nil ? count / Double(host.batch_examples[b]) : count }
            }
            if weight == 0 && batch < 0 { continue }
            if batch >= 0 { weight = 1 }
            items.append((batches > 0 ? b : -1, weight))
            total += weight
        }
        return Part(items: items.map { ($0.batch, $0.weight / total) }, classIndex: classIndex)
    }

    // MARK: the beginning and the end

    /// The weights are finite, and the host is in evaluation mode.
    func begin() throws(Failure) {
        for (i, t) in point.tensors.enumerated() {
            for k in point.range(i) where !point.iterate[k].isFinite {
                throw .nonfinite("the weight of \"\(t.name)\" is \(point.iterate[k]) at element \(t.start + k - point.start[i]): expected finite numbers")
            }
        }
        if let freeze = host.freeze {
            try ledger.announce(.nothing)
            isFrozen = true
            try ledger.check(try setFreeze(freeze, 1), "freeze")
        }
    }

    private func setFreeze<Callback>(_ freeze: Callback, _ on: Int64) throws(Failure) -> Int32 {
        var call = hostCall(freeze, Int(SAM_CALL_FLAG), host.context)
        call.number = on
        return try ledger.call(call)
    }

    /// Loss, and where `out` is given the gradient, at the iterate; once in a measure the first query is made twice, for the noise.
    func takeBaseline(_ part: Part, into out: Flat?) throws(Failure) -> Double {
        try point.moveBack()
        if isChecked { return try evaluate(part, into: out) }
        isChecked = true
        var first = part
        first.items = [(part.items[0].batch, 1)]
        let loss = try evaluate(first, into: out), again = out == nil ? nil : try space.vector()
        noiseLoss = abs(try evaluate(first, into: again) - loss)
        if let out, let again {
            space.add(-1, out, to: again)
            noiseGradient = space.norm(again)
            if noiseGradient > 0 { gradientError = max(gradientError, noiseGradient / max(space.norm(out), 1e-300)) }
        }
        return part.items.count == 1 ? loss : try evaluate(part, into: out)
    }

    /// Of the same host about another point: what the other knows of its noise.
    func follow(_ other: Objective) {
        (noiseLoss, noiseGradient, gradientError, isChecked) = (other.noiseLoss, other.noiseGradient, other.gradientError, other.isChecked)
        (isCrossEntropy, normalization) = (other.isCrossEntropy, other.normalization)
    }

    /// The weights are the iterate; the host is out of evaluation mode.
    func end(_ failed: Bool) throws(Failure) {
        var failure: Failure?
        if !failed { do throws(Failure) { try point.leave() } catch { failure = error } }
        point.restore()
        if isFrozen, !ledger.isLeft, let freeze = host.freeze {
            isFrozen = false
            point.note()
            let message = Message(), answer = try setFreeze(freeze, 0)
            do throws(Failure) { try point.leave() } catch {
                failure = failure ?? error
                point.restore()
            }
            if failed || failure != nil { message.putBack() } else { try ledger.check(answer, "freeze") }
        }
        if let failure, !failed { throw failure }
    }

    // MARK: evaluations

    /// Mean loss over the part at the weights standing; where `into` is given also the gradient. Not finite: an error at the iterate
    /// and where `trial` is false, else NaN comes back and is counted.
    func evaluate(_ part: Part, into out: Flat? = nil, trial: Bool = false) throws(Failure) -> Double {
        var total = 0.0
        if let out { space.clear(out) }
        for item in part.items {
            if isCrossEntropy {
                total += item.weight * (try crossEntropy(batch: item.batch, classIndex: part.classIndex, weight: item.weight, into: out))
                continue
            }
            guard let evaluate = host.evaluate else { throw missing("evaluate") }
            var query = sam_query(ask: ask(lossOnly: out == nil), batch: Int64(item.batch), class_index: Int64(part.classIndex), example: Int64(part.example))
            var loss = Double.nan
            let call = part.example >= 0 ? host.evaluate_example ?? evaluate : evaluate
            try ledger.announce(part.example >= 0 ? .example : out == nil ? .loss : .gradient)
            try ledger.check(try self.call(call, &query, &loss), part.example >= 0 ? "evaluate_example" : "evaluate", batch: item.batch)
            if !loss.isFinite {
                if trial && point.isMoved {
                    try ledger.sawNonfinite("the loss", loss)
                    return .nan
                }
                throw .nonfinite("the loss of batch \(item.batch) is \(loss)\(where_)")
            }
            total += item.weight * loss
            if let out { try collect(item.weight, into: out) }
        }
        if let out, !space.dot(out, out).isFinite {
            if trial && point.isMoved {
                try ledger.sawNonfinite("the gradient's norm", .nan)
                return .nan
            }
            try point.checkFinite(out, "the gradient")
        }
        ledger.sawFinite()
        return total
    }

    private var where_: (inout Sentence.Pieces) -> Void {
        { $0.appendLiteral(self.point.isMoved ? " at a trial point: expected a finite number" : " at the weights given: expected a finite number") }
    }

    private func ask(lossOnly: Bool) -> UInt32 {
        UInt32(SAM_EVALUATE | (lossOnly ? SAM_LOSS_ONLY : 0) | (point.isMoved || point.isAway ? SAM_PERTURBED : 0))
    }

    /// out += weight * the gradients standing in the host's buffers.
    func collect(_ weight: Double, into out: Flat) throws(Failure) {
        for (i, t) in point.tensors.enumerated() {
            if let g = try point.gradient(i) { point.add(weight, g, t.gradientType, t.count, to: out.at + point.start[i]) }
        }
    }

    /// The query of a batch, as it is asked now.
    func query(batch: Int, classIndex: Int = -1, example: Int = -1, lossOnly: Bool = true) -> sam_query {
        sam_query(ask: ask(lossOnly: lossOnly), batch: Int64(batch), class_index: Int64(classIndex), example: Int64(example))
    }

    /// Loss at iterate + s v.
    func evaluate(_ part: Part, at v: Flat, times s: Double = 1, into out: Flat? = nil, trial: Bool = false) throws(Failure) -> Double {
        try point.move(v, times: s)
        return try evaluate(part, into: out, trial: trial)
    }

    // MARK: products

    /// The host's product belongs to the host's own loss.
    var hasProduct: Bool { host.hessian_product != nil && !isCrossEntropy }
    var hasGaussNewton: Bool { host.gauss_newton_product != nil }

    /// Memory of products, before the first of them.
    func prepareProducts() throws(Failure) {
        if direction != nil { return }
        direction = try Typed(point)
        answer = try Typed(point)
    }

    /// out = the host's matrix times v, at the weights standing.
    func product(_ part: Part, _ v: Flat, gaussNewton: Bool = false, into out: Flat) throws(Failure) {
        guard let call = gaussNewton ? host.gauss_newton_product : host.hessian_product else {
            throw missing(gaussNewton ? "gauss_newton_product" : "hessian_product")
        }
        try prepareProducts()
        let direction = direction!, answer = answer!
        for (i, t) in point.tensors.enumerated() { point.place(nil, 1, v.at + point.start[i], direction.part(i), t.gradientType, t.count) }
        space.clear(out)
        for item in part.items {
            var query = query(batch: item.batch, classIndex: part.classIndex, example: part.example, lossOnly: false)
            try ledger.announce(.product)
            let code = try self.call(call, &query, direction.pointers, answer.pointers)
            try ledger.check(code, gaussNewton ? "gauss_newton_product" : "hessian_product", batch: item.batch)
            for (i, t) in point.tensors.enumerated() { point.add(item.weight, answer.part(i), t.gradientType, t.count, to: out.at + point.start[i]) }
        }
        try point.checkFinite(out, "a product with the curvature")
    }
}

/// Vectors in the gradients' types, as products take them: one pointer for each tensor of the set, NULL for a frozen one.
final class Typed {
    /// One for each tensor of the set.
    let pointers: UnsafeMutablePointer<UnsafeMutableRawPointer?>
    private let memory: UnsafeMutableRawPointer
    /// Where each part of it begins; the slices of a stack follow each other without gaps.
    private let start: [Int]

    init(_ point: Point) throws(Failure) {
        let list = (max(point.parameters.tensors.count, 1) * MemoryLayout<UnsafeMutableRawPointer?>.size + 63) / 64 * 64
        var start: [Int] = [], bytes = list
        for t in point.tensors {
            start.append(bytes)
            let end = bytes + t.count * byteCount(of: t.gradientType)
            bytes = t.slice < t.slices - 1 ? end : (end + 63) / 64 * 64
        }
        guard let memory = sam_memory_take(bytes + 64) else { throw .memory("no memory for a product: \(bytes) bytes") }
        pointers = memory.bindMemory(to: UnsafeMutableRawPointer?.self, capacity: max(point.parameters.tensors.count, 1))
        for (place, t) in point.parameters.tensors.enumerated() where !t.frozen { pointers[place] = memory + list }
        for (i, t) in point.tensors.enumerated() where t.slice == 0 { pointers[point.places[i]] = memory + start[i] }
        self.memory = memory
        self.start = start
    }

    deinit { sam_memory_give(memory) }

    func part(_ i: Int) -> UnsafeMutableRawPointer { memory + start[i] }
}

/// The thread's message, kept while a callback may leave another.
struct Message {
    private let bytes: [CChar]

    init() {
        let text = Name(at: sam_message_read())
        bytes = (0..<text.count).map { text.bytes[$0] }
    }

    func putBack() {
        sam_message_begin()
        bytes.withUnsafeBufferPointer { if $0.count > 0 { sam_message_text($0.baseAddress!, $0.count) } }
    }
}
