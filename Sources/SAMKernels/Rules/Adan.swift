import CSAMShims

/// adan: moments of the direction, of its change, and of the square of both. Betas are decay factors. t: the tensor's step.
///     c = d - previous d, 0 at first;  m = beta1 m + (1 - beta1) d;  n = beta2 n + (1 - beta2) c
///     v = beta3 v + (1 - beta3) (d + beta2 c)^2
///     u = (m / (1 - beta1^t) + beta2 n / (1 - beta2^t)) / (sqrt(v) / sqrt(1 - beta3^t) + eps)
///     w = (w - lr u) / (1 + lr weight_decay);  decoupled_weight_decay: w = w (1 - lr weight_decay) - lr u
struct Adan<Math: Real>: Rule {
    static var count: Int { 4 }
    let beta1, rest1, beta2, rest2, beta3, rest3, moment, change, root, eps, lr, shrink, below: Math
    let isFirst: Bool
    init(_ setting: Setting) {
        let decoupled = setting[6] != 0, decay = setting[0] * setting[5]
        isFirst = setting.fresh & 1 != 0
        beta1 = Math(setting[1])
        rest1 = Math(1 - setting[1])
        beta2 = Math(setting[2])
        rest2 = Math(1 - setting[2])
        beta3 = Math(setting[3])
        rest3 = Math(1 - setting[3])
        moment = Math(1 / setting.correction(setting[1]))
        change = Math(setting[2] / setting.correction(setting[2]))
        root = Math(1 / setting.correction(setting[3]).squareRoot())
        eps = Math(setting[4])
        lr = Math(setting[0])
        shrink = Math(decoupled ? 1 - decay : 1)
        below = Math(decoupled ? 1 : 1 + decay)
    }
    @inline(__always)
    func update<V: Lanes>(_ w: inout V, _ g: V, _ s0: inout V, _ s1: inout V, _ s2: inout V, _ s3: inout V) where V.Scalar == Math {
        let c = isFirst ? V.splat(0) : g - s0, both = g + V.splat(beta2) * c
        s0 = g
        s1 = V.splat(beta1) * s1 + V.splat(rest1) * g
        s2 = V.splat(beta2) * s2 + V.splat(rest2) * c
        s3 = V.splat(beta3) * s3 + V.splat(rest3) * both * both
        let u = (V.splat(moment) * s1 + V.splat(change) * s2) / (s3.root * V.splat(root) + V.splat(eps))
        w = (w * V.splat(shrink) - V.splat(lr) * u) / V.splat(below)
    }
}

let adanRule = RuleText(
    name: "adan", summary: "Nesterov's momentum as moments of the direction and of its change.", reference: "Xie, Zhou, Li, Lin, Yan 2022",
    options: [
        .real("lr", 1e-3, .nonNegative, "Learning rate."),
        .real("beta1", 0.98, .fraction, "Decay of the moment of the direction."),
        .real("beta2", 0.92, .fraction, "Decay of the moment of its change, and the change's factor."),
        .real("beta3", 0.99, .fraction, "Decay of the moment of squares."),
        .real("eps", 1e-8, .nonNegative, "Added to the root."),
        .real("weight_decay", 0, .nonNegative, "Proximal: the new w is divided by 1 + lr * weight_decay; or decoupled."),
        .flag("decoupled_weight_decay", 0, "Decay by w (1 - lr * weight_decay) before the update instead."),
    ],
    slots: ["previous", "m", "n", "v"], firstMoment: 1, used: { _ in 0b1111 },
    float: { Descend<Adan<Float>>.sweep($0!) }, double: { Descend<Adan<Double>>.sweep($0!) })
