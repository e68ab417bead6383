/// wsam: sharpness gp - g as a regulariser of weight alpha = gamma / (1 - gamma).
///     decouple 1: the base with g, then w = w - lr alpha (gp - g), without momentum or preconditioner
///     decouple 0: direction = alpha gp + (1 - alpha) g
final class WSAM: Ascent {
    override class var about: About {
        About("wsam", "Sharpness as a weighted regulariser, by default applied beside the base's update.",
              by: "Yue, Jiang, Ye, Gao, Liu, Zhang 2023", exactness: 1)
    }

    let gamma = Option("gamma", 0.9, .fraction, "Sharpness weighs gamma / (1 - gamma).")
    let decouple = Option("decouple", flag: true, "Sharpness is added behind the base's update with the base's lr; 0: it is part of the direction.")
    private let clean = Slot("clean")
    override var options: [Option] { super.options + [gamma, decouple] }
    override var slots: [Slot] { [clean] }
    override var traits: Traits { super.traits.union(decouple.isOn ? .addsBehind : []) }

    override func ascend(_ step: Step) -> Next {
        step.assign(clean, step.gradient)
        return super.ascend(step)
    }

    override func descend(_ step: Step) -> Next {
        let alpha = gamma.value / (1 - gamma.value), g = step[clean], gp = step.gradient
        guard decouple.isOn, let lr = step.base?.lr else { return step.descend(along: alpha * gp + (1 - alpha) * g) }
        step.addBehind(-alpha * step[lr] * (gp - g))
        return step.descend(along: g)
    }
}
