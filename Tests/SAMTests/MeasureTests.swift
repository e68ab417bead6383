import Foundation
import SAM
import Testing

/// Every member of an objective is called as it should be, and the numbers are those of the formulas.
@Suite struct MeasureTests {
    private func near(_ a: Double?, _ b: Double, _ tolerance: Double = 1e-9) -> Bool { a.map { abs($0 - b) <= tolerance * max(1, abs(b)) } ?? false }

    /// The eigenvalues of the regression's Hessian.
    private func eigenvalues(_ host: Regression) -> (Double, Double) {
        let all = Array(0..<5), a = host.hessian(all, 0, 0), b = host.hessian(all, 0, 1), c = host.hessian(all, 1, 1)
        let root = ((a - c) * (a - c) / 4 + b * b).squareRoot()
        return ((a + c) / 2 + root, (a + c) / 2 - root)
    }

    @Test func curvature() throws {
        let host = try Regression(), (most, least) = eigenvalues(host)
        let exact = try host.parameters.measure("lambda_max", of: host.objective, settings: ["tolerance": 1e-10])
        #expect(near(exact.value, most) && exact.converged && exact["hessian_source"] == 0)
        #expect(host.products > 0 && exact["products"] == Double(host.products))
        host.factor = 3
        #expect(near(try host.parameters.measure("lambda_max", of: host.objective).value, 3 * most))
        let gauss = try host.parameters.measure("lambda_max", of: host.objective, settings: ["operator": "gauss_newton"])
        #expect(near(gauss.value, 2 * most))
        let differences = try host.parameters.measure("trace", settings: ["method": "exact"]) { host.evaluate($0) }
        #expect(near(differences.value, most + least, 1e-6) && differences["hessian_source"]! > 0)
        let estimate = try host.parameters.measure("trace", of: host.objective, settings: ["method": "hutchinson", "samples": 50, "tolerance": 0])
        #expect(near(estimate.value, 3 * (most + least), 0.5) && estimate.standardError! > 0)
        #expect(estimate.description.hasPrefix("trace \(estimate.value) ± ") && estimate.evaluations > 50)
        #expect(exact.standardError == nil && !exact.description.contains("±"))
    }

    @Test func examplesAndLogits() throws {
        let host = try Regression(), all = Array(0..<5), set = host.parameters
        for objective in [host.objective, host.batched] {
            #expect(near(try set.measure("fisher_rao_norm", of: objective).value, host.mean(all) { i in
                let along = zip(host.gradient(i), host.w.values).reduce(0) { $0 + $1.0 * $1.1 }
                return along * along
            }.squareRoot(), 1e-6))
            #expect(near(try set.measure("fisher_trace", of: objective).value, host.mean(all) { host.gradient($0).reduce(0) { $0 + $1 * $1 } }))
            #expect(near(try set.measure("fisher_trace", of: objective, settings: ["labels": "exact"]).value, host.mean(all) { i in
                let p = 1 / (1 + exp(-host.output(i)))
                return p * (1 - p) * host.x[i].reduce(0) { $0 + $1 * $1 }
            }))
            let margin = try set.measure("margin", of: objective)
            #expect(near(margin["mean"], host.mean(all) { host.labels[$0] == 0 ? host.output($0) : -host.output($0) }))
            #expect(margin.array("quantiles")?.shape == [5] && margin["quantiles"] == nil && margin.arrays["quantiles"] != nil && margin.numbers["quantiles"] == nil)
        }
        #expect(Set(host.queries.compactMap(\.example)) == [0, 1, 2, 3, 4])
        #expect(Set(host.queries.compactMap(\.batch)) == [0, 1])
    }

    @Test func batchesAndClasses() throws {
        let host = try Regression(), all = Array(0..<5), plain = try host.parameters.measure("gradient_norm", of: host.objective)
        #expect(near(plain.value, hypot(gradient(host, 0), gradient(host, 1))) && near(plain["loss"], host.mean(all, host.loss)))
        #expect(host.queries.allSatisfy { $0.batch == nil && $0.classIndex == nil && $0.example == nil && $0.ask.contains(.evaluate) })
        #expect(near(try host.parameters.measure("gradient_norm", of: host.batched).value, plain.value))
        var weighted = host.batched
        weighted.batchWeights = [0, 2]
        let second = try host.parameters.measure("gradient_norm", of: weighted)
        #expect(near(second["loss"], host.mean([3, 4], host.loss)))
        host.queries = []
        _ = try host.parameters.measure("class_gradient_alignment", of: host.batched)
        #expect(Set(host.queries.compactMap(\.classIndex)) == [0, 1])
        #expect(throws: Failure.self) { try host.parameters.measure("class_gradient_alignment", of: host.objective) }
        for (what, spoil) in [("batchWeights", { ($0.batches, $0.batchWeights) = (2, [1, 1, 1]) }), ("classExamples", { $0.classExamples = [[1, 2]] }), ("row", { $0.classExamples = [[1, 2], [1]] }),
                              ("batchExamples", { $0.batches = 3 })] as [(String, (inout MeasureObjective) -> Void)] {
            var wrong = host.batched
            spoil(&wrong)
            let failure = #expect(throws: Failure.self) { try host.parameters.measure("gradient_norm", of: wrong) }
            #expect(failure?.code == .argument && failure!.message.contains(what), "\(what)")
        }
    }

    private func gradient(_ host: Regression, _ k: Int) -> Double { host.mean(Array(0..<5)) { host.gradient($0)[k] } }

    @Test func theOtherCallbacks() throws {
        let host = try Regression(), set = host.parameters
        #expect(near(try set.measure("path_norm", of: host.objective).value, 0.3 * 0.3 + 0.2 * 0.2))
        #expect(try set.measure("effective_model_complexity", of: host.objective, settings: ["high": 100]).value == 5)
        host.frozenOn = []
        let slice = try set.measure("slice_1d", of: host.objective, settings: ["refresh": true, "count": 5, "bias_scaling": "scaled"])
        #expect(host.frozenOn == [true, false] && host.refreshed >= 5 && slice.array("losses")?.values.count == 5)
        #expect(host.queries.contains { $0.ask == [.evaluate, .perturbed, .lossOnly] })
        let doubled = try Regression()
        var other = MeasureObjective { query in
            let loss = 3 * doubled.mean(doubled.rows(query)) { host.loss($0) }
            for k in 0..<2 { host.w.gradient[k] = 3 * self.gradient(host, k) }
            return loss
        }
        other.examples = 5
        let gap = try set.measure("sharpness_gap", of: host.objective, other: other, settings: ["measure": "gradient_norm"])
        #expect(near(gap["ratio"], 3))
        #expect(try set.measure("weight_norms").value > 0)
    }

    @Test func settings() throws {
        let host = try Regression(), set = host.parameters, w = host.w.values
        let to = [[], [1.0, 2.0]], line = try set.measure("barrier", of: host.objective, settings: ["to": .tensors(to), "count": 3])
        #expect(near(line["length"], hypot(1 - w[0], 2 - w[1])) && line.array("losses")!.values.count == 3)
        let plane = try set.measure("plane", of: host.objective, settings: ["point": .tensors([[], w]), "point": .tensors(to), "point": .tensors([[Float]]([[], [0, 1]])), "count": 2])
        #expect(plane.array("places")?.shape == [3, 2] && plane.array("losses")?.shape == [2, 2])
        let rise = try set.measure("worst_case", of: host.objective, settings: ["rho": [0.1, 0.2], "norm": "linf", "seed": 5])
        #expect(rise.array("values")?.shape == [2] && rise["seed"] == 5)
        var listed = Options(["seed": .number(7), "keep": .flag(true)])
        listed.append("rho", .list([0.1]))
        #expect(try set.measure("worst_case", of: host.objective, settings: listed)["seed"] == 7)
        #expect(host.w.values == w)
        for (settings, code) in [(["rh": 0.1], .name), (["rho": -1], .range), (["norm": "l3"], .name), (["norm": [1, 2]], .argument), (["rho": "big"], .argument),
                                 (["norm": "l2", "norm": "l2"], .argument)] as [(Options, Failure.Code)] {
            let failure = #expect(throws: Failure.self) { try set.measure("worst_case", of: host.objective, settings: settings) }
            #expect(failure?.code == code, "\(settings)")
        }
        for wrong in [[[1.0, 2.0]], [[], [1.0]], [[1.0], [1.0, 2.0]], [[], []]] {
            let failure = #expect(throws: Failure.self) { try set.measure("barrier", of: host.objective, settings: ["to": .tensors(wrong)]) }
            #expect(failure?.code == .argument)
        }
    }

    @Test func tensorsAreRoundedToTheirTypes() throws {
        func length<Scalar: ParameterScalar>(_ values: [Scalar]) throws -> Double? {
            let w = TensorStorage(values), set = Parameters()
            try set.add("w", w)
            return try set.measure("barrier", settings: ["to": .tensors([[3.0, 1.001]]), "count": 2]) { _ in 1 }["length"]
        }
        #expect(try length([BFloat16(3), BFloat16(0)]) == 1)                         // 1.001 is 1 there
        #expect(near(try length([Float(3), 0]), Double(Float(1.001)), 1e-15))
        #expect(near(try length([3.0, 0]), 1.001, 1e-15))
    }

    @Test func vectorsByTensor() throws {
        let host = try Regression(), a = TensorStorage<Double>([1, 1, 1, 1]), set = Parameters()
        try set.add("frozen", data: host.frozen.data, gradient: nil as UnsafeMutableBufferPointer<Double>?)
        try set.add("first", try TensorStorage([1.0, 1, 1, 1], shape: [2, 2]))
        try set.add("second", a)
        var objective = MeasureObjective { query in a.gradient[0] = 4; return 0 }
        objective.hessianProduct = { _, v, product in
            #expect(v.count == 3 && product.count == 3)
            #expect(try v.buffer(0, of: Double.self).isEmpty && product.buffer(0, of: Double.self).isEmpty)
            #expect(throws: Failure.self) { try v.buffer(1, of: Float.self) }
            #expect(throws: Failure.self) { try v.buffer(3, of: Double.self) }
            let (v1, v2) = (try v.buffer(1, of: Double.self), try v.buffer(2, of: Double.self))
            let (p1, p2) = (try product.buffer(1, of: Double.self), try product.buffer(2, of: Double.self))
            for i in 0..<4 { (p1[i], p2[i]) = (0, 0) }
            (p1[2], p2[3]) = (9 * v1[2], 5 * v2[3])
        }
        let pairs = try set.measure("eigenpairs", of: objective, settings: ["count": 2, "tolerance": 1e-10])
        let parts = try pairs.byTensor("vectors"), first = try #require(parts["first"]), second = try #require(parts["second"])
        #expect(Set(parts.keys) == ["first", "second"] && first.shape == [2, 2, 2] && second.shape == [2, 4])
        #expect(near(abs(first.values[2]), 1, 1e-7) && near(abs(second.values[7]), 1, 1e-7) && near(pairs.array("values")!.values[0], 9))
        #expect(throws: Failure.self) { try pairs.byTensor("vektors") }
        #expect(throws: Failure.self) { try pairs.byTensor("values") }
        #expect(pairs.keys.first == "value" && pairs["nothing"] == nil && pairs.array("nothing") == nil)
    }
}
