import CSAMShims

/// nadam, in torch's arithmetic and order. t: the tensor's step.
///     decoupled_weight_decay: w = w (1 - lr weight_decay), else d = d + weight_decay w
///     mu_k = beta1 (1 - 0.96^(k momentum_decay) / 2);  P = mu_1 ... mu_t;  m, v: the moments of adam
///     w = w - lr ((1 - mu_t) / (1 - P) d + mu_(t+1) / (1 - P mu_(t+1)) m) / (sqrt(v / (1 - beta2^t)) + eps)
struct NAdam<Math: Real>: Rule {
    static var count: Int { 2 }
    let constants: AdamConstants<Math>
    let direct, moment: Math
    init(_ setting: Setting) {
        let product = setting.numbers[0], mu = setting.numbers[1], next = setting.numbers[2]
        constants = AdamConstants(setting, decoupled: setting[6] != 0)
        direct = Math(setting[0] * (1 - mu) / (1 - product))
        moment = Math(setting[0] * next / (1 - product * next))
    }
    @inline(__always)
    func update<V: Lanes>(_ w: inout V, _ g: V, _ s0: inout V, _ s1: inout V, _ s2: inout V, _ s3: inout V) where V.Scalar == Math {
        let d = constants.moments(&w, g, &s0, &s1)
        w = w - (V.splat(direct) * d + V.splat(moment) * s0) / constants.divisor(s1)
    }

    /// The product of mu_1 to mu_t, mu_t, mu_(t+1).
    static func advance(_ options: UnsafePointer<Double>, _ step: Int, _ numbers: UnsafeMutablePointer<Double>) {
        func mu(_ k: Int) -> Double { options[1] * (1 - 0.5 * power(0.96, Double(k) * options[5])) }
        numbers[1] = mu(step)
        numbers[2] = mu(step + 1)
        numbers[0] = (step == 1 ? 1 : numbers[0]) * numbers[1]
    }
}

let nadamRule = RuleText(
    name: "nadam", summary: "Adam with Nesterov's momentum.", reference: "Dozat 2016",
    options: [
        .real("lr", 2e-3, .nonNegative, "Learning rate."),
        .real("beta1", 0.9, .fraction, "Decay of the first moment."),
        .real("beta2", 0.999, .fraction, "Decay of the second moment."),
        .real("eps", 1e-8, .nonNegative, "Added to the root of the second moment."),
        .real("weight_decay", 0, .nonNegative, "Coefficient of w, added to the direction, or decoupled."),
        .real("momentum_decay", 4e-3, .nonNegative, "How fast the momentum grows to beta1."),
        .flag("decoupled_weight_decay", 0, "Decay by w (1 - lr * weight_decay) before the update instead of in the direction."),
    ],
    slots: ["m", "v"], numbers: 3, advance: { NAdam<Double>.advance($0!, Int($1), $2!) }, firstMoment: 0, used: { _ in 0b11 },
    float: { Descend<NAdam<Float>>.sweep($0!) }, double: { Descend<NAdam<Double>>.sweep($0!) })
