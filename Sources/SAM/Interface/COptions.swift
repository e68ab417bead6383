import CSAM

private func find(_ optimizer: Optimizer, _ name: UnsafePointer<CChar>?) throws(Failure) -> Option {
    try optimizer.option(Name(at: try given(name, "option", "the name of an option")))
}

@c @implementation
public func sam_optimizer_set(_ handle: OpaquePointer?, _ group: Int32, _ option: UnsafePointer<CChar>?, _ value: Double) -> Int32 {
    answer { () throws(Failure) in
        let optimizer = try optimizer(handle), option = try find(optimizer, option)
        try option.mustBeNumber()
        try optimizer.set(option, value, group: group)
        return Int32(SAM_OK)
    }
}

@c @implementation
public func sam_optimizer_get(_ handle: OpaquePointer?, _ group: Int32, _ option: UnsafePointer<CChar>?,
                              _ value: UnsafeMutablePointer<Double>?) -> Int32 {
    answer { () throws(Failure) in
        let optimizer = try optimizer(handle), option = try find(optimizer, option)
        let value = try given(value, "value", "where the number goes")
        try option.mustBeNumber()
        optimizer.followSchedules()
        value.pointee = try option.get(group: group)
        return Int32(SAM_OK)
    }
}

@c @implementation
public func sam_optimizer_choose(_ handle: OpaquePointer?, _ group: Int32, _ option: UnsafePointer<CChar>?,
                                 _ choice: UnsafePointer<CChar>?) -> Int32 {
    answer { () throws(Failure) in
        let optimizer = try optimizer(handle), option = try find(optimizer, option)
        try optimizer.choose(option, Name(at: try given(choice, "choice", "a word")), group: group)
        return Int32(SAM_OK)
    }
}

@c @implementation
public func sam_optimizer_choice(_ handle: OpaquePointer?, _ group: Int32, _ option: UnsafePointer<CChar>?,
                                 _ choice: UnsafeMutablePointer<UnsafePointer<CChar>?>?) -> Int32 {
    answer { () throws(Failure) in
        let option = try find(try optimizer(handle), option)
        let choice = try given(choice, "choice", "where the word goes")
        guard let name = option.choice(at: Int(try option.get(group: group))) else {
            throw .argument("option = \"\(option.name)\" is no choice: read it with sam_optimizer_get")
        }
        choice.pointee = name.bytes
        return Int32(SAM_OK)
    }
}

@c @implementation
public func sam_optimizer_schedule(_ handle: OpaquePointer?, _ group: Int32, _ option: UnsafePointer<CChar>?,
                                   _ schedule: UnsafePointer<sam_schedule>?) -> Int32 {
    answer { () throws(Failure) in
        let optimizer = try optimizer(handle), option = try find(optimizer, option)
        guard let schedule else {
            try optimizer.schedule(option, nil, group: group)
            return Int32(SAM_OK)
        }
        try optimizer.schedule(option, try course(try read(schedule, "sam_schedule"), from: optimizer.completed.steps), group: group)
        return Int32(SAM_OK)
    }
}

/// The host's schedule, its members checked.
private func course(_ s: sam_schedule, from origin: Int64) throws(Failure) -> Schedule {
    let name = Name(at: try given(s.kind, "kind", "the name of a schedule"))
    let kind = schedules[try Catalog.find(Int32(SAM_SCHEDULES), name, "kind")]
    if !s.initial.isFinite { throw .range("initial = \(s.initial): expected a finite number") }
    if !s.final.isFinite { throw .range("final = \(s.final): expected a finite number") }
    if s.warmup < 0 { throw .range("warmup = \(s.warmup): expected a number of steps >= 0") }
    if s.period < 0 { throw .range("period = \(s.period): expected a number of steps >= 0") }
    if !s.power.isFinite || s.power < 0 { throw .range("power = \(s.power): expected a finite number >= 0") }
    let isCycle = kind.rise != nil, isExponential = kind.name == Name("exponential")
    let ends = kind.ends && !(kind.name == Name("cosine") && s.period > 0) && !(isExponential && s.power > 0)
    if s.steps < 0 || (ends && s.steps < 1) { throw .range("steps = \(s.steps): expected a number of steps >= 1") }
    if isExponential && s.power == 0 && s.initial != 0 && s.final / s.initial < 0 {
        throw .range("final = \(s.final): expected the sign of initial = \(s.initial), which no factor changes")
    }
    let rising = isCycle && s.warmup == 0 ? Int64((s.power > 0 && s.power < 1 ? s.power : 0.3) * Double(s.steps)) : s.warmup
    return Schedule(kind: kind, initial: s.initial, final: kind.hasFinal ? s.final : s.initial, warmup: rising, steps: s.steps,
                    power: s.power, period: s.period, origin: origin)
}
