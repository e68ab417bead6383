#if !hasFeature(Embedded)
import CSAM

/// Options are addressed as "method.NAME", "base.NAME" or "shared.NAME"; the plain name is enough where it can mean one thing. They are set between steps
/// and act on the next one. `group`: nil for all groups, or a number for what the catalogue marks ``Library/Option/perGroup``.
///
/// Every function throws ``Failure``: ``Failure/Code/name`` for an unknown option, with the nearest, or for one that method and base both have;
/// ``Failure/Code/argument`` for a group that is not there or an option that has one value for all; ``Failure/Code/state`` in the middle of a step.
extension Optimizer {
    /// Sets a number or an integer, and ends its schedule.
    ///
    /// - Throws: Also ``Failure/Code/range`` outside the option's bounds, and ``Failure/Code/argument`` for a choice.
    public func set(_ option: String, _ value: Double, group: Int? = nil) throws(Failure) {
        try withOption(option) { (option) throws(Failure) in
            try option.mustBeNumber()
            try self.set(option, value, group: number(of: group))
        }
    }

    /// Sets a flag.
    public func set(_ option: String, _ isOn: Bool, group: Int? = nil) throws(Failure) { try set(option, isOn ? 1 : 0, group: group) }

    /// Sets several, in their order; the first that fails ends it, those before it stay set.
    ///
    /// ```swift
    /// try optimizer.set(["lr": 1e-3, "rho": 0.05, "scaling": "element"])
    /// ```
    ///
    /// - Throws: What ``set(_:_:group:)-(_,Double,_)`` and ``choose(_:_:group:)`` throw; ``Failure/Code/argument`` for a list or tensors.
    public func set(_ options: Options, group: Int? = nil) throws(Failure) {
        for (name, value) in options.pairs {
            switch value.form {
            case .number(let number): try set(name, number, group: group)
            case .choice(let word): try choose(name, word, group: group)
            case .list, .tensors:
                try withOption(name) { (option) throws(Failure) in throw .argument("option = \"\(option.name)\": expected a number, a flag or a word") }
            }
        }
    }

    /// Sets a choice.
    ///
    /// - Throws: Also ``Failure/Code/name`` for a word that is none of its, and ``Failure/Code/argument`` for an option that is no choice.
    public func choose(_ option: String, _ choice: String, group: Int? = nil) throws(Failure) {
        try withOption(option) { (option) throws(Failure) in
            try bytes(of: choice) { (choice) throws(Failure) in try self.choose(option, Name(at: choice), group: number(of: group)) }
        }
    }

    /// What the next step will use, schedules included; a flag is 0 or 1. group nil: of an option per group the value of group 0.
    ///
    /// - Throws: Also ``Failure/Code/argument`` for a choice.
    public func get(_ option: String, group: Int? = nil) throws(Failure) -> Double {
        try withOption(option) { (option) throws(Failure) in
            try option.mustBeNumber()
            self.followSchedules()
            return try option.get(group: number(of: group))
        }
    }

    /// The word of a choice that is in use.
    ///
    /// - Throws: Also ``Failure/Code/argument`` for an option that is no choice.
    public func choice(_ option: String, group: Int? = nil) throws(Failure) -> String {
        try withOption(option) { (option) throws(Failure) in
            guard let word = option.choice(at: Int(try option.get(group: number(of: group)))) else {
                throw .argument("option = \"\(option.name)\" is no choice: read it with get")
            }
            return String(cString: word.bytes)
        }
    }

    /// Gives a real option a course over the coming steps, counted from the next one.
    ///
    /// With t the step counted from 1 and t0 = max(warmup, 1): `initial * t / t0` up to t0, behind it a curve to `final` at t = steps, which then holds.
    /// The kinds are those of ``Library/schedules``; their formulas stand at `sam_schedule` in `sam.h`.
    ///
    /// - Parameters:
    ///   - option: A real option.
    ///   - kind: "constant", "linear", "cosine", "cosine_power", "step", "exponential", "polynomial", "inverse_sqrt", "one_cycle".
    ///   - initial: The value at t0, within the option's bounds.
    ///   - final: The value at the end, within the option's bounds; "constant" does not read it.
    ///   - steps: The length, >= 1, the warm-up included.
    ///   - warmup: Steps, >= 0.
    ///   - power: >= 0; what it is depends on the kind; 0: the kind's default.
    ///   - period: Steps, >= 0; what it is depends on the kind; 0: the kind's default.
    ///   - group: nil: all.
    /// - Throws: Also ``Failure/Code/name`` for an unknown kind, ``Failure/Code/range`` for a number outside its range, ``Failure/Code/argument`` for an
    ///   option that is not real.
    public func schedule(_ option: String, _ kind: String, initial: Double, final: Double = 0, steps: Int = 1, warmup: Int = 0, power: Double = 0,
                         period: Int = 0, group: Int? = nil) throws(Failure) {
        try withOption(option) { (option) throws(Failure) in
            try bytes(of: kind) { (kind) throws(Failure) in
                let given = sam_schedule(struct_size: MemoryLayout<sam_schedule>.size, kind: kind, initial: initial, final: final, warmup: Int64(warmup),
                                         steps: Int64(steps), power: power, period: Int64(period))
                try self.schedule(option, try Schedule(given, from: self.completed.steps), group: number(of: group))
            }
        }
    }

    /// Ends an option's schedule; the present value stays.
    public func unschedule(_ option: String, group: Int? = nil) throws(Failure) {
        try withOption(option) { (option) throws(Failure) in try self.schedule(option, nil, group: number(of: group)) }
    }

    private func withOption<Result>(_ name: String, _ body: (Option) throws(Failure) -> Result) throws(Failure) -> Result {
        try bytes(of: name) { (name) throws(Failure) in try body(try self.option(Name(at: name))) }
    }
}

/// A group's number as the engine has it, -1: all; one that is none stays none.
private func number(of group: Int?) -> Int32 { group.map { $0 < 0 ? Int32.min : Int32(clamping: $0) } ?? -1 }
#endif
