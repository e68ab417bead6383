import CSAM
import CSAMShims

/// Where a value may lie.
enum Bounds {
    case any, nonNegative, positive
    /// [0, 1], [0, 1), (0, 1]
    case share, fraction, portion
    case atLeast(Double), between(Double, Double)

    var ends: (low: Double, high: Double, open: Int32) {
        switch self {
        case .any: return (-.infinity, .infinity, 0)
        case .nonNegative: return (0, .infinity, 0)
        case .positive: return (0, .infinity, 1)
        case .share: return (0, 1, 0)
        case .fraction: return (0, 1, 2)
        case .portion: return (0, 1, 1)
        case .atLeast(let low): return (low, .infinity, 0)
        case .between(let low, let high): return (low, high, 0)
        }
    }
}

/// A named value of a method, a base or the engine: declared once, beside what it is for. One value, or one a group.
/// The catalogue, the checks and every front end's names and defaults come from here.
final class Option {
    enum Kind: Int32 { case real = 0, integer = 1, flag = 2, choice = 3, list = 4, tensors = 5 }

    let name: Name, summary: Name
    let kind: Kind
    private(set) var initial: Double, low: Double, high: Double
    private(set) var open: Int32
    /// Comma-separated, in the order of their codes.
    let choices: Name?
    let perGroup: Bool
    /// By group; one element where all groups share the value.
    private(set) var values: [Double] { didSet { look() } }
    /// Of the first group: the value, where groups share it.
    private(set) var value: Double
    /// Whether all groups have the same value; and whether any has another than 0.
    private(set) var isUniform = true, isUsed: Bool
    private(set) var schedules: [Schedule?]
    /// Whether a call has changed what may decide which memory is needed: a choice, a flag, a count, or whether a number is 0.
    var hasTurned = false

    init(name: Name, summary: Name, kind: Kind, initial: Double, low: Double, high: Double, open: Int32, choices: Name? = nil,
         perGroup: Bool = false) {
        self.name = name
        self.summary = summary
        self.kind = kind
        self.initial = initial
        self.low = low
        self.high = high
        self.open = open
        self.choices = choices
        self.perGroup = perGroup
        values = [initial]
        value = initial
        isUsed = initial != 0
        schedules = [nil]
    }

    private func look() {
        value = values[0]
        isUniform = true
        isUsed = false
        for one in values {
            if one != value { isUniform = false }
            if one != 0 { isUsed = true }
        }
    }

    convenience init(_ name: StaticString, _ initial: Double, _ range: Bounds, perGroup: Bool = false, _ summary: StaticString) {
        let (low, high, open) = range.ends
        self.init(name: Name(name), summary: Name(summary), kind: .real, initial: initial, low: low, high: high, open: open,
                  perGroup: perGroup)
    }

    convenience init(_ name: StaticString, count: Int, _ range: Bounds, perGroup: Bool = false, _ summary: StaticString) {
        let (low, high, open) = range.ends
        self.init(name: Name(name), summary: Name(summary), kind: .integer, initial: Double(count), low: low, high: high, open: open,
                  perGroup: perGroup)
    }

    convenience init(_ name: StaticString, flag: Bool, perGroup: Bool = false, _ summary: StaticString) {
        self.init(name: Name(name), summary: Name(summary), kind: .flag, initial: flag ? 1 : 0, low: 0, high: 1, open: 0,
                  perGroup: perGroup)
    }

    /// `choices`: comma-separated; the default is the one at `initial`.
    convenience init(_ name: StaticString, choices: StaticString, initial: Int = 0, perGroup: Bool = false, _ summary: StaticString) {
        var commas = 0
        for i in 0..<choices.utf8CodeUnitCount where choices.utf8Start[i] == 44 { commas += 1 }
        self.init(name: Name(name), summary: Name(summary), kind: .choice, initial: Double(initial), low: 0, high: Double(commas),
                  open: 0, choices: Name(choices), perGroup: perGroup)
    }

    /// Another default, and where said another range: before any host sees the option.
    func preset(_ value: Double, _ range: Bounds? = nil) {
        initial = value
        values = [value]
        if let range { (low, high, open) = range.ends }
    }

    /// Makes room for so many groups.
    func spread(groups: Int) {
        if !perGroup { return }
        while values.count < groups {
            values.append(values[0])
            schedules.append(schedules[0])
        }
    }

    var isOn: Bool { value != 0 }
    var int: Int { Int(value) }
    subscript(group: Int) -> Double { isUniform ? value : values[perGroup ? group : 0] }

    /// Whether the choice in force is `name`.
    func isChoice(_ name: StaticString, group: Int = 0) -> Bool {
        guard var at = choices?.bytes else { return false }
        var skip = Int(self[group])
        while skip > 0 {
            if at.pointee == 44 { skip -= 1 }
            at += 1
        }
        for i in 0..<name.utf8CodeUnitCount where UInt8(bitPattern: at[i]) != name.utf8Start[i] { return false }
        return at[name.utf8CodeUnitCount] == 0 || at[name.utf8CodeUnitCount] == 44
    }

    /// The place of a choice in the list, -1 where it is none.
    func code(of wanted: Name) -> Int {
        guard let choices else { return -1 }
        var i = 0, code = 0, same = 0                       // same: matching bytes of this choice, -1 once one differed
        while true {
            let byte = choices.bytes[i]
            if byte == 44 || byte == 0 {
                if same >= 0, wanted.bytes[same] == 0 { return code }
                if byte == 0 { return -1 }
                code += 1
                same = 0
            } else if same >= 0 {
                same = wanted.bytes[same] == byte ? same + 1 : -1
            }
            i += 1
        }
    }
}

extension Option {
    /// The groups that a call with this number means: -1: all.
    private func places(_ group: Int32) throws(Failure) -> Range<Int> {
        if group == -1 { return 0..<values.count }
        if !perGroup { throw .argument("group = \(group): option \"\(name)\" has one value for all groups; expected -1") }
        if group < 0 || Int(group) >= values.count {
            throw .argument("group = \(group): expected -1 (all) or 0 to \(values.count - 1)")
        }
        return Int(group)..<(Int(group) + 1)
    }

    /// The value of a group, of the first for -1.
    func get(group: Int32) throws(Failure) -> Double { values[try places(group).lowerBound] }

    func mustBeNumber() throws(Failure) {
        if kind == .choice { throw .argument("option = \"\(name)\" is a choice, \(expected): use sam_optimizer_choose and _choice") }
    }
    func mustBeChoice() throws(Failure) {
        if kind != .choice { throw .argument("option = \"\(name)\" is no choice: use sam_optimizer_set and _get") }
    }

    /// As it was in another run, whose values were checked.
    func resume(_ value: Double, _ group: Int) { values[group] = value }
    func resume(_ schedule: Schedule, _ group: Int) { schedules[group] = schedule }

    /// Values and schedules, to come back to.
    var remembered: (values: [Double], schedules: [Schedule?]) { (values, schedules) }
    func recall(_ before: (values: [Double], schedules: [Schedule?])) {
        (values, schedules) = before
        hasTurned = false
    }

    /// As if its courses were so far between `initial` and `final`.
    func place(at share: Double) {
        for (i, schedule) in schedules.enumerated() {
            if let schedule { values[i] = (1 - share) * schedule.initial + share * schedule.final }
        }
    }

    private func put(_ value: Double, _ i: Int) {
        if kind == .real ? (values[i] == 0) != (value == 0) : values[i] != value { hasTurned = true }
        values[i] = value
    }

    /// Sets the value and ends a schedule.
    func set(_ value: Double, group: Int32) throws(Failure) {
        let range = try places(group)
        try check(value)
        for i in range {
            put(value, i)
            schedules[i] = nil
        }
    }

    /// The bound of integers that have no other: products of a few of them, and of one with a step's number, fit 64 bits.
    static let largestInteger = 2147483647.0

    func check(_ value: Double) throws(Failure) {
        let most = kind == .integer && high.isInfinite ? Option.largestInteger : high
        let below = value < low || (open & 1 != 0 && value == low), above = value > most || (open & 2 != 0 && value == high)
        let fraction = kind != .real && kind != .list && value != value.rounded(.towardZero)
        if value.isNaN || below || above || fraction || (value.isInfinite && value != initial) {
            throw .range("\(name) = \(value): expected \(expected)")
        }
    }

    func expected(_ text: inout Sentence.Pieces) {
        if let choices {
            text.appendLiteral("one of ")
            text.appendInterpolation(choices)
        } else if kind == .flag {
            text.appendLiteral("0 or 1")
        } else {
            text.appendLiteral(kind == .integer ? "a whole number" : "a number")
            if !low.isInfinite {
                text.appendLiteral(open & 1 != 0 ? " > " : " >= ")
                text.appendInterpolation(low)
            }
            if kind == .integer && high.isInfinite {
                text.appendLiteral(low.isInfinite ? " <= " : " and <= ")
                text.appendInterpolation(Option.largestInteger)
            }
            if !high.isInfinite {
                text.appendLiteral(low.isInfinite ? "" : " and")
                text.appendLiteral(open & 2 != 0 ? " < " : " <= ")
                text.appendInterpolation(high)
            }
        }
    }

    func choose(_ wanted: Name, group: Int32) throws(Failure) {
        try mustBeChoice()
        let choices = choices!
        let place = code(of: wanted)
        if place < 0 { throw .name("\(name) = \"\(wanted)\": expected one of \(choices)") }
        try set(Double(place), group: group)
    }

    /// The i-th choice, as a string that lives as long as the library.
    func choice(at i: Int) -> Name? { choices.flatMap { ChoiceNames.shared.name(of: $0, at: i) } }

    func schedule(_ schedule: Schedule?, group: Int32) throws(Failure) {
        if kind != .real { throw .argument("option \"\(name)\" is no real number: it cannot have a schedule") }
        let range = try places(group)
        if let schedule {
            try check(schedule.initial)
            try check(schedule.final)
        }
        for i in range {
            schedules[i] = schedule
            if let schedule { follow(schedule, completed: schedule.origin, i) }
        }
    }

    /// A course that leaves the option's bounds leaves the option where it was.
    private func follow(_ schedule: Schedule, completed: Int64, _ i: Int) {
        let value = schedule.value(at: completed + 1)
        if value.isFinite && !isOutside(value) { put(value, i) }
    }

    private func isOutside(_ value: Double) -> Bool {
        value < low || value > high || (open & 1 != 0 && value == low) || (open & 2 != 0 && value == high)
    }

    /// The value of the step that follows `completed` steps.
    func follow(completed: Int64) {
        for i in 0..<values.count {
            if let schedule = schedules[i] { follow(schedule, completed: completed, i) }
        }
    }

    var hasSchedule: Bool {
        for one in schedules where one != nil { return true }
        return false
    }
}

/// Zero-terminated copies of single choices, made once and kept: what the interface hands out.
final class ChoiceNames {
    private nonisolated(unsafe) static let made = ChoiceNames()
    /// Made under the lock that a fork waits for.
    static var shared: ChoiceNames {
        sam_first_use_take()
        defer { sam_first_use_give() }
        return made
    }
    private let lock = Lock()
    private var known: [(list: UnsafePointer<CChar>, names: [Name])] = []

    func name(of list: Name, at i: Int) -> Name? {
        lock.take()
        defer { lock.give() }
        for (key, names) in known where key == list.bytes { return i < names.count ? names[i] : nil }
        var names: [Name] = [], start = 0, end = 0
        while true {
            if list.bytes[end] == 44 || list.bytes[end] == 0 {
                let copy = UnsafeMutablePointer<CChar>.allocate(capacity: end - start + 1)
                for k in start..<end { copy[k - start] = list.bytes[k] }
                copy[end - start] = 0
                names.append(Name(at: copy))
                if list.bytes[end] == 0 { break }
                start = end + 1
            }
            end += 1
        }
        known.append((list.bytes, names))
        return i < names.count ? names[i] : nil
    }
}
