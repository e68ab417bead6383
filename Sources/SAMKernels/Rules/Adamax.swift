import CSAMShims

/// adamax, in torch's arithmetic and order. t: the tensor's step.
///     d = d + weight_decay w;  m = beta1 m + (1 - beta1) d;  u = max(beta2 u, |d| + eps);  w = w - lr / (1 - beta1^t) m / u
struct Adamax<Math: Real>: Rule {
    static var count: Int { 2 }
    let decay, beta1, rest1, beta2, eps, rate: Math
    init(_ setting: Setting) {
        decay = Math(setting[4])
        beta1 = Math(setting[1])
        rest1 = Math(1 - setting[1])
        beta2 = Math(setting[2])
        eps = Math(setting[3])
        rate = Math(setting[0] / setting.correction(setting[1]))
    }
    @inline(__always)
    func update<V: Lanes>(_ w: inout V, _ g: V, _ s0: inout V, _ s1: inout V, _ s2: inout V, _ s3: inout V) where V.Scalar == Math {
        let d = g + V.splat(decay) * w
        s0 = V.splat(beta1) * s0 + V.splat(rest1) * d
        s1 = V.larger(V.splat(beta2) * s1, d.absolute + V.splat(eps))
        w = w - V.splat(rate) * s0 / s1
    }
}

let adamaxRule = RuleText(
    name: "adamax", summary: "Adam with the decaying largest magnitude in the place of the root of the second moment.",
    reference: "Kingma, Ba 2015",
    options: [
        .real("lr", 2e-3, .nonNegative, "Learning rate."),
        .real("beta1", 0.9, .fraction, "Decay of the first moment."),
        .real("beta2", 0.999, .fraction, "Decay of the largest magnitude."),
        .real("eps", 1e-8, .nonNegative, "Added to the magnitude."),
        .real("weight_decay", 0, .nonNegative, "Coefficient of w, added to the direction."),
    ],
    slots: ["m", "u"], firstMoment: 0, used: { _ in 0b11 },
    float: { Descend<Adamax<Float>>.sweep($0!) }, double: { Descend<Adamax<Double>>.sweep($0!) })
