import CSAMShims

/// radam, in torch's arithmetic and order. t: the tensor's step.
///     decoupled_weight_decay: w = w (1 - lr weight_decay), else d = d + weight_decay w;  m, v: the moments of adam
///     L = 2 / (1 - beta2) - 1;  l = L - 2 t beta2^t / (1 - beta2^t);  u = m / (1 - beta1^t)
///     l > 5: u = u sqrt((l - 4) (l - 2) L / ((L - 4) (L - 2) l)) sqrt(1 - beta2^t) / (sqrt(v) + eps)
///     w = w - lr u
struct RAdam<Math: Real>: Rule {
    static var count: Int { 2 }
    let constants: AdamConstants<Math>
    let rate: Math
    let isRectified: Bool
    init(_ setting: Setting) {
        let beta = setting[2], t = Double(setting.step), left = setting.correction(beta)
        let most = 2 / (1 - beta) - 1, length = most - 2 * t * (1 - left) / left
        let longer = (length - 4) * (length - 2) * most / ((most - 4) * (most - 2) * length)
        isRectified = length > 5
        constants = AdamConstants(setting, decoupled: setting[5] != 0)
        rate = Math(setting[0] / setting.correction(setting[1]) * (isRectified ? longer.squareRoot() * left.squareRoot() : 1))
    }
    @inline(__always)
    func update<V: Lanes>(_ w: inout V, _ g: V, _ s0: inout V, _ s1: inout V, _ s2: inout V, _ s3: inout V) where V.Scalar == Math {
        constants.moments(&w, g, &s0, &s1)
        let u = V.splat(rate) * s0
        w = w - (isRectified ? u / (s1.root + V.splat(constants.eps)) : u)
    }
}

let radamRule = RuleText(
    name: "radam", summary: "Adam that divides by the second moment only once its variance is small, and rectifies it.",
    reference: "Liu, Jiang, He, Chen, Liu, Gao, Han 2020",
    options: [
        .real("lr", 1e-3, .nonNegative, "Learning rate."),
        .real("beta1", 0.9, .fraction, "Decay of the first moment."),
        .real("beta2", 0.999, .fraction, "Decay of the second moment."),
        .real("eps", 1e-8, .nonNegative, "Added to the root of the second moment."),
        .real("weight_decay", 0, .nonNegative, "Coefficient of w, added to the direction, or decoupled."),
        .flag("decoupled_weight_decay", 0, "Decay by w (1 - lr * weight_decay) before the update instead of in the direction."),
    ],
    slots: ["m", "v"], firstMoment: 0, used: { _ in 0b11 },
    float: { Descend<RAdam<Float>>.sweep($0!) }, double: { Descend<RAdam<Double>>.sweep($0!) })
