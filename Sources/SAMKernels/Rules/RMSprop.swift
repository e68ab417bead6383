import CSAMShims

/// rmsprop, in torch's arithmetic and order.
///     d = d + weight_decay w;  v = alpha v + (1 - alpha) d^2
///     centered: mean = alpha mean + (1 - alpha) d;  v - mean^2, not below 0, in v's place
///     u = d / (sqrt(v) + eps);  momentum: buf = momentum buf + u, used in u's place
///     w = w - lr u
struct RMSprop<Math: Real>: Rule {
    static var count: Int { 3 }
    let lr, alpha, rest, eps, decay, momentum: Math
    let centered, hasMomentum: Bool
    init(_ setting: Setting) {
        lr = Math(setting[0])
        alpha = Math(setting[1])
        rest = Math(1 - setting[1])
        eps = Math(setting[2])
        decay = Math(setting[3])
        momentum = Math(setting[4])
        hasMomentum = setting[4] != 0
        centered = setting[5] != 0
    }
    @inline(__always)
    func update<V: Lanes>(_ w: inout V, _ g: V, _ s0: inout V, _ s1: inout V, _ s2: inout V, _ s3: inout V) where V.Scalar == Math {
        let d = g + V.splat(decay) * w
        s0 = V.splat(alpha) * s0 + V.splat(rest) * d * d
        var v = s0
        if centered {
            s2 = V.splat(alpha) * s2 + V.splat(rest) * d
            v = V.larger(v - s2 * s2, V.splat(0))
        }
        var u = d / (v.root + V.splat(eps))
        if hasMomentum {
            s1 = V.splat(momentum) * s1 + u
            u = s1
        }
        w = w - V.splat(lr) * u
    }
}

let rmspropRule = RuleText(
    name: "rmsprop", summary: "Steps scaled by the root of a running mean of squares.",
    reference: "Tieleman, Hinton 2012; centered: Graves 2013",
    options: [
        .real("lr", 1e-2, .nonNegative, "Learning rate."),
        .real("alpha", 0.99, .fraction, "Decay of the mean of squares."),
        .real("eps", 1e-8, .nonNegative, "Added to the root."),
        .real("weight_decay", 0, .nonNegative, "Coefficient of w, added to the direction."),
        .real("momentum", 0, .nonNegative, "Factor of the running sum of scaled directions; 0: none, and no state."),
        .flag("centered", 0, "Divide by the deviation from the running mean of directions."),
    ],
    slots: ["v", "momentum", "mean"], firstMoment: 1, used: { 1 | ($0![4] != 0 ? 2 : 0) | ($0![5] != 0 ? 4 : 0) },
    float: { Descend<RMSprop<Float>>.sweep($0!) }, double: { Descend<RMSprop<Double>>.sweep($0!) })
