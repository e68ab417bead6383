import CSAM
import CSAMShims

/// A course of a value over the steps. Step t counts from 1 at the schedule's origin; `steps` counts the warm-up too.
/// t0 = max(warmup, 1) has `initial`; before it the value is initial * t / t0; after it x = (t - t0) / (steps - t0), held at 1.
struct Schedule {
    let kind: ScheduleKind
    let initial: Double, final: Double
    let warmup: Int64, steps: Int64
    let power: Double
    let period: Int64
    /// Steps that the optimizer had completed when the schedule was set.
    let origin: Int64

    func value(at step: Int64) -> Double {
        let t = step - origin, t0 = max(warmup, 1)
        if t < t0 { return kind.rise.map { $0(self, t, t0) } ?? initial * Double(t) / Double(t0) }
        return kind.formula(self, t - t0)
    }

    /// How much of the way is done `past` steps behind t0: 0 to 1.
    func progress(_ past: Int64) -> Double {
        let length = steps - max(warmup, 1)
        return past <= 0 ? 0 : past >= length ? 1 : Double(past) / Double(length)
    }

    /// From a to b along half a cosine, x from 0 to 1.
    func cosine(_ a: Double, _ b: Double, _ x: Double) -> Double {
        x == 1 ? b : b + (a - b) * (1 + sam_processor_kernels().pointee.cosine!(x * Double.pi)) / 2
    }

    func raised(_ base: Double, _ exponent: Double) -> Double { sam_processor_kernels().pointee.power!(base, exponent) }

    /// A decay stops at `final`, a growth as well.
    func held(_ value: Double) -> Double { final <= initial ? max(value, final) : min(value, final) }

    /// `power`, or what stands for 0.
    func power(or usual: Double) -> Double { power == 0 ? usual : power }
}

/// A kind: its formula gives the value `past` steps behind t0.
struct ScheduleKind {
    let name: Name, summary: Name
    /// Whether `steps` says where the course ends, and whether `final` is read.
    var ends = true, hasFinal = true
    /// In place of the linear warm-up: the value in step t < t0.
    var rise: ((Schedule, Int64, Int64) -> Double)?
    let formula: (Schedule, Int64) -> Double
}

/// Every kind, in the catalogue's order.
nonisolated(unsafe) let schedules: [ScheduleKind] = [
    ScheduleKind(name: Name("constant"), summary: Name("initial, after a linear warm-up."), ends: false, hasFinal: false) { s, _ in s.initial },
    ScheduleKind(name: Name("linear"), summary: Name("From initial to final along a line.")) { s, past in
        let x = s.progress(past)
        return x == 1 ? s.final : s.initial + (s.final - s.initial) * x
    },
    ScheduleKind(name: Name("cosine"), summary: Name("From initial to final along half a cosine; with a period it starts again.")) { s, past in
        s.cosine(s.initial, s.final, s.period > 0 ? Double(past % s.period) / Double(s.period) : s.progress(past))
    },
    ScheduleKind(name: Name("cosine_power"), summary: Name("From initial to final along power^cosine (power 0: 10): slower at the end than a cosine.")) { s, past in
        let span = max(s.steps - max(s.warmup, 1), 0), base = s.power(or: 10)
        if span == 0 { return past > 0 ? s.final : s.initial }
        func part(_ e: Int64) -> Double {
            let c = s.cosine(1, 0, min(Double(e) / Double(span + 1), 1))
            return base == 1 ? c : s.raised(base, c) - 1
        }
        return s.final + (s.initial - s.final) * (part(past + 1) / part(1))
    },
    ScheduleKind(name: Name("step"), summary: Name("Multiplied by power (0: 0.1) every period steps, held at final."), ends: false) { s, past in
        s.held(s.initial * raised(s.power(or: 0.1), past / max(s.period, 1)))
    },
    ScheduleKind(name: Name("exponential"), summary: Name("Multiplied by power within every period, held at final; power 0: from initial to final by a constant factor.")) { s, past in
        if s.power > 0 { return s.held(s.initial * s.raised(s.power, Double(past) / Double(max(s.period, 1)))) }
        let x = s.progress(past)
        return x == 1 ? s.final : s.initial == 0 ? 0 : s.initial * s.raised(s.final / s.initial, x)
    },
    ScheduleKind(name: Name("polynomial"), summary: Name("From initial to final along (1 - x)^power (power 0: 1).")) { s, past in
        s.final + (s.initial - s.final) * s.raised(1 - s.progress(past), s.power(or: 1))
    },
    ScheduleKind(name: Name("inverse_sqrt"), summary: Name("initial sqrt(t0 / t), held at final."), ends: false) { s, past in
        let t0 = Double(max(s.warmup, 1))
        return s.held(s.initial * (t0 / (t0 + Double(past))).squareRoot())
    },
    ScheduleKind(name: Name("one_cycle"), summary: Name("Up to initial along a cosine, then down to final along another."), rise: { s, t, t0 in
        s.cosine(s.initial / (s.power >= 1 ? s.power : 25), s.initial, Double(t - 1) / Double(t0 - 1))
    }) { s, past in
        s.cosine(s.initial, s.final, s.progress(past))
    },
]

extension Schedule {
    /// The host's schedule, its members checked.
    init(_ s: sam_schedule, from origin: Int64) throws(Failure) {
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
        self.init(kind: kind, initial: s.initial, final: kind.hasFinal ? s.final : s.initial, warmup: rising, steps: s.steps,
                  power: s.power, period: s.period, origin: origin)
    }
}
