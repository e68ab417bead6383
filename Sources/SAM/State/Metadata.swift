import CSAM
import CSAMShims

/// The metadata of a state: for what it was made (method, base, parameters), counters, options, schedules, numbers and the checksum.
/// Numbers have the fewest digits that read back as the same; those of groups are separated by commas.
extension Optimizer {
    private static let version = 1
    /// Counters are below it: a number of steps to come can be added.
    private static let mostCounted: Int64 = 9_000_000_000_000_000_000

    /// Options by the section of their full names.
    private var sections: [(StaticString, [Option])] { [("method", method.options), ("base", base?.options ?? []), ("shared", shared.all)] }
    private var numbers: [(StaticString, [Scalar])] { [("method", method.scalars), ("base", base?.scalars ?? []), ("shared", [average.count])] }

    private func counters() -> [Int64] { [step.metrics.steps, step.metrics.evaluations, step.metrics.skipped, window.used] }

    private func measured() -> [Double] {
        let m = completed
        return [m.loss, m.perturbed_loss, m.gradient_norm, m.perturbation_norm, m.update_norm, m.perturbed_gradient_norm, m.cosine, m.effective_radius]
    }

    private func describe(_ text: inout StateText, _ tensor: Tensor) {
        let roles: [StaticString] = ["weight", "bias", "norm", "embedding"]
        text.raw(typeName(tensor.storage))
        text.raw(" ")
        text.raw(roles[Int(tensor.role)])
        text.raw(" of group ")
        text.integer(Int64(tensor.group))
        text.raw(tensor.frozen ? ", frozen, [" : ", [")
        for (i, length) in tensor.shape.enumerated() {
            if i > 0 { text.raw(", ") }
            text.integer(Int64(length))
        }
        text.raw("] ")
        if tensor.stackedAxes > 0 {
            text.raw("stacked along ")
            text.integer(Int64(tensor.stackedAxes))
            text.raw(" ")
        }
        text.name(tensor.name)
    }

    private func describe(_ text: inout StateText, _ schedule: Schedule) {
        text.name(schedule.kind.name)
        text.next(schedule.initial)
        text.next(schedule.final)
        text.next(schedule.warmup)
        text.next(schedule.steps)
        text.next(schedule.power)
        text.next(schedule.period)
        text.next(schedule.origin)
    }

    /// Writes the metadata; where the checksum's 16 digits, zeros so far, stand.
    func describe(_ text: inout StateText) -> Int {
        text.member()
        text.raw("__metadata__")
        text.open()
        text.entry({ $0.raw("format") }) { $0.raw("libsam") }
        text.entry({ $0.raw("version") }) { $0.integer(Int64(Optimizer.version)) }
        text.entry({ $0.raw("method") }) { $0.name(methodName) }
        text.entry({ $0.raw("base") }) { if let base { $0.name(base.name) } }
        for (i, tensor) in parameters.tensors.enumerated() {
            text.entry({ $0.place("parameter", i) }) { describe(&$0, tensor) }
        }
        text.entry({ $0.raw("steps, evaluations, skipped, batches") }) { $0.integers(counters()) }
        text.entry({ $0.raw("metrics") }) { $0.numbers(measured()) }
        for (section, options) in sections {
            for option in options {
                text.entry({ $0.full(section, option.name) }) { option.describe(&$0) }
                for (group, schedule) in option.schedules.enumerated() {
                    guard let schedule else { continue }
                    text.entry({ $0.course(section, option.name, group) }) { describe(&$0, schedule) }
                }
            }
        }
        for (section, scalars) in numbers {
            for scalar in scalars {
                guard let value = scalar.value else { continue }
                text.entry({ $0.kept(section, scalar.name) }) { $0.number(value) }
            }
        }
        text.entry({ $0.raw("checksum") }) { $0.raw("xxh64:0000000000000000") }
        let place = text.bytes.count - 17
        text.close()
        return place
    }

    /// Takes over what a file says, into an optimizer that was just made.
    func take(_ file: StateFile) throws(Failure) {
        var known = 1                                       // members that were read; the checksum was
        func value(_ key: (inout StateText) -> Void) -> StateFile.Text? {
            let found = file.value(key)
            if found != nil { known += 1 }
            return found
        }
        func same(_ key: StaticString, _ expected: Name, _ what: StaticString) throws(Failure) {
            guard let text = value({ $0.raw(key) }), text.isSame(StateText.of { $0.name(expected) }) else {
                throw .mismatch("the state's \(what) is \"\(file.value { $0.raw(key) } ?? file.nothing)\", the optimizer's is \"\(expected)\"")
            }
        }
        _ = value { $0.raw("format") }                      // libsam, or the file were refused
        guard let version = value({ $0.raw("version") })?.numbers, version == [Double(Optimizer.version)] else {
            throw .format("the state is of another version: expected \(Optimizer.version)")
        }
        try same("method", methodName, "method")
        try same("base", base?.name ?? Name(""), "base")
        for (i, tensor) in parameters.tensors.enumerated() {
            let expected = StateText.of { describe(&$0, tensor) }, text = value { $0.place("parameter", i) }
            if text?.isSame(expected) != true {
                throw .mismatch("the state's parameter \(i) is \"\(text ?? file.nothing)\", this set's is \"\(expected)\"")
            }
        }
        guard let counters = value({ $0.raw("steps, evaluations, skipped, batches") })?.wholes, counters.count == 4,
              counters.allSatisfy({ $0 < Optimizer.mostCounted }), let metrics = value({ $0.raw("metrics") })?.numbers, metrics.count == 8 else { throw .format("the state has no counters") }
        count(counters, metrics)
        for (section, options) in sections {
            for option in options {
                guard let text = value({ $0.full(section, option.name) }) else { continue }
                try option.restore(text)
                for group in option.values.indices {
                    guard let text = value({ $0.course(section, option.name, group) }) else { continue }
                    option.resume(try schedule(text, of: option), group)
                }
            }
        }
        for (section, scalars) in numbers {
            for scalar in scalars {
                guard let number = value({ $0.kept(section, scalar.name) })?.numbers, number.count == 1 else { continue }
                scalar.value = number[0]
                scalar.keep()
            }
        }
        if known != file.metadata.count { throw .mismatch("the state has \(file.metadata.count) entries, of which this optimizer knows \(known)") }
    }

    private func schedule(_ text: StateFile.Text, of option: Option) throws(Failure) -> Schedule {
        for kind in schedules where option.kind == .real {
            let begin = StateText.of { $0.name(kind.name); $0.raw(",") }
            if !text.begins(begin) { continue }
            let fields = text.after(begin.count).fields
            guard fields.count == 7, let initial = fields[0].number, let final = fields[1].number, let warmup = fields[2].whole,
                  let steps = fields[3].whole, let power = fields[4].number, let period = fields[5].whole, let origin = fields[6].whole,
                  power >= 0, power.isFinite else { break }
            try option.check(initial)
            try option.check(final)
            return Schedule(kind: kind, initial: initial, final: final, warmup: warmup, steps: steps, power: power, period: period, origin: origin)
        }
        throw .format("the state's schedule \"\(text)\" of \(option.name) is none of this library's")
    }
}

extension Option {
    /// The values, by group.
    fileprivate func describe(_ text: inout StateText) {
        for (i, value) in values.enumerated() {
            if i > 0 { text.raw(",") }
            if kind == .choice, let word = choice(at: Int(value)) { text.name(word) } else { text.number(value) }
        }
    }

    fileprivate func restore(_ text: StateFile.Text) throws(Failure) {
        let found = choices == nil ? text.numbers : text.words { code(of: $0) }
        guard let found, found.count == values.count else {
            throw .mismatch("the state's option \(name) is \"\(text)\": expected \(values.count) values, one a group")
        }
        for (group, value) in found.enumerated() {
            try check(value)
            resume(value, group)
        }
    }
}

/// Keys of the metadata.
extension StateText {
    static func of(_ write: (inout StateText) -> Void) -> [UInt8] {
        var text = StateText()
        let before = text.bytes.count
        write(&text)
        return Array(text.bytes[before...])
    }

    fileprivate mutating func entry(_ key: (inout StateText) -> Void, _ value: (inout StateText) -> Void) {
        member()
        key(&self)
        raw("\":\"")
        value(&self)
        raw("\"")
    }

    fileprivate mutating func place(_ what: StaticString, _ i: Int) {
        raw(what)
        raw(".")
        integer(Int64(i))
    }

    fileprivate mutating func full(_ section: StaticString, _ name: Name) {
        raw(section)
        raw(".")
        self.name(name)
    }

    fileprivate mutating func course(_ section: StaticString, _ name: Name, _ group: Int) {
        raw("schedule.")
        full(section, name)
        place("", group)
    }

    fileprivate mutating func kept(_ section: StaticString, _ name: Name) {
        raw("number.")
        full(section, name)
    }

    fileprivate mutating func next(_ value: Double) {
        raw(",")
        number(value)
    }
    fileprivate mutating func next(_ value: Int64) {
        raw(",")
        integer(value)
    }

    fileprivate mutating func integers(_ list: [Int64]) {
        for (i, value) in list.enumerated() {
            if i > 0 { raw(",") }
            integer(value)
        }
    }

    fileprivate mutating func numbers(_ list: [Double]) {
        for (i, number) in list.enumerated() {
            if i > 0 { raw(",") }
            self.number(number)
        }
    }
}
