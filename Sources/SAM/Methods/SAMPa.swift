/// sampa: SAM whose two evaluations can be made at once: the ascent follows the gradient at an auxiliary point, which stands
/// where the weights were expected to be now.
///     first step: h = gradient at w, direction = h
///     then  y = w - lr (h + weight_decay w + momentum v), v sgd's momentum (predict, the published code's); else y = w - lr h
///           h' = gradient at y;  gp = gradient at w + rho unit(h);  direction = (1 - lam) gp + lam h'
/// Both are made on the step's batch; the published loop takes gp on the batch before.
final class SAMPa: Ascent {
    override class var about: About {
        About("sampa", "SAM parallelised: climbs along the gradient at a point where the weights were expected, evaluated beside the step before.",
              by: "Xie, Pethick, Cevher 2024")
    }

    let lam = Option("lam", 0.2, .share, "Weight of the auxiliary point's gradient in the direction.")
    let predict = Option("predict", flag: true, "With base sgd: the auxiliary point follows its momentum and weight_decay; else it is w - lr h.")
    let ahead = Slot("h", life: .early)
    override var radius: (value: Double, range: Bounds) { (0.1, .nonNegative) }
    override var options: [Option] { super.options + [lam, predict] }
    override var slots: [Slot] { [ahead] }

    override func begin(_ step: Step) -> Next {
        guard step.has(ahead), let base = step.base else { return .ask(first) }
        step.displace(by: -step[base.lr] * expected(step, base))
        return .ask(ascend)
    }

    /// What the base is expected to move along.
    private func expected(_ step: Step, _ base: Base) -> Vector {
        guard predict.isOn, base.name == Name("sgd"), let v = base.firstMoment, step.has(v),
              let decay = base.option("weight_decay"), let momentum = base.option("momentum") else { return step[ahead] }
        return step[ahead] + step[decay] * step.iterate + step[momentum] * step[v]
    }

    private func first(_ step: Step) -> Next {
        step.assign(ahead, step.gradient)
        return step.descend(along: step.gradient)
    }

    override func ascend(_ step: Step) -> Next {
        climb(step, along: step[ahead])
        step.assign(ahead, step.gradient)
        return .ask(descend)
    }

    override func descend(_ step: Step) -> Next {
        step.descend(along: (1 - lam.value) * step.gradient + lam.value * step[ahead])
    }
}
