import CSAM

/// extragradient: the gradient at a look-ahead point, of gradient descent with step gamma1.
///     direction = gradient at w - gamma1 g;  the base's lr is the second step
/// A negative gamma1 is usam's ascent.
final class Extragradient: Method {
    override class var about: About {
        About("extragradient", "The gradient at a look-ahead point: for games and other monotone problems.",
              by: "Korpelevich 1976", exactness: 2)
    }

    let gamma = Option("gamma1", 0.1, .any, perGroup: true, "Length of the look-ahead, in gradients.")
    let fresh = Option("fresh", flag: false, "The second gradient is of a new batch.")
    override var options: [Option] { [gamma, fresh] }
    override var evaluations: Int { 2 }

    override func begin(_ step: Step) -> Next { .ask(lookAhead) }

    private func lookAhead(_ step: Step) -> Next {
        step.displace(by: -step[gamma] * step.gradient)
        return .ask(descend, bits: fresh.isOn ? SAM_NEXT_BATCH : 0)
    }

    private func descend(_ step: Step) -> Next { step.descend(along: step.gradient) }
}

/// past_extragradient: extragradient whose look-ahead takes the previous step's gradient: one evaluation a step.
///     direction = gradient at w - gamma1 previous, at w in the first step
final class PastExtragradient: Method {
    override class var about: About {
        About("past_extragradient", "Extragradient that looks ahead along the previous gradient: one evaluation a step.",
              by: "Popov 1980", exactness: 2)
    }

    let gamma = Option("gamma1", 0.1, .any, perGroup: true, "Length of the look-ahead, in gradients.")
    let previous = Slot("previous", life: .always)
    override var options: [Option] { [gamma] }
    override var slots: [Slot] { [previous] }

    override func begin(_ step: Step) -> Next {
        if step.has(previous) { step.displace(by: -step[gamma] * step[previous]) }
        return .ask(descend)
    }

    private func descend(_ step: Step) -> Next {
        step.assign(previous, step.gradient)
        return step.descend(along: step.gradient)
    }
}
