import CSAM
import CSAMShims
@testable import SAM
@testable import SAMKernels
import Testing

/// What the writer of a method, a base or a rule can forget to declare: the step is refused and the weights are the iterate, or it works all the same;
/// nothing is read or written that is not there. The code is the same in every build.
@Suite struct ForgottenTests {
    /// Sums by row, which no trait announces.
    final class RowsMethod: Method {
        override func begin(_ step: Step) -> Next { .ask(go) }
        private func go(_ step: Step) -> Next {
            step.descend(along: step.norms(step.gradient, by: .row).map { $0 == 0 ? 0 : 1 / $0 } * step.gradient)
        }
    }

    /// A slot that is read, one that is written, and one that decides, none of them among `slots`.
    final class ReadsMethod: Method {
        let kept = Slot("kept", life: .early)
        override func begin(_ step: Step) -> Next { .ask(go) }
        private func go(_ step: Step) -> Next { step.descend(along: step[kept] - step.gradient) }
    }
    final class WritesMethod: Method {
        let kept = Slot("kept", life: .early)
        override func begin(_ step: Step) -> Next {
            step.assign(kept, step.iterate)
            step.displace(by: 0.5 * step.iterate)
            return .ask(go)
        }
        private func go(_ step: Step) -> Next { step.descend(along: step.gradient) }
    }
    final class DecidesMethod: Method {
        let kept = Slot("kept", life: .early)
        override func begin(_ step: Step) -> Next {
            step.displace(by: step.iterate, unless: kept, first: 2.0 * step.iterate)
            return .ask(go)
        }
        private func go(_ step: Step) -> Next { step.descend(along: step.has(kept) ? step[kept] : step[kept] + step.gradient) }
    }
    /// Where the base's update is several moves.
    final class ReadsBase: Base {
        let kept = Slot("kept", life: .always)
        private let rate = Option("lr", 1, .nonNegative, "")
        override var options: [Option] { [rate] }
        override func descend(_ step: Step, along d: Vector) -> Next {
            step.assign(kept, 0.5 * step[kept] + d)
            return finish(step, step.iterate - step[kept])
        }
    }
    final class RowsBase: Base {
        private let rate = Option("lr", 1, .nonNegative, "")
        override var options: [Option] { [rate] }
        override func descend(_ step: Step, along d: Vector) -> Next {
            finish(step, step.iterate - step.norms(d, by: .row).map { $0 == 0 ? 0 : 1 / $0 } * d)
        }
    }

    /// A tensor [rows, 2] of ones with gradients of 3 and 4, and a row of zeros: the optimizer, its weights, and the answer of each call of a step.
    private func run(rows: Int, _ method: Method, _ base: Base?) throws -> (weights: [Float], status: Int32?, memory: [Int]) {
        let n = 2 * rows
        let w = UnsafeMutableBufferPointer<Float>.allocate(capacity: n), g = UnsafeMutableBufferPointer<Float>.allocate(capacity: n)
        defer { w.deallocate(); g.deallocate() }
        for i in 0..<n { (w[i], g[i]) = (1, i < 2 ? 0 : i % 2 == 0 ? 3 : 4) }
        let parameters = Parameters()
        try parameters.add("w", shape: [rows, 2], data: w, gradient: g)
        let sgd = bases.first { $0.name == Name("sgd") }!.make()
        try sgd.lr.set(1, group: -1)
        let optimizer = Optimizer(.init(parameters: parameters, entry: methods[0], method: method, base: base ?? sgd, device: try Device(parameters),
                                         arena: try Optimizer.arena(tensors: 1)))
        var memory: [Int] = []
        do {
            for _ in 0..<2 {
                while try optimizer.step(1) > 0 {}
                memory.append(optimizer.memory)
            }
            return (Array(w), nil, memory)
        } catch {
            return (Array(w), error.status, memory)
        }
    }

    @Test(arguments: [3, 6, 4000])
    func rowsThatNobodyAnnounced(_ rows: Int) throws {
        let cases: [(Method, Base?)] = [(RowsMethod(), nil), (None(), RowsBase())]
        for (method, base) in cases {
            let (weights, status, memory) = try run(rows: rows, method, base)
            #expect(status == nil)
            #expect(memory[0] == memory[1])
            for i in 0..<weights.count {
                let expected: Float = i < 2 ? 1 : i % 2 == 0 ? 1 - 2 * 0.6 : 1 - 2 * 0.8
                #expect(abs(weights[i] - expected) < 1e-6, "element \(i) of \(rows) rows")
            }
        }
    }

    @Test func slotsThatNobodyListed() throws {
        let cases: [(Method, Base?)] = [(ReadsMethod(), nil), (WritesMethod(), nil), (DecidesMethod(), nil), (None(), ReadsBase())]
        for (method, base) in cases {
            let (weights, status, _) = try run(rows: 5, method, base)
            #expect(status == Int32(SAM_ERROR_STATE))
            #expect(weights.allSatisfy { $0 == 1 }, "the weights are not the iterate")
            #expect(String(cString: sam_error_message()).contains("kept"))
        }
    }

    @Test func rulesThatDoNotFit() throws {
        let table = UnsafeMutablePointer<sam_rule>.allocate(capacity: 2)
        defer { table.deallocate() }
        UnsafeMutableRawPointer(table).initializeMemory(as: UInt8.self, repeating: 0, count: 2 * MemoryLayout<sam_rule>.stride)
        func text(_ options: Int, _ slots: Int) -> RuleText {
            RuleText(name: "large", summary: "", reference: "", options: (0..<options).map { _ in RuleOption.real("lr", 0, .any, "") },
                     slots: (0..<slots).map { _ in "s" }, firstMoment: -1, used: { _ in 0 }, float: { _ in }, double: { _ in })
        }
        for (options, slots, fits) in [(Int(SAM_RULE_OPTIONS), Int(SAM_RULE_SLOTS), true), (Int(SAM_RULE_OPTIONS) + 1, 1, false), (1, Int(SAM_RULE_SLOTS) + 1, false)] {
            describe(text(options, slots), table)
            #expect(table[0].exceeds == (fits ? 0 : 1))
            #expect(Int(table[0].option_count) == min(options, Int(SAM_RULE_OPTIONS)))
            #expect(table[1].name == nil && table[1].option_count == 0, "the neighbour was written over")
            let base = RuleBase(table)
            #expect(base.isComplete == fits)
        }
    }
}
