import CSAMShims

/// lion: the sign of a mix of momentum and direction.
///     w = w (1 - lr weight_decay) - lr sign(beta1 m + (1 - beta1) d), sign(0) = 0;  m = beta2 m + (1 - beta2) d
struct Lion<Math: Real>: Rule {
    static var count: Int { 1 }
    let shrink, lr, beta1, rest1, beta2, rest2: Math
    init(_ setting: Setting) {
        shrink = Math(1 - setting[0] * setting[3])
        lr = Math(setting[0])
        beta1 = Math(setting[1])
        rest1 = Math(1 - setting[1])
        beta2 = Math(setting[2])
        rest2 = Math(1 - setting[2])
    }
    @inline(__always)
    func update<V: Lanes>(_ w: inout V, _ g: V, _ s0: inout V, _ s1: inout V, _ s2: inout V, _ s3: inout V) where V.Scalar == Math {
        w = w * V.splat(shrink) - V.splat(lr) * (V.splat(beta1) * s0 + V.splat(rest1) * g).sign
        s0 = V.splat(beta2) * s0 + V.splat(rest2) * g
    }
}

let lionRule = RuleText(
    name: "lion", summary: "Steps of one length along the sign of a mix of momentum and direction.", reference: "Chen et al. 2023",
    options: [
        .real("lr", 1e-4, .nonNegative, "Learning rate."),
        .real("beta1", 0.9, .fraction, "Share of the momentum in the mix."),
        .real("beta2", 0.99, .fraction, "Decay of the momentum."),
        .real("weight_decay", 0, .nonNegative, "Decoupled: w is multiplied by 1 - lr * weight_decay before the update."),
    ],
    slots: ["m"], firstMoment: 0, used: { _ in 1 },
    float: { Descend<Lion<Float>>.sweep($0!) }, double: { Descend<Lion<Double>>.sweep($0!) })
