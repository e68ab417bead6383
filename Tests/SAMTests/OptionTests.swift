import SAM
import Testing

/// Options, schedules and the catalogue, through the front.
@Suite struct OptionTests {
    private func optimizer(_ method: String = "sam", _ base: String? = "sgd", _ options: Options = [:]) throws -> Optimizer {
        let parameters = Parameters()
        try parameters.addGroup("second")
        try parameters.add("a", TensorStorage<Double>([1, 2]))
        try parameters.add("b", TensorStorage<Double>([3]), group: 1)
        return try Optimizer(parameters, method: method, base: base, options: options)
    }

    private func code(_ body: () throws -> Void) -> Failure.Code? { #expect(throws: Failure.self, performing: body)?.code }

    @Test func valuesOfEveryKind() throws {
        let optimizer = try optimizer("sam", "sgd", ["lr": 0.5, "nesterov": true, "momentum": 0.9, "nonfinite": "skip", "accumulate": 2])
        #expect(try optimizer.get("lr") == 0.5 && optimizer.get("nesterov") == 1 && optimizer.get("accumulate") == 2)
        #expect(try optimizer.choice("nonfinite") == "skip" && optimizer.choice("scaling") == "none")
        try optimizer.set(["rho": 0.25, "lr": 0.125], group: 1)
        #expect(try optimizer.get("rho", group: 1) == 0.25 && optimizer.get("rho", group: 0) == 0.05 && optimizer.get("lr", group: 1) == 0.125)
        try optimizer.set("nesterov", false)
        try optimizer.choose("nonfinite", "error")
        #expect(try optimizer.get("nesterov") == 0 && optimizer.choice("nonfinite") == "error")
        #expect(optimizer.mostEvaluations == 4)
    }

    @Test func whatCannotBe() throws {
        let optimizer = try optimizer()
        #expect(code { try optimizer.set("rh", 1) } == .name)
        #expect(code { try optimizer.set(["rho": -1]) } == .range)
        #expect(code { try optimizer.set(["rho": [1, 2]]) } == .argument)
        #expect(code { try optimizer.set(["rho": .tensors([[1.0]])]) } == .argument)
        #expect(code { try optimizer.set("nonfinite", 1) } == .argument)
        #expect(code { _ = try optimizer.get("nonfinite") } == .argument)
        #expect(code { _ = try optimizer.choice("rho") } == .argument)
        #expect(code { try optimizer.choose("nonfinite", "stop") } == .name)
        #expect(code { try optimizer.set("lr", 1, group: 2) } == .argument)
        #expect(code { try optimizer.set("lr", 1, group: -1) } == .argument)
        #expect(code { try optimizer.set("seed", 1, group: 1) } == .argument)
        _ = try optimizer.advance(0)
        #expect(code { try optimizer.set("lr", 1) } == .state)
        optimizer.cancel()
        #expect(code { _ = try self.optimizer("sam", nil) } == .argument)
        #expect(code { _ = try self.optimizer("bsam", "sgd") } == .argument)
        #expect(code { _ = try self.optimizer("sam", "sgd", ["lr": -1]) } == .range)
        #expect(code { _ = try Optimizer(Parameters(), method: "sam", base: "sgd") } == .argument)
        #expect(try self.optimizer("bsam", nil).mostEvaluations >= 1)
        let failure = try #require(#expect(throws: Failure.self) { try optimizer.set("rho", -2) })
        #expect("\(failure)" == failure.message && String(reflecting: failure) == "SAM_ERROR_RANGE: " + failure.message && failure.message.contains("-2"))
    }

    @Test func schedules() throws {
        let optimizer = try optimizer()
        try optimizer.schedule("lr", "linear", initial: 1, final: 0.5, steps: 3, group: 0)
        var seen: [Double] = []
        for _ in 0..<4 {
            seen.append(try optimizer.get("lr"))
            try optimizer.step { _ in 0 }
        }
        #expect(seen == [1, 0.75, 0.5, 0.5])
        try optimizer.schedule("rho", "exponential", initial: 0.2, steps: 1, power: 0.5, period: 1)
        try optimizer.step { _ in 0 }
        #expect(try optimizer.get("rho") == 0.1)
        try optimizer.unschedule("rho")
        try optimizer.step { _ in 0 }
        #expect(try optimizer.get("rho") == 0.1)
        #expect(code { try optimizer.schedule("rho", "lineer", initial: 1) } == .name)
        #expect(code { try optimizer.schedule("rho", "linear", initial: -1) } == .range)
        #expect(code { try optimizer.schedule("seed", "linear", initial: 1) } == .argument)
    }

    @Test func catalogue() throws {
        let sam = try #require(Library.methods.first { $0.name == "sam" }), rho = try #require(sam.options.first { $0.name == "rho" })
        #expect(rho.kind == .real && rho.initial == 0.05 && rho.low == 0 && rho.high == .infinity && !rho.lowIsOpen && rho.perGroup && !rho.summary.isEmpty)
        #expect(sam.evaluations == 2 && sam.exactness == .bits && !sam.isOwnOptimizer && sam.reference.contains("Foret"))
        let scaling = try #require(sam.options.first { $0.name == "scaling" })
        #expect(scaling.kind == .choice && scaling.choices.first == "none" && scaling.initialChoice == "none" && rho.choices.isEmpty && rho.initialChoice == nil)
        #expect(Library.methods.filter(\.isOwnOptimizer).contains { $0.name == "bsam" } && Library.methods.contains { $0.needs.contains(.auxiliary) })
        #expect(Library.bases.contains { $0.name == "adamw" && $0.statePerParameter == 2 } && Library.bases.contains { $0.statePerParameter == nil })
        #expect(Library.measures.count > 50 && Library.measures.first { $0.name == "lambda_max" }?.needs == [.gradient, .hessianProduct])
        #expect(Library.measures.first { $0.name == "barrier" }?.options.first { $0.name == "to" }?.kind == .tensors)
        #expect(Library.schedules.map(\.name).contains("one_cycle"))
        let decay = try #require(Library.sharedOptions.first { $0.name == "average_decay" })
        #expect(decay.highIsOpen && decay.high == 1 && decay.initial == 0.999)
        for entry in Library.methods + Library.bases + Library.measures + Library.schedules { #expect(!entry.name.isEmpty && !entry.summary.isEmpty) }
    }

    @Test func library() throws {
        #expect(Library.version == "1.0.0" && Library.buildInfo.contains("ordinary"))
        #expect(code { try Library.setThreads(0) } == .range)
        #expect(code { try Library.setThreads(1025) } == .range)
        #expect(Library.threads >= 1)
    }
}
