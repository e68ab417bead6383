import CSAM

/// A setting of a measure: declared once, beside what it is for; the catalogue and the checks come from here. A number, a flag, a
/// choice, a list of numbers (a single one serves), or tensors of the parameters' shapes. A default of NaN: there is none.
final class Setting {
    let option: Option
    let repeats: Bool
    private(set) var isGiven = false
    /// The number, or the list.
    private(set) var list: [Double]
    /// Every list, of a setting that repeats.
    private(set) var lists: [[Double]] = []
    /// One pointer a tensor of the set, as often as the setting was given.
    private(set) var tensors: [UnsafePointer<UnsafeRawPointer?>] = []

    private init(_ option: Option, _ list: [Double], repeats: Bool = false) {
        self.option = option
        self.list = list
        self.repeats = repeats
    }

    convenience init(_ name: StaticString, _ initial: Double, _ range: Bounds, _ summary: StaticString) {
        self.init(Option(name, initial, range, summary), [initial])
    }

    convenience init(_ name: StaticString, count: Int, _ range: Bounds, _ summary: StaticString) {
        self.init(Option(name, count: count, range, summary), [Double(count)])
    }

    convenience init(_ name: StaticString, flag: Bool, _ summary: StaticString) {
        self.init(Option(name, flag: flag, summary), [flag ? 1 : 0])
    }

    /// `choices`: comma-separated, in the order of their codes.
    convenience init(_ name: StaticString, choices: StaticString, initial: Int = 0, _ summary: StaticString) {
        self.init(Option(name, choices: choices, initial: initial, summary), [Double(initial)])
    }

    /// A list of numbers, each in the range; `initial` NaN: empty where it is not given.
    convenience init(_ name: StaticString, list initial: Double, _ range: Bounds, repeats: Bool = false, _ summary: StaticString) {
        let (low, high, open) = range.ends
        self.init(Option(name: Name(name), summary: Name(summary), kind: .list, initial: initial, low: low, high: high, open: open),
                  initial.isNaN ? [] : [initial], repeats: repeats)
    }

    convenience init(tensors name: StaticString, repeats: Bool = false, _ summary: StaticString) {
        self.init(Option(name: Name(name), summary: Name(summary), kind: .tensors, initial: .nan, low: -.infinity, high: .infinity, open: 0),
                  [], repeats: repeats)
    }

    var value: Double { list.first ?? .nan }
    var int: Int { Int(value) }
    var isOn: Bool { value != 0 }
    func isChoice(_ name: StaticString) -> Bool { option.isChoice(name) }

    /// Another default.
    func preset(_ value: Double) -> Setting {
        option.preset(value)
        list = [value]
        return self
    }

    /// In the place of the host.
    func put(_ value: Double) {
        isGiven = true
        list = [value]
        if option.kind == .choice { option.resume(value, 0) }
    }

    func take(_ s: sam_setting) throws(Failure) {
        let name = option.name
        if isGiven && !repeats { throw .argument("setting \"\(name)\" is given twice: expected once") }
        isGiven = true
        if option.kind == .tensors {
            guard let pointers = s.tensors else { throw .argument("tensors = NULL of setting \"\(name)\": expected one pointer for each tensor") }
            tensors.append(pointers)
            return
        }
        if s.tensors != nil { throw .argument("tensors of setting \"\(name)\": expected NULL, the setting takes \(what)") }
        if s.values != nil || s.count != 0 {
            if option.kind != .list { throw .argument("values of setting \"\(name)\": expected NULL and count 0, the setting takes \(what)") }
            guard let values = s.values, s.count > 0 else {
                throw .argument("values and count = \(s.count) of setting \"\(name)\": expected so many numbers, at least one")
            }
            if s.choice != nil { throw .argument("choice of setting \"\(name)\": expected NULL, the setting takes \(what)") }
            try secure(Int(s.count), times: 3, for: "the numbers of a setting")
            for i in 0..<Int(s.count) { try option.check(values[i]) }
            list = (0..<Int(s.count)).map { values[$0] }
            lists.append(list)
            return
        }
        if let choice = s.choice {
            let wanted = Name(at: choice)
            if option.kind != .choice { throw .argument("\(name) = \"\(wanted)\": expected \(what)") }
            let code = option.code(of: wanted)
            if code < 0 { throw .name("\(name) = \"\(wanted)\": expected \(option.expected)") }
            list = [Double(code)]
        } else {
            try option.check(s.value)
            list = [s.value]
        }
        if option.kind == .choice { try option.set(value, group: -1) }
    }

    private var what: (inout Sentence.Pieces) -> Void {
        { text in
            switch self.option.kind {
            case .list: text.appendLiteral("numbers")
            case .tensors: text.appendLiteral("tensors")
            default: self.option.expected(&text)
            }
        }
    }

    /// The name of the choice in force.
    var choice: Name? { option.choice(at: int) }

    /// That a setting without a default is there.
    func mustBeGiven(_ measure: Name) throws(Failure) {
        if !isGiven { throw .argument("measure \"\(measure)\" needs the setting \"\(option.name)\": \(option.summary)") }
    }
}

/// Settings that mean the same everywhere, one maker each; a measure takes those it has.
extension Setting {
    static func rho(_ initial: Double) -> Setting {
        Setting("rho", list: initial, .between(0, 1e6), "Radius of the perturbation, or a list of radii; 0 answers exactly 0.")
    }
    static func samples(_ initial: Int) -> Setting { Setting("samples", count: initial, .between(1, 1e6), "Random draws or probes.") }
    static func steps(_ initial: Int) -> Setting { Setting("steps", count: initial, .between(1, 1e6), "Iterations.") }
    static func restarts() -> Setting { Setting("restarts", count: 1, .between(1, 1000), "Independent starts; the best counts.") }
    static func tolerance(_ initial: Double, _ summary: StaticString = "Relative, of the residual to the largest magnitude.") -> Setting {
        Setting("tolerance", initial, .share, summary)
    }
    static func maxIterations(_ initial: Int) -> Setting { Setting("max_iterations", count: initial, .between(1, 1e6), "Limit of the iteration.") }
    static func norm() -> Setting { Setting("norm", choices: "l2,linf", "Norm of the perturbation set.") }
    static func projection() -> Setting {
        Setting("projection", choices: "scaled,euclidean",
                "How a point outside the set is brought back: along the ray in scaled coordinates, or to the closest point of the weights' space.")
    }
    static func distribution() -> Setting { Setting("distribution", choices: "rademacher,normal", "Of the probes' elements.") }
}
