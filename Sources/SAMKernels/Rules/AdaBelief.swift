import CSAMShims

/// adabelief: Adam with the variance of the direction around its moment. t: the tensor's step.
///     decoupled_weight_decay: w = w (1 - lr weight_decay), else d = d + weight_decay w
///     m = beta1 m + (1 - beta1) d;  s = beta2 s + (1 - beta2) (d - m)^2 + eps
///     w = w - lr / (1 - beta1^t) m / (sqrt(s) / sqrt(1 - beta2^t) + eps)
struct AdaBelief<Math: Real>: Rule {
    static var count: Int { 2 }
    let constants: AdamConstants<Math>
    init(_ setting: Setting) { constants = AdamConstants(setting, decoupled: setting[5] != 0) }
    @inline(__always)
    func update<V: Lanes>(_ w: inout V, _ g: V, _ s0: inout V, _ s1: inout V, _ s2: inout V, _ s3: inout V) where V.Scalar == Math {
        let off = constants.first(&w, g, &s0) - s0
        s1 = V.splat(constants.beta2) * s1 + V.splat(constants.rest2) * off * off + V.splat(constants.eps)
        w = constants.moved(w, s0, s1)
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
