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
        if t < t0 { return initial * Double(t) / Double(t0) }
        return kind.formula(self, t - t0)
    }

    /// How much of the way is done `past` steps behind t0: 0 to 1.
    func progress(_ past: Int64) -> Double {
        let length = steps - max(warmup, 1)
        return past <= 0 ? 0 : past >= length ? 1 : Double(past) / Double(length)
    }
}

/// A kind: its formula gives the value `past` steps behind t0.
struct ScheduleKind {
    let name: Name, summary: Name
    /// Whether the course has an end, so that `steps` must lie behind the warm-up.
    let ends: Bool
    let formula: (Schedule, Int64) -> Double
}

/// Every kind, in the catalogue's order.
nonisolated(unsafe) let schedules: [ScheduleKind] = [
    ScheduleKind(name: Name("constant"), summary: Name("initial, after a linear warm-up."), ends: false) { s, _ in s.initial },
    ScheduleKind(name: Name("linear"), summary: Name("From initial to final along a line."), ends: true) { s, past in
        let x = s.progress(past)
        return x == 1 ? s.final : s.initial + (s.final - s.initial) * x
    },
    ScheduleKind(name: Name("cosine"), summary: Name("From initial to final along half a cosine; with a period it starts again."),
                 ends: true) { s, past in
        let x = s.period > 0 ? Double(past % s.period) / Double(s.period) : s.progress(past)
        if x == 1 { return s.final }
        return s.final + (s.initial - s.final) * (1 + sam_processor_kernels().pointee.cosine!(x * Double.pi)) / 2
    },
]
