import CSAMShims

/// rprop, in torch's arithmetic and order: every weight has a step size of its own, and only the direction's signs count.
///     s = sign(d previous);  size = size * (s > 0: eta_plus; s < 0: eta_minus; else 1), into [step_min, step_max], from lr
///     s < 0: d = 0;  w = w - size sign(d);  previous = d
struct Rprop<Math: Real>: Rule {
    static var count: Int { 2 }
    let lr, minus, plus, least, most: Math
    let isFirst: Bool
    init(_ setting: Setting) {
        isFirst = setting.fresh & 1 != 0
        lr = Math(setting[0])
        minus = Math(setting[1])
        plus = Math(setting[2])
        least = Math(setting[3])
        most = Math(setting[4])
    }
    @inline(__always)
    func update<V: Lanes>(_ w: inout V, _ g: V, _ s0: inout V, _ s1: inout V, _ s2: inout V, _ s3: inout V) where V.Scalar == Math {
        let product = g * s1, none = V.splat(0)
        let up = V.above(product, none), down = V.above(none, product), same = V.splat(1) - up - down
        let factor = up * V.splat(plus) + down * V.splat(minus) + same
        s0 = V.larger(V.smaller((isFirst ? V.splat(lr) : s0) * factor, V.splat(most)), V.splat(least))
        s1 = g * (V.splat(1) - down)
        w = w - s0 * s1.sign
    }
}

let rpropRule = RuleText(
    name: "rprop", summary: "Resilient propagation: a step size for each weight, which grows while the sign stays and shrinks when it turns.",
    reference: "Riedmiller, Braun 1993",
    options: [
        .real("lr", 1e-2, .nonNegative, "The first step size."),
        .real("eta_minus", 0.5, .inside, "Factor of the step size where the sign turned."),
        .real("eta_plus", 1.2, .above(1), "Factor where it stayed."),
        .real("step_min", 1e-6, .nonNegative, "The least step size."),
        .real("step_max", 50, .nonNegative, "The largest step size."),
    ],
    slots: ["size", "previous"], firstMoment: -1, used: { _ in 0b11 },
    float: { Descend<Rprop<Float>>.sweep($0!) }, double: { Descend<Rprop<Double>>.sweep($0!) })
