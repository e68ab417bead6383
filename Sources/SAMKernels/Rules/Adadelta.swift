import CSAMShims

/// adadelta, in torch's arithmetic and order.
///     d = d + weight_decay w;  v = rho v + (1 - rho) d^2;  u = sqrt(D + eps) / sqrt(v + eps) d with the old D
///     D = rho D + (1 - rho) u^2;  w = w - lr u
struct Adadelta<Math: Real>: Rule {
    static var count: Int { 2 }
    let lr, rho, rest, eps, decay: Math
    init(_ setting: Setting) {
        lr = Math(setting[0])
        rho = Math(setting[1])
        rest = Math(1 - setting[1])
        eps = Math(setting[2])
        decay = Math(setting[3])
    }
    @inline(__always)
    func update<V: Lanes>(_ w: inout V, _ g: V, _ s0: inout V, _ s1: inout V, _ s2: inout V, _ s3: inout V) where V.Scalar == Math {
        let d = g + V.splat(decay) * w
        s0 = V.splat(rho) * s0 + V.splat(rest) * d * d
        let u = (s1 + V.splat(eps)).root / (s0 + V.splat(eps)).root * d
        s1 = V.splat(rho) * s1 + V.splat(rest) * u * u
        w = w - V.splat(lr) * u
    }
}

let adadeltaRule = RuleText(
    name: "adadelta", summary: "Steps whose units are those of the weights: scaled by the ratio of two running means of squares.",
    reference: "Zeiler 2012",
    options: [
        .real("lr", 1, .nonNegative, "Learning rate."),
        .real("rho", 0.9, .fraction, "Decay of both means of squares."),
        .real("eps", 1e-6, .nonNegative, "Added under both roots."),
        .real("weight_decay", 0, .nonNegative, "Coefficient of w, added to the direction."),
    ],
    slots: ["v", "delta"], firstMoment: -1, used: { _ in 0b11 },
    float: { Descend<Adadelta<Float>>.sweep($0!) }, double: { Descend<Adadelta<Double>>.sweep($0!) })
