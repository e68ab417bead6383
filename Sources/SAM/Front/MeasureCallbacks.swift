#if !hasFeature(Embedded)
import CSAM

/// The first error of the host in a measure.
final class FirstError { var error: (any Error)? }

/// An objective as the engine takes it: the struct of sam.h over the host's closures. It must live as long as the struct is used.
final class MeasureCallbacks {
    private let host: MeasureObjective
    private let parameters: Parameters
    private let first: FirstError
    private let batchExamples: UnsafeMutableBufferPointer<Int64>, batchWeights: UnsafeMutableBufferPointer<Double>
    private let classExamples: UnsafeMutableBufferPointer<Int64>
    private(set) var raw = sam_objective()

    init(_ host: MeasureObjective, _ parameters: Parameters, _ first: FirstError) throws(Failure) {
        func copy<In, Out>(_ list: [In], _ convert: (In) -> Out) -> UnsafeMutableBufferPointer<Out> {
            let made = UnsafeMutableBufferPointer<Out>.allocate(capacity: list.count)
            _ = made.initialize(from: list.map(convert))
            return made
        }
        (self.host, self.parameters, self.first) = (host, parameters, first)
        batchExamples = copy(host.batchExamples) { Int64($0) }
        batchWeights = copy(host.batchWeights) { $0 }
        classExamples = copy(host.classExamples.flatMap { $0 }) { Int64($0) }
        try count()
        offer()
    }

    deinit {
        batchExamples.deallocate()
        batchWeights.deallocate()
        classExamples.deallocate()
    }

    private func count() throws(Failure) {
        raw.struct_size = MemoryLayout<sam_objective>.size
        raw.context = Unmanaged.passUnretained(self).toOpaque()
        let batches = host.batches != 0 ? host.batches : max(batchExamples.count, batchWeights.count), rows = max(batches, 1)
        let classes = host.classes != 0 ? host.classes : host.classExamples.first?.count ?? 0
        func fits(_ what: StaticString, _ found: Int, _ wanted: Int) throws(Failure) {
            if found != 0 && found != wanted { throw .argument("\(what) of \(found) elements: expected \(wanted)") }
        }
        try fits("batchExamples", batchExamples.count, batches)
        try fits("batchWeights", batchWeights.count, batches)
        try fits("classExamples", host.classExamples.count, rows)
        for row in host.classExamples where row.count != classes { throw .argument("a row of classExamples of \(row.count) elements: expected \(classes)") }
        (raw.batches, raw.classes, raw.outputs) = (Int64(batches), Int64(classes), Int64(host.outputs))
        raw.examples = host.examples != 0 ? Int64(host.examples) : batchExamples.reduce(0) { $0 &+ $1 }
        if !batchExamples.isEmpty { raw.batch_examples = UnsafePointer(batchExamples.baseAddress) }
        if !batchWeights.isEmpty { raw.batch_weights = UnsafePointer(batchWeights.baseAddress) }
        if !classExamples.isEmpty { raw.class_examples = UnsafePointer(classExamples.baseAddress) }
    }

    /// Examples that a query of logits or example losses is for: what the engine has room for.
    private func examples(_ query: MeasureQuery) -> Int {
        let rows = max(Int(raw.batches), 1)
        if let index = query.classIndex, let counts = raw.class_examples { return Int(counts[(query.batch ?? 0) * Int(raw.classes) + index]) }
        if let batch = query.batch, let counts = raw.batch_examples { return Int(counts[batch]) }
        return query.batch == nil || Int(raw.examples) % rows != 0 ? Int(raw.examples) : Int(raw.examples) / rows
    }

    private static func guarded(_ context: UnsafeMutableRawPointer?, _ body: (MeasureCallbacks) throws -> Void) -> Int32 {
        let callbacks = Unmanaged<MeasureCallbacks>.fromOpaque(context!).takeUnretainedValue()
        do {
            try body(callbacks)
            return 0
        } catch {
            callbacks.first.error = callbacks.first.error ?? error
            return 1
        }
    }

    private typealias Product = (MeasureQuery, TensorVector, MutableTensorVector) throws -> Void

    private static func multiply(_ context: UnsafeMutableRawPointer?, _ query: UnsafePointer<sam_query>?, _ direction: UnsafePointer<UnsafeRawPointer?>?,
                                 _ product: UnsafePointer<UnsafeMutableRawPointer?>?, _ call: (MeasureObjective) -> Product?) -> Int32 {
        guarded(context) {
            let v = TensorVector(parameters: $0.parameters, starts: direction!), Hv = MutableTensorVector(parameters: $0.parameters, starts: product!)
            try call($0.host)!(MeasureQuery(query!.pointee), v, Hv)
        }
    }

    /// The callbacks that the host has.
    private func offer() {
        if host.evaluate != nil {
            raw.evaluate = { c, query, loss in MeasureCallbacks.guarded(c) { loss!.pointee = try $0.host.evaluate!(MeasureQuery(query!.pointee)) } }
        }
        if host.hessianProduct != nil { raw.hessian_product = { MeasureCallbacks.multiply($0, $1, $2, $3) { $0.hessianProduct } } }
        if host.gaussNewtonProduct != nil { raw.gauss_newton_product = { MeasureCallbacks.multiply($0, $1, $2, $3) { $0.gaussNewtonProduct } } }
        if host.progress != nil {
            raw.progress = { c, fraction, stage in
                var stop = false
                let failed = MeasureCallbacks.guarded(c) { stop = try $0.host.progress!(fraction, String(cString: stage!)) }
                return failed != 0 || stop ? 1 : 0
            }
        }
        if host.exampleLosses != nil {
            raw.example_losses = { c, query, losses in
                MeasureCallbacks.guarded(c) {
                    let query = MeasureQuery(query!.pointee)
                    try $0.host.exampleLosses!(query, UnsafeMutableBufferPointer(start: losses, count: $0.examples(query)))
                }
            }
        }
        if host.evaluateExample != nil {
            raw.evaluate_example = { c, query, loss in MeasureCallbacks.guarded(c) { loss!.pointee = try $0.host.evaluateExample!(MeasureQuery(query!.pointee)) } }
        }
        if host.logits != nil {
            raw.logits = { c, query, logits, labels in
                MeasureCallbacks.guarded(c) {
                    let query = MeasureQuery(query!.pointee), count = $0.examples(query)
                    try $0.host.logits!(query, UnsafeMutableBufferPointer(start: logits, count: count * $0.host.outputs),
                                        UnsafeMutableBufferPointer(start: labels, count: count))
                }
            }
        }
        if host.backpropagateLogits != nil {
            raw.backpropagate_logits = { c, query, slopes in
                MeasureCallbacks.guarded(c) {
                    let query = MeasureQuery(query!.pointee)
                    try $0.host.backpropagateLogits!(query, UnsafeBufferPointer(start: slopes, count: $0.examples(query) * $0.host.outputs))
                }
            }
        }
        if host.freeze != nil { raw.freeze = { c, on in MeasureCallbacks.guarded(c) { try $0.host.freeze!(on != 0) } } }
        if host.refresh != nil { raw.refresh = { c in MeasureCallbacks.guarded(c) { try $0.host.refresh!() } } }
        if host.forwardOnes != nil { raw.forward_ones = { c, sum in MeasureCallbacks.guarded(c) { sum!.pointee = try $0.host.forwardOnes!() } } }
        if host.train != nil {
            raw.train = { c, examples, seed, error in MeasureCallbacks.guarded(c) { error!.pointee = try $0.host.train!(Int(examples), seed) } }
        }
    }
}
#endif
