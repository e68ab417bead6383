import Foundation
import SAM
import Testing

/// What sam.h offers is there in Swift: its functions, the members of its structs, its numbers. The header is read as text.
@Suite struct ParityTests {
    static func header() throws -> String {
        try String(contentsOf: URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../../include/sam.h"), encoding: .utf8)
            .replacing(#/(?s)/\*.*?\*/|//[^\n]*/#, with: "")
    }

    /// Where each function is: what stands on the right compiles, or a reason.
    static var functions: [String: Any] { [
        "sam_version": Library.version, "sam_build_info": Library.buildInfo, "sam_set_threads": Library.setThreads, "sam_threads": Library.threads,
        "sam_abi_version": "the package is compiled with its host",
        "sam_error_message": \Failure.message, "sam_status_name": \Failure.Code.headerName,
        "sam_parameters_create": Parameters.init, "sam_parameters_add_group": Parameters.addGroup, "sam_parameters_count": \Parameters.count,
        "sam_parameters_add": { (set: Parameters, w: TensorStorage<Float>) in try set.add("w", data: w.data, gradient: w.gradient) },
        "sam_parameters_bind": { (set: Parameters, w: TensorStorage<Float>) in try set.bind(0, data: w.data); try set.bind(0, gradient: w.gradient); try set.removeGradient(0) },
        "sam_parameters_size": \Parameters.scalarCount, "sam_parameters_recover": "a callback that throws ends its measure: none is left",
        "sam_parameters_destroy": "the last reference",
        "sam_optimizer_create": Optimizer.init, "sam_step": Optimizer.advance, "sam_batch": \Optimizer.batchNumber, "sam_cancel": Optimizer.cancel,
        "sam_optimizer_point": { (optimizer: Optimizer) -> UnsafeMutableBufferPointer<Float> in try optimizer.point(0) },
        "sam_optimizer_evaluations": \Optimizer.mostEvaluations, "sam_optimizer_destroy": "the last reference",
        "sam_optimizer_set": { (optimizer: Optimizer) in try optimizer.set("lr", 1) }, "sam_optimizer_get": Optimizer.get,
        "sam_optimizer_choose": Optimizer.choose, "sam_optimizer_choice": Optimizer.choice,
        "sam_optimizer_schedule": [Optimizer.schedule as Any, Optimizer.unschedule as Any],
        "sam_optimizer_save": Optimizer.save, "sam_optimizer_load": Optimizer.load, "sam_optimizer_state_size": Optimizer.state, "sam_optimizer_state_write": Optimizer.state,
        "sam_optimizer_state_read": { (optimizer: Optimizer, bytes: [UInt8]) in try optimizer.restore(bytes) }, "sam_optimizer_memory": \Optimizer.memoryBytes,
        "sam_optimizer_average": { (optimizer: Optimizer) -> [Float] in try optimizer.average(0) }, "sam_optimizer_metrics": \Optimizer.lastMetrics,
        "sam_catalog_count": [Library.methods, Library.bases, Library.measures, Library.schedules], "sam_catalog_entry": \Library.Entry.name,
        "sam_catalog_option": [\Library.Entry.options as Any, Library.sharedOptions as Any],
        "sam_measure": { (set: Parameters) in try set.measure("weight_norms") }, "sam_report_value": \MeasureResult.numbers, "sam_report_array": \MeasureResult.arrays,
        "sam_report_key": \MeasureResult.keys, "sam_report_destroy": "a value",
    ] }

    @Test func functions() throws {
        let known = Set(try ParityTests.header().matches(of: #/SAM_API[^;(]*?(sam_\w+)\(/#).map { String($0.1) })
        #expect(known.count == 43)
        #expect(known == Set(ParityTests.functions.keys))
    }

    /// Members of a struct as Swift spells them.
    private func members(_ name: String) throws -> Set<String> {
        let body = try #require(try ParityTests.header().firstMatch(of: try Regex("(?s)typedef struct \(name) \\{(.*?)\\} \(name);"))).output[1].substring!
        let names = body.split(separator: ";").flatMap { declaration -> [String] in
            if let callback = declaration.firstMatch(of: #/\(\*(\w+)\)/#) { return [String(callback.1)] }
            return declaration.split(separator: ",").compactMap { $0.firstMatch(of: #/(\w+)\s*$/#).map { String($0.1) } }
        }
        return Set(names.map { $0.replacing(#/_(\w)/#) { $0.1.uppercased() } }).subtracting(["structSize", ""])
    }

    private func properties(_ value: Any) -> Set<String> { Set(Mirror(reflecting: value).children.compactMap(\.label)) }

    @Test func structs() throws {
        let w = TensorStorage<Double>([1]), parameters = Parameters()
        try parameters.add("w", w)
        var query: MeasureQuery?
        _ = try parameters.measure("gradient_norm") { query = $0; return 0 }
        #expect(try members("sam_query") == properties(try #require(query)))
        #expect(try members("sam_metrics") == properties(try Optimizer(parameters, method: "none", base: "sgd").lastMetrics))
        #expect(try members("sam_objective") == properties(MeasureObjective()).union(["context", "other"]))
        #expect(try members("sam_entry") == properties(Library.methods[0]))
        #expect(try members("sam_option").subtracting(["open"]) == properties(Library.sharedOptions[0]).subtracting(["lowIsOpen", "highIsOpen"]))
        #expect(try members("sam_objective").count > 20)
    }

    /// Numbers of the header whose names begin so.
    private func numbers(_ prefix: String) throws -> [String: Int] {
        let found = try ParityTests.header().matches(of: try Regex("\\b\(prefix)(\\w+) = (-?\\d+)"))
        return Dictionary(uniqueKeysWithValues: found.map { (String($0.output[1].substring!), Int($0.output[2].substring!)!) })
    }

    private func named(_ values: [(String, Int)]) -> [String: Int] {
        Dictionary(uniqueKeysWithValues: values.map { ($0.0.replacing(#/([A-Z])/#) { "_\($0.1)" }.uppercased(), $0.1) })
    }

    @Test func constants() throws {
        #expect(try numbers("SAM_ERROR_") == named(Failure.Code.allCases.map { ("\($0)", Int($0.rawValue)) }))
        for code in Failure.Code.allCases { #expect(code.headerName == "SAM_ERROR_" + "\(code)".uppercased()) }
        #expect(try numbers("SAM_OPTION_") == named(Library.Kind.allCases.map { ("\($0)", Int($0.rawValue)) }))
        let all = try numbers("SAM_")
        for role in Role.allCases { #expect(all["\(role)".uppercased()] == Int(role.rawValue)) }
        let asks: [(String, Ask)] = [("evaluate", .evaluate), ("perturbed", .perturbed), ("nextBatch", .nextBatch), ("lossOnly", .lossOnly), ("auxiliary", .auxiliary), ("local", .local)]
        for (name, value) in named(asks.map { ($0.0, Int($0.1.rawValue)) }) { #expect(all[name] == value, "\(name)") }
        let needs: [(String, Library.Needs)] = [
            ("gradient", .gradient), ("loss", .loss), ("hessianProduct", .hessianProduct), ("gaussNewtonProduct", .gaussNewtonProduct), ("exampleLosses", .exampleLosses),
            ("evaluateExample", .evaluateExample), ("logits", .logits), ("backpropagateLogits", .backpropagateLogits), ("batches", .batches), ("classes", .classes),
            ("tensors", .tensors), ("other", .other), ("forwardOnes", .forwardOnes), ("train", .train), ("auxiliary", .auxiliary),
        ]
        #expect(try numbers("SAM_NEEDS_") == named(needs.map { ($0.0, Int($0.1.rawValue)) }))
        #expect(all["OWN_UPDATE"] == Int(Library.Needs.ownUpdate.rawValue))
        #expect(all["F32"] == Int(Float.samType) && all["F64"] == Int(Double.samType) && all["BF16"] == Int(BFloat16.samType))
    }
}
