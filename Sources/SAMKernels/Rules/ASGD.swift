import CSAMShims

/// asgd, in torch's arithmetic and order. t: the tensor's step.
///     d = d + weight_decay w;  w = w (1 - lambd eta) - eta d, eta that of the step before, lr at first
///     average = average + (w - average) / max(1, t - 1 - t0);  eta = lr / (1 + lambd lr t)^alpha
struct ASGD<Math: Real>: Rule {
    static var count: Int { 1 }
    let decay, shrink, eta, share: Math
    let isCopied: Bool
    init(_ setting: Setting) {
        let weight = 1 / max(1, Double(setting.step) - 1 - setting[3])
        isCopied = setting.fresh & 1 != 0 || weight == 1
        decay = Math(setting[4])
        shrink = Math(1 - setting[1] * setting.numbers[0])
        eta = Math(setting.numbers[0])
        share = Math(weight)
    }
    @inline(__always)
    func update<V: Lanes>(_ w: inout V, _ g: V, _ s0: inout V, _ s1: inout V, _ s2: inout V, _ s3: inout V) where V.Scalar == Math {
        let d = g + V.splat(decay) * w
        w = w * V.splat(shrink) - V.splat(eta) * d
        s0 = isCopied ? w : s0 + (w - s0) * V.splat(share)
    }

    /// eta of this step, and of the next.
    static func advance(_ options: UnsafePointer<Double>, _ step: Int, _ numbers: UnsafeMutablePointer<Double>) {
        numbers[0] = step == 1 ? options[0] : numbers[1]
        numbers[1] = options[0] / power(1 + options[1] * options[0] * Double(step), options[2])
    }
}

let asgdRule = RuleText(
    name: "asgd", summary: "Averaged stochastic gradient descent: a falling rate, and the average of the weights (sam_optimizer_average).",
    reference: "Polyak, Juditsky 1992",
    options: [
        .real("lr", 1e-2, .nonNegative, "The rate at first."),
        .real("lambd", 1e-4, .nonNegative, "Decay of the weights by 1 - lambd eta, and of the rate."),
        .real("alpha", 0.75, .nonNegative, "Power with which the rate falls."),
        .real("t0", 1e6, .nonNegative, "The average begins behind so many steps; before that it is the weights."),
        .real("weight_decay", 0, .nonNegative, "Coefficient of w, added to the direction."),
    ],
    slots: ["mean"], numbers: 2, advance: { ASGD<Double>.advance($0!, Int($1), $2!) }, firstMoment: -1, average: 0, used: { _ in 1 },
    float: { Descend<ASGD<Float>>.sweep($0!) }, double: { Descend<ASGD<Double>>.sweep($0!) })
