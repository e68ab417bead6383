import CSAMShims

/// adabelief: Adam with the variance of the direction around its moment. t: the tensor's step.
///     decoupled_weight_decay: w = w (1 - lr weight_decay), else d = d + weight_decay w
///     m = beta1 m + (1 - beta1) d;  s = beta2 s + (1 - beta2) (d - m)^2 + eps
///     w = w - lr / (1 - beta1^t) m / (sqrt(s) / sqrt(1 - beta2^t) + eps)
struct AdaBelief<Math: Real>: Rule {
    static var count: Int { 2 }
    let shrink, decay, beta1, rest1, beta2, rest2, root, rate, eps: Math
    init(_ setting: Setting) {
        let decoupled = setting[5] != 0
        shrink = Math(decoupled ? 1 - setting[0] * setting[4] : 1)
        decay = Math(decoupled ? 0 : setting[4])
        beta1 = Math(setting[1])
        rest1 = Math(1 - setting[1])
        beta2 = Math(setting[2])
        rest2 = Math(1 - setting[2])
        root = Math(1 / setting.correction(setting[2]).squareRoot())
        rate = Math(setting[0] / setting.correction(setting[1]))
        eps = Math(setting[3])
    }
    @inline(__always)
    func update<V: Lanes>(_ w: inout V, _ g: V, _ s0: inout V, _ s1: inout V, _ s2: inout V, _ s3: inout V) where V.Scalar == Math {
        let d = g + V.splat(decay) * w
        s0 = V.splat(beta1) * s0 + V.splat(rest1) * d
        let off = d - s0
        s1 = V.splat(beta2) * s1 + V.splat(rest2) * off * off + V.splat(eps)
        w = w * V.splat(shrink) - V.splat(rate) * s0 / (s1.root * V.splat(root) + V.splat(eps))
    }
}

let adabeliefRule = RuleText(
    name: "adabelief", summary: "Adam scaled by how far directions lie from their running mean.",
    reference: "Zhuang, Tang, Ding, Tatikonda, Dvornek, Papademetris, Duncan 2020",
    options: [
        .real("lr", 1e-3, .nonNegative, "Learning rate."),
        .real("beta1", 0.9, .fraction, "Decay of the first moment."),
        .real("beta2", 0.999, .fraction, "Decay of the variance."),
        .real("eps", 1e-16, .nonNegative, "Added to the variance, where it stays, and to its root."),
        .real("weight_decay", 0, .nonNegative, "Coefficient of w, added to the direction, or decoupled."),
        .flag("decoupled_weight_decay", 1, "Decay by w (1 - lr * weight_decay) before the update instead of in the direction."),
    ],
    slots: ["m", "s"], firstMoment: 0, used: { _ in 0b11 },
    float: { Descend<AdaBelief<Float>>.sweep($0!) }, double: { Descend<AdaBelief<Double>>.sweep($0!) })
