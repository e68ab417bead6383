import SAM
import Testing

/// An error of the host, from whatever callback, ends the measure, comes out as it was thrown, and the weights are the same bits.
@Suite struct MeasureFaultTests {
    struct Stop: Error, Equatable { let number: Int }

    static var spoilt: [(String, String, Options, (inout MeasureObjective) -> Void)] { [
        ("evaluate", "sam_gap", [:], { $0.evaluate = { _ in throw Stop(number: 1) } }),
        ("hessianProduct", "lambda_max", [:], { $0.hessianProduct = { _, _, _ in throw Stop(number: 1) } }),
        ("gaussNewtonProduct", "lambda_max", ["operator": "gauss_newton"], { $0.gaussNewtonProduct = { _, _, _ in throw Stop(number: 1) } }),
        ("exampleLosses", "fisher_rao_norm", [:], { $0.exampleLosses = { _, _ in throw Stop(number: 1) } }),
        ("evaluateExample", "fisher_trace", [:], { $0.evaluateExample = { _ in throw Stop(number: 1) } }),
        ("logits", "margin", [:], { $0.logits = { _, _, _ in throw Stop(number: 1) } }),
        ("backpropagateLogits", "fisher_trace", ["labels": "exact"], { $0.backpropagateLogits = { _, _ in throw Stop(number: 1) } }),
        ("freeze", "sam_gap", [:], { $0.freeze = { _ in throw Stop(number: 1) } }),
        ("freeze off", "sam_gap", [:], { $0.freeze = { if !$0 { throw Stop(number: 1) } } }),
        ("refresh", "slice_1d", ["refresh": true, "bias_scaling": "scaled"], { $0.refresh = { throw Stop(number: 1) } }),
        ("forwardOnes", "path_norm", [:], { $0.forwardOnes = { throw Stop(number: 1) } }),
        ("train", "effective_model_complexity", [:], { $0.train = { _, _ in throw Stop(number: 1) } }),
        ("progress", "sam_gap", [:], { $0.progress = { _, _ in throw Stop(number: 1) } }),
    ] }

    @Test(arguments: spoilt.indices)
    func anErrorOfTheHost(_ index: Int) throws {
        let (what, measure, settings, spoil) = MeasureFaultTests.spoilt[index], host = try Regression(), before = host.w.values
        var objective = host.objective
        #expect(throws: Never.self, "\(what)") { try host.parameters.measure(measure, of: objective, settings: settings) }
        spoil(&objective)
        #expect(throws: Stop(number: 1), "\(what)") { try host.parameters.measure(measure, of: objective, settings: settings) }
        #expect(host.w.values == before)
    }

    @Test func theFirstErrorCountsAndCallbacksInBothDataSets() throws {
        let host = try Regression()
        var objective = host.objective, count = 0
        objective.evaluate = { query in
            count += 1
            if count == 3 { throw Stop(number: 3) }
            return host.evaluate(query)
        }
        objective.freeze = { if !$0 { throw Stop(number: 9) } }
        #expect(throws: Stop(number: 3)) { try host.parameters.measure("worst_case", of: objective) }
        let other = MeasureObjective { _ in throw Stop(number: 4) }
        #expect(throws: Stop(number: 4)) { try host.parameters.measure("sharpness_gap", of: host.objective, other: other) }
        #expect(throws: Stop(number: 5)) { try host.parameters.measure("sam_gap") { _ in throw Stop(number: 5) } }
    }

    @Test func progressAndCancelling() throws {
        let host = try Regression(), before = host.w.values
        var objective = host.objective, fractions: [Double] = [], stages: Set<String> = []
        objective.progress = { fraction, stage in
            fractions.append(fraction)
            stages.insert(stage)
            return false
        }
        let whole = try host.parameters.measure("worst_case", of: objective)
        #expect(fractions.count >= whole.evaluations && fractions == fractions.sorted() && fractions.allSatisfy { 0...1 ~= $0 } && stages.allSatisfy { !$0.isEmpty })
        fractions = []
        objective.progress = { fraction, _ in
            fractions.append(fraction)
            return fractions.count == 4
        }
        let failure = #expect(throws: Failure.self) { try host.parameters.measure("worst_case", of: objective) }
        #expect(failure?.code == .cancelled && fractions.count == 4 && host.w.values == before)
    }

    @Test func whatCannotBe() throws {
        let host = try Regression(), set = host.parameters
        func code(_ measure: () throws -> MeasureResult) -> Failure.Code? { #expect(throws: Failure.self) { _ = try measure() }?.code }
        #expect(code { try set.measure("lambda_mix", of: host.objective) } == .name)
        #expect(code { try set.measure("lambda_max") } == .unsupported)
        #expect(code { try set.measure("margin", of: MeasureObjective()) } == .unsupported)
        #expect(code { try set.measure("sharpness_gap", of: host.objective) } == .unsupported)
        #expect(code { try set.measure("sam_gap") { _ in .nan } } == .nonfinite)
        #expect(code { try set.measure("sam_gap") { query in host.w.data[0] += 1; return host.evaluate(query) } } == .state)
        #expect(code { try set.measure("sam_gap") { query in _ = try set.measure("sam_gap", of: host.objective); return 0 } } == .state)
        #expect(host.w.values == [0.3, -0.2])
        let optimizer = try Optimizer(set, method: "sam", base: "sgd")
        _ = try optimizer.advance(0)
        #expect(code { try set.measure("sam_gap", of: host.objective) } == .state)
        optimizer.cancel()
        let limited = try set.measure("worst_case", of: host.objective, settings: ["max_evaluations": 3])
        #expect(!limited.converged && limited.description.hasSuffix(", not converged"))
    }
}
