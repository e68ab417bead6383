import Foundation
import SAM
import Testing

@Suite struct FrontTests {
    private func problem() throws -> Host<Double> { try Host<Double>(Golden.problem("usual", for: "methods/sam.json")) }

    @Test func wrongNamesSayWhatIsNear() throws {
        let host = try problem()
        #expect(throws: Failure.self) { try Optimizer(host.parameters, method: "smm", base: "sgd") }
        do { _ = try Optimizer(host.parameters, method: "smm", base: "sgd") } catch {
            #expect(error.message.contains("\"smm\"") && error.message.contains("\"sam\""))
        }
        let optimizer = try Optimizer(host.parameters, method: "sam", base: "sgd")
        do { try optimizer.set("rh", 0.1) } catch { #expect(error.message.contains("\"rho\"")) }
        do { try optimizer.set("rho", -0.1) } catch { #expect(error.message.contains("-0.1") && error.message.contains(">= 0")) }
        #expect(throws: Failure.self) { try optimizer.set("rho", .nan) }
        #expect(try optimizer.get("rho") == 0.05)
    }

    /// Weights of 16 bits go where the copy in f32 goes, rounded: a run of floats by the same gradients.
    @Test func weightsOfSixteenBits() throws {
        func run<Scalar: ParameterScalar>(_ rounded: (Float) -> Scalar, _ value: (Scalar) -> Float, master: Double) throws -> [Float] {
            let w = UnsafeMutableBufferPointer<Scalar>.allocate(capacity: 5), g = UnsafeMutableBufferPointer<Float>.allocate(capacity: 5)
            defer { w.deallocate(); g.deallocate() }
            for i in 0..<5 { (w[i], g[i]) = (rounded(Float(i) - 2), 0.001 * Float(i + 1)) }
            let parameters = Parameters()
            try parameters.add("w", shape: [5], data: w, gradient: g)
            let optimizer = try Optimizer(parameters, method: "none", base: "sgd")
            try optimizer.set("master", master)
            try optimizer.set("lr", 0.1)
            for _ in 0..<50 { _ = try optimizer.step { _ in 1.0 } }
            return (0..<5).map { value(w[$0]) }
        }
        let full = try run({ $0 }, { $0 }, master: 0)
        #expect(try run(BFloat16.init, \.float, master: 1) == full.map { BFloat16($0).float })
        #expect(try run(BFloat16.init, \.float, master: 0) != full.map { BFloat16($0).float })
        #if !((os(macOS) || targetEnvironment(macCatalyst)) && arch(x86_64))
        #expect(try run(Float16.init, Float.init, master: 1) == full.map { Float(Float16($0)) })
        #endif
    }

    @Test func anErrorOfTheHostCancelsTheStep() throws {
        struct Stop: Error {}
        let host = try problem()
        let optimizer = try Optimizer(host.parameters, method: "gam", base: "adamw")
        for count in 0..<4 {
            let before = host.w
            var left = count
            #expect(throws: Stop.self) {
                try optimizer.step { ask in
                    if left == 0 { throw Stop() }
                    left -= 1
                    return host.evaluate(optimizer.batchNumber, ask, scale: 1)
                }
            }
            #expect(host.w == before)
        }
        #expect(optimizer.lastMetrics.steps == 0)
    }

    @Test func groupsHaveOptionsOfTheirOwn() throws {
        let parameters = Parameters()
        let w = UnsafeMutableBufferPointer<Double>.allocate(capacity: 4), g = UnsafeMutableBufferPointer<Double>.allocate(capacity: 4)
        defer { w.deallocate(); g.deallocate() }
        w.initialize(repeating: 1)
        g.initialize(repeating: 1)
        let second = try parameters.addGroup("second")
        try parameters.add("a", shape: [2], data: .init(rebasing: w[0..<2]), gradient: .init(rebasing: g[0..<2]))
        try parameters.add("b", shape: [2], data: .init(rebasing: w[2..<4]), gradient: .init(rebasing: g[2..<4]), group: second)
        let optimizer = try Optimizer(parameters, method: "none", base: "sgd")
        try optimizer.set("lr", 0.25, group: second)
        try optimizer.step { _ in 0 }
        #expect(Array(w) == [0.9, 0.9, 0.75, 0.75])
        #expect(throws: Failure.self) { try optimizer.set("clip_norm", 1, group: second) }
    }

    @Test func aResumedRunHasTheSameBits() throws {
        let first = try problem(), second = try problem()
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("libsam-\(ProcessInfo.processInfo.processIdentifier).safetensors").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let straight = try Optimizer(first.parameters, method: "vasso", base: "adamw")
        let resumed = try Optimizer(second.parameters, method: "vasso", base: "adamw")
        try straight.schedule("lr", "cosine", initial: 0.1, final: 0.01, steps: 9, warmup: 2)
        try straight.choose("average", "ema")
        let planned = straight.memoryBytes
        func steps(_ optimizer: Optimizer, _ host: Host<Double>, _ count: Int) throws {
            for _ in 0..<count { try optimizer.step { host.evaluate(optimizer.batchNumber, $0, scale: 1) } }
        }
        try steps(straight, first, 3)
        #expect(straight.memoryBytes == planned)
        try straight.save(to: path)
        for i in first.weights.indices { second.weights[i] = first.weights[i] }
        try resumed.load(from: path)
        try steps(straight, first, 3)
        try steps(resumed, second, 3)
        #expect(first.w == second.w)
        let state = try straight.state()
        #expect(try resumed.state() == state)
        let mean = UnsafeMutableBufferPointer<Double>.allocate(capacity: 24)
        defer { mean.deallocate() }
        try resumed.average(0, into: mean)
        #expect(mean[0].isFinite && mean[0] != first.w[0])
        #expect(throws: Failure.self) { try resumed.restore(Array(state.dropLast())) }
        #expect(throws: Failure.self) { try resumed.average(0, into: .init(rebasing: mean[..<3])) }
        #expect(throws: Failure.self) { try resumed.save(to: "/none/state") }
        try resumed.restore(state)
    }
}
