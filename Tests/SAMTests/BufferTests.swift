import SAM
import Testing

/// Buffers: whose they are, how long they live, what does not fit.
@Suite struct BufferTests {
    private func code(_ body: () throws -> Void) -> Failure.Code? { #expect(throws: Failure.self, performing: body)?.code }

    @Test func theSetKeepsStorage() throws {
        weak var seen: TensorStorage<Float>?
        var optimizer: Optimizer?
        do {
            let parameters = Parameters(), w = TensorStorage<Float>([1, 2, 3])
            seen = w
            try parameters.add("w", w)
            optimizer = try Optimizer(parameters, method: "sam", base: "sgd", options: ["lr": 1])
        }
        #expect(seen != nil)
        try optimizer!.step { _ in
            seen?.gradient.update(repeating: 1)
            return 0
        }
        #expect(seen?.values == [0, 1, 2])
        optimizer = nil
        #expect(seen == nil)
    }

    @Test func shapes() throws {
        let w = try TensorStorage<Double>(shape: [2, 3]), scalar = try TensorStorage([5.0], shape: []), none = try TensorStorage<Float>(shape: [0, 4])
        #expect(w.values == [0, 0, 0, 0, 0, 0] && Array(w.gradient) == w.values && w.count == 6 && scalar.count == 1 && none.count == 0)
        let vector = TensorStorage<Float>([3, 4])
        #expect(vector.shape == [2] && vector.values == [3, 4] && Array(vector.gradient) == [0, 0])
        #expect(code { _ = try TensorStorage([1.0, 2], shape: [3]) } == .argument)
        #expect(code { _ = try TensorStorage<Float>(shape: [-1]) } == .argument)
        #expect(code { _ = try TensorStorage<Float>(shape: [Int.max, 2]) } == .argument)
        let parameters = Parameters()
        #expect(try parameters.add("w", w) == 0 && parameters.add("scalar", scalar) == 1 && parameters.add("none", none) == 2)
        #expect(parameters.count == 3 && parameters.scalarCount == 7)
        #expect(code { try parameters.add("w", try TensorStorage<Double>(shape: [1])) } == .argument)
        #expect(code { try parameters.add("again", w) } == .argument)
        #expect(code { try parameters.add("x", shape: [5], data: w.data, gradient: w.gradient) } == .argument)
        #expect(code { try parameters.add("x", shape: [-6], data: w.data, gradient: w.gradient) } == .argument)
        #expect(code { try parameters.add("x", shape: [1], data: scalar.data, gradient: w.gradient) } == .argument)
        #expect(code { try parameters.add("y", TensorStorage<Double>([1]), group: 1) } == .argument)
        let optimizer = try Optimizer(parameters, method: "none", base: "sgd")
        #expect(optimizer.parameters === parameters)
        #expect(code { try parameters.add("late", TensorStorage<Double>([1])) } == .state)
        #expect(code { try parameters.addGroup("late") } == .state)
    }

    @Test func anArrayForTheTimeOfACall() throws {
        var weights = [1.0, -1], slopes = [0.0, 0]
        try weights.withUnsafeMutableBufferPointer { w in
            try slopes.withUnsafeMutableBufferPointer { g in
                let parameters = Parameters()
                try parameters.add("w", data: w, gradient: g)
                try Optimizer(parameters, method: "none", base: "sgd", options: ["lr": 0.5]).step { _ in
                    for i in 0..<2 { g[i] = w[i] }
                    return 0
                }
            }
        }
        #expect(weights == [0.5, -0.5])
    }

    @Test func stackedAxes() throws {
        func train(_ slices: Int) throws -> [Double] {
            let values = (0..<24).map { Double($0 * 7 % 11) - 5 }, parameters = Parameters()
            let tensors = try (0..<(slices)).map { i in
                try TensorStorage(Array(values[(24 / slices * i)..<(24 / slices * (i + 1))]), shape: slices == 1 ? [2, 3, 4] : [3, 4])
            }
            for (i, tensor) in tensors.enumerated() { try parameters.add("w\(i)", tensor, stackedAxes: slices == 1 ? 1 : 0) }
            let optimizer = try Optimizer(parameters, method: "sam_filterwise", base: "muon")
            for _ in 0..<3 {
                try optimizer.step { _ in
                    for tensor in tensors { for i in 0..<tensor.count { tensor.gradient[i] = tensor.data[i] - 1 } }
                    return 1
                }
            }
            return tensors.flatMap { $0.values }
        }
        #expect(try train(1) == train(2))
        let w = TensorStorage<Double>([1, 2])
        #expect(code { try Parameters().add("w", w, stackedAxes: 2) } == .argument)
        #expect(code { try Parameters().add("w", w, stackedAxes: -1) } == .argument)
    }

    @Test func aGradientThatComesLater() throws {
        let w = TensorStorage<Double>([1, 2]), parameters = Parameters(), frozen = Parameters()
        try frozen.add("w", data: w.data, gradient: nil as UnsafeMutableBufferPointer<Double>?)
        #expect(code { _ = try Optimizer(frozen, method: "sam", base: "sgd") } == .argument)
        try parameters.add("w", data: w.data, gradient: nil as UnsafeMutableBufferPointer<Double>?, trained: true)
        let optimizer = try Optimizer(parameters, method: "none", base: "sgd", options: ["lr": 1])
        #expect(code { try optimizer.step { _ in 0 } } == .state)
        #expect(w.values == [1, 2])
        try optimizer.step { _ in
            try parameters.bind(0, gradient: w.gradient)
            w.gradient.update(repeating: 0.5)
            return 0
        }
        #expect(w.values == [0.5, 1.5])
    }

    @Test func boundAnew() throws {
        let parameters = Parameters(), first = TensorStorage<Float>([1]), second = TensorStorage<Float>([2]), long = TensorStorage<Float>([1, 2])
        let frozen = TensorStorage<Double>([4]), slope = TensorStorage<Double>([0])
        try parameters.add("w", data: first.data, gradient: slope.gradient)
        try parameters.add("frozen", data: frozen.data, gradient: nil as UnsafeMutableBufferPointer<Double>?)
        let optimizer = try Optimizer(parameters, method: "none", base: "sgd", options: ["lr": 1])
        func step() throws { try optimizer.step { _ in slope.gradient[0] = 0.5; return 0 } }
        try step()
        try parameters.bind(0, data: second.data)
        try step()
        #expect(first.values == [0.5] && second.values == [1.5])
        try parameters.removeGradient(0)
        try step()
        #expect(second.values == [1.5])
        try parameters.bind(0, gradient: slope.gradient)
        try step()
        #expect(second.values == [1] && frozen.values == [4])
        #expect(code { try parameters.bind(0, data: long.data) } == .argument)
        #expect(code { try parameters.bind(0, data: frozen.data) } == .argument)
        #expect(code { try parameters.bind(2, data: first.data) } == .argument)
        #expect(code { try parameters.bind(-1, gradient: slope.gradient) } == .argument)
        #expect(code { try parameters.bind(0, gradient: first.gradient) } == .argument)
        #expect(code { try parameters.bind(1, gradient: slope.gradient) } == .state)
        #expect(code { try parameters.removeGradient(5) } == .argument)
        #expect(try optimizer.advance(0) == .evaluate)
        #expect(code { try parameters.bind(0, data: first.data) } == .state)
        optimizer.cancel()
    }

    @Test func pointsAndAverages() throws {
        let parameters = Parameters(), w = TensorStorage<Float>([3, 4])
        try parameters.add("w", w)
        let optimizer = try Optimizer(parameters, method: "sam", base: "sgd", options: ["rho": 5, "lr": 1, "in_place": false])
        var places: [[Float]] = []
        try optimizer.step { ask in
            let point = try optimizer.point(0, of: Float.self)
            places.append(Array(point))
            #expect(ask.contains(.perturbed) == (point.baseAddress != w.data.baseAddress) && w.values == [3, 4])
            for i in 0..<2 { w.gradient[i] = Float(3 + i) }
            return 1
        }
        #expect(places == [[3, 4], [6, 8]] && w.values == [0, 0])
        #expect(code { _ = try optimizer.point(0, of: Double.self) } == .argument)
        #expect(code { _ = try optimizer.point(1, of: Float.self) } == .argument)
        #expect(code { _ = try optimizer.average(0, of: Float.self) } == .state)
        try optimizer.choose("average", "swa")
        for _ in 0..<2 { try optimizer.step { _ in w.gradient.update(repeating: 2); return 1 } }
        #expect(try optimizer.average(0) == [Float(-3), -3] && w.values == [-4, -4])
        #expect(code { _ = try optimizer.average(0, of: Double.self) } == .argument)
        let metrics = optimizer.lastMetrics
        #expect(metrics.steps == 3 && metrics.evaluations == 6 && metrics.loss == 1 && metrics.perturbedLoss == 1 && abs(metrics.perturbationNorm - 5) < 1e-5 && abs(metrics.updateNorm - 8.0.squareRoot()) < 1e-5)
        #expect(optimizer.batchNumber == 3 && optimizer.memoryBytes > 0)
    }

    @Test func statesFromBytes() throws {
        let parameters = Parameters(), w = TensorStorage<Double>([1])
        try parameters.add("w", w)
        let optimizer = try Optimizer(parameters, method: "sam", base: "adamw")
        try optimizer.step { _ in 0 }
        let state = try optimizer.state()
        try optimizer.step { _ in 0 }
        try optimizer.restore(state.lazy.map { $0 })
        #expect(optimizer.lastMetrics.steps == 1)
        #expect(code { try optimizer.restore([]) } == .format)
        #expect(code { try optimizer.restore(state.dropLast()) } == .format)
        #expect(code { try Optimizer(parameters, method: "sam", base: "sgd").restore(state) } == .mismatch)
    }

    /// The loop in the host's own hands, each evaluation awaited.
    @Test func awaitedEvaluations() async throws {
        let parameters = Parameters(), w = TensorStorage<Double>([1])
        try parameters.add("w", w)
        let optimizer = try Optimizer(parameters, method: "sam", base: "sgd", options: ["lr": 0.5])
        var loss = 0.0, asks: [Ask] = []
        while let ask = try optimizer.advance(loss) {
            await Task.yield()
            asks.append(ask)
            w.gradient[0] = 1
            loss = 2
        }
        #expect(asks == [.evaluate, [.evaluate, .perturbed]] && w.values == [0.5])
    }
}
