import CSAMShims

/// adagrad, in torch's arithmetic and order. t: the tensor's step.
///     d = d + weight_decay w;  G = G + d^2, from initial_accumulator_value;  w = w - lr / (1 + (t - 1) lr_decay) d / (sqrt(G) + eps)
struct Adagrad<Math: Real>: Rule {
    static var count: Int { 1 }
    let decay, rate, eps, initial: Math
    let isFirst: Bool
    init(_ setting: Setting) {
        isFirst = setting.fresh & 1 != 0
        decay = Math(setting[2])
        rate = Math(setting[0] / (1 + Double(setting.step - 1) * setting[1]))
        eps = Math(setting[4])
        initial = Math(setting[3])
    }
    @inline(__always)
    func update<V: Lanes>(_ w: inout V, _ g: V, _ s0: inout V, _ s1: inout V, _ s2: inout V, _ s3: inout V) where V.Scalar == Math {
        let d = g + V.splat(decay) * w
        s0 = (isFirst ? V.splat(initial) : s0) + d * d
        w = w - V.splat(rate) * d / (s0.root + V.splat(eps))
    }
}

let adagradRule = RuleText(
    name: "adagrad", summary: "Steps scaled by the root of the sum of all squares so far.", reference: "Duchi, Hazan, Singer 2011",
    options: [
        .real("lr", 1e-2, .nonNegative, "Learning rate."),
        .real("lr_decay", 0, .nonNegative, "In step t the rate is lr / (1 + (t - 1) lr_decay)."),
        .real("weight_decay", 0, .nonNegative, "Coefficient of w, added to the direction."),
        .real("initial_accumulator_value", 0, .nonNegative, "Where the sum of squares begins."),
        .real("eps", 1e-10, .nonNegative, "Added to the root."),
    ],
    slots: ["sum"], firstMoment: -1, used: { _ in 1 },
    float: { Descend<Adagrad<Float>>.sweep($0!) }, double: { Descend<Adagrad<Double>>.sweep($0!) })
