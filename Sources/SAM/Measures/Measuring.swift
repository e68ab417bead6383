import CSAM
import CSAMShims

extension Measure {
    /// All settings that a call may give.
    final var all: [Setting] { settings + common.all }

    private func setting(_ name: Name) -> Setting? {
        for setting in all where setting.option.name == name { return setting }
        return nil
    }

    /// Takes the host's settings, each checked; those of the inner measure once it is known which one that is.
    func read(_ given: UnsafePointer<sam_setting>?, _ count: Int) throws(Failure) {
        if count == 0 { return try takeInner() }
        guard let given else { throw .argument("settings = NULL with count = \(count): expected so many settings") }
        var others: [Int] = []
        for i in 0..<count {
            guard let name = given[i].name.map({ Name(at: $0) }) else { throw .argument("name = NULL of settings[\(i)]: expected the name of a setting") }
            if let found = setting(name) { try found.take(given[i]) } else { others.append(i) }
        }
        try takeInner()
        for i in others {
            let name = Name(at: given[i].name)
            guard let found = inner?.setting(name) else {
                throw .name("setting \"\(name)\": the measure has none of that name\(nearest(name, (all + (inner?.settings ?? [])).map { $0.option.name }))")
            }
            try found.take(given[i])
        }
    }

    /// A setting's number; -1 where it has none of that name.
    func value(_ name: StaticString) -> Double { setting(Name(name))?.value ?? -1 }

    /// Sets one of its settings as a call would; nothing where it has none of that name.
    func put(_ name: StaticString, _ value: Double) { setting(Name(name))?.put(value) }
}

enum Measuring {
    /// The whole of sam_measure: the report of a measure over a set's weights, which are the iterate again however it ends.
    static func run(_ parameters: Parameters, _ name: Name, _ objective: UnsafePointer<sam_objective>?, _ settings: UnsafePointer<sam_setting>?,
                    _ count: Int, _ environment: UnsafeMutablePointer<sam_environment>) throws(Failure) -> Report {
        let begin = sam_seconds(), message = Message()
        let entry = measures[try Catalog.find(Int32(SAM_MEASURES), name, "measure")], measure = entry.make()
        try measure.read(settings, count)
        let host = try read(objective), second = try host.other.map { (other) throws(Failure) in try read(other) }
        try checkNeeds(entry, host, hasObjective: objective != nil, isCrossEntropy: measure.common.isCrossEntropy)
        if parameters.stepping > 0 { throw .state("an optimizer of these parameters is in the middle of a step, or a measure is under way: expected neither") }
        try parameters.verify()
        if parameters.size == 0 { throw .argument("parameters: there is no scalar that is not frozen, nothing to measure") }
        let point = try Point(parameters, seed: UInt64(measure.common.seed.value))
        let ledger = Ledger(host, limit: Int(measure.common.maxEvaluations.value), environment), combine = measure.common.combine.isChoice("examples")
        let main = try Objective(host, of: entry.name, point: point, ledger: ledger, combine: combine)
        if let second { main.other = try Objective(second, of: entry.name, point: point, ledger: ledger, combine: combine) }
        for objective in [main, main.other] { try objective?.take(measure.common, entry.needs) }
        let job = Job(measure, entry.name, point: point, objective: main, report: Report(), part: try part(measure.common, main))
        try measure.check(job)
        parameters.stepping += 1
        parameters.measuring += 1
        parameters.beside = sam_beside_here(&parameters.besideGeneration)
        defer {
            parameters.beside = nil
            parameters.stepping -= 1
            parameters.measuring -= 1
        }
        do throws(Failure) {
            try main.begin()
            try job.perform()
        } catch {
            if !ledger.isLimit(error) {
                try? main.end(true)
                throw error
            }
            if job.report.value("value") == nil { try job.report.set("value", .nan) }
        }
        try main.end(false)
        if ledger.isSpent { message.putBack() }
        try job.finish(since: begin)
        return job.report
    }

    private static func part(_ common: CommonSettings, _ objective: Objective) throws(Failure) -> Part {
        let batch = common.batch.int, classIndex = common.classIndex.int
        if batch >= max(objective.batches, 1) || (batch >= 0 && objective.batches == 0) {
            throw .range("batch = \(batch): expected -1 (all) or a batch below the objective's batches = \(objective.batches)")
        }
        if classIndex >= 0 {
            if objective.classes == 0 || objective.host.class_examples == nil {
                throw .unsupported("class_index = \(classIndex) needs the objective's classes (with class_examples), and this objective has none; expected -1")
            }
            if classIndex >= objective.classes { throw .range("class_index = \(classIndex): expected -1 (all) or a class below \(objective.classes)") }
        }
        let part = try objective.part(batch: batch, classIndex: classIndex)
        if part.items.isEmpty { throw .argument("class_index = \(classIndex): the class has no examples in what is measured") }
        return part
    }

    /// The objective, with 0 and NULL for what lies behind its struct_size.
    private static func read(_ objective: UnsafePointer<sam_objective>?) throws(Failure) -> sam_objective {
        guard let objective else { return sam_objective() }
        let size = objective.pointee.struct_size, whole = MemoryLayout<sam_objective>.size, member = MemoryLayout<Int>.size, least = 7 * member
        if size < least || size > 65536 || (size < whole && size % member != 0) {
            throw .argument("struct_size = \(size) of sam_objective: expected sizeof(sam_objective), \(whole) in this version, or up to the end of another member from classes on")
        }
        var host = sam_objective()
        withUnsafeMutableBytes(of: &host) { $0.baseAddress!.copyMemory(from: objective, byteCount: min(size, whole)) }
        return host
    }

    /// That the host offers what the measure cannot do without.
    private static func checkNeeds(_ entry: MeasureEntry, _ host: sam_objective, hasObjective: Bool, isCrossEntropy: Bool) throws(Failure) {
        func need(_ bits: Needs, _ isThere: Bool, _ member: StaticString) throws(Failure) {
            if !entry.needs.isDisjoint(with: bits) && !isThere {
                if !hasObjective { throw .unsupported("measure \"\(entry.name)\" needs an objective with \(member) (\(offered(member))), and there is no objective") }
                throw .unsupported("measure \"\(entry.name)\" needs the objective's \(member) (\(offered(member))), and this objective has none")
            }
        }
        try need([.gradient, .loss], host.evaluate != nil || isCrossEntropy, "evaluate")
        try need(.batches, host.batches >= 2, "batches")
        try need(.classes, host.classes >= 1 && host.class_examples != nil, "classes")
        try need(.other, host.other != nil, "other")
        try need(.forwardOnes, host.forward_ones != nil, "forward_ones")
        try need(.train, host.train != nil, "train")
    }
}
