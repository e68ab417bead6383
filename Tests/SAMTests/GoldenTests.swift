import SAM
import Testing

@Suite struct GoldenTests {
    static let folders = ["methods", "bases", "shared", "own", "torch"]
    /// Where rounding the inputs alone does more than 1e-4 in f32.
    static let rough: Set<String> = ["zo", "zo_recursive", "zo_sam", "sassha", "msassha"]

    @Test(arguments: folders.flatMap { Golden.files($0) })
    func trajectory(_ file: String) throws {
        for one in try Golden.cases(file) {
            try run(one, file, Double.self, tolerance: 1e-10)
            try run(one, file, Float.self, tolerance: GoldenTests.rough.contains(one.method) ? 3e-3 : 1e-4)
        }
    }

    @Test func everyNameHasAFile() {
        let files = GoldenTests.folders.flatMap { Golden.files($0) }
        for name in Library.methods.map(\.name) { #expect(files.contains("methods/\(name).json"), "no golden file for method \(name)") }
        for name in Library.bases.map(\.name) { #expect(files.contains("bases/\(name).json"), "no golden file for base \(name)") }
    }

    private func run<Scalar: ParameterScalar & BinaryFloatingPoint>(_ one: Golden.Case, _ file: String, _ type: Scalar.Type,
                                                                    tolerance: Double) throws {
        let host = try Host<Scalar>(Golden.problem(one.layout, for: file))
        let optimizer = try Optimizer(host.parameters, method: one.method, base: one.base)
        var scale = 1.0
        for (prefixes, options) in [(["method.", "shared."], one.options), (["base."], one.base_options ?? [:])] {
            for (name, value) in options {
                try set(optimizer, prefixes, name, value)
                if name == "gradient_scale", case .number(let number) = value { scale = number }
            }
        }
        for (i, row) in one.steps.enumerated() {
            var asks: [Int32] = [], batches: [Int] = []
            let loss = try optimizer.step { ask in
                asks.append(ask.rawValue)
                batches.append(optimizer.batchNumber)
                return host.evaluate(optimizer.batchNumber, ask, scale: scale)
            }
            let place: Comment = "\(file): \(one.method) \(one.options), step \(i + 1), \(Scalar.self)"
            #expect(asks == row.ask, place)
            #expect(batches == row.batch, place)
            let first = one.options["accumulate"] == nil ? loss : optimizer.lastMetrics.loss
            #expect(abs(first - row.loss) <= tolerance * max(1, abs(row.loss)), place)
            if let w = row.w {
                let size = max(1, w.map(abs).max()!)
                let off = zip(host.w, w).map { abs($0 - $1) }.max()!
                #expect(off <= tolerance * size, "\(place): off by \(off)")
                if !(off <= tolerance * size) { return }
            }
        }
    }

    private func set(_ optimizer: Optimizer, _ prefixes: [String], _ name: String, _ value: Golden.Value) throws {
        var failure: Error?
        for prefix in prefixes {
            do {
                switch value {
                case .number(let number): try optimizer.set(prefix + name, number)
                case .choice(let choice): try optimizer.choose(prefix + name, choice)
                }
                return
            } catch {
                failure = error
            }
        }
        throw failure!
    }
}
