import CSAMShims

/// adam and adamw, in torch's arithmetic and order. t: the tensor's step.
///     adam:   d = d + weight_decay w          adamw:  w = w (1 - lr weight_decay)
///     m = beta1 m + (1 - beta1) d;  v = beta2 v + (1 - beta2) d^2;  amsgrad: vmax = max(vmax, v), used in v's place
///     w = w - lr / (1 - beta1^t) * m / (sqrt(v) / sqrt(1 - beta2^t) + eps)
struct Adam<Math: Real>: Rule {
    static var count: Int { 2 }
    @inline(__always) static var isCommon: Bool { isFast(Math.code) }
    let constants: AdamConstants<Math>
    init(_ setting: Setting) { constants = AdamConstants(setting, decoupled: setting.variant == 1) }
    @inline(__always)
    func update<V: Lanes>(_ w: inout V, _ g: V, _ s0: inout V, _ s1: inout V, _ s2: inout V, _ s3: inout V) where V.Scalar == Math {
        constants.moments(&w, g, &s0, &s1)
        w = constants.moved(w, s0, s1)
    }
}

struct AMSGrad<Math: Real>: Rule {
    static var count: Int { 3 }
    let constants: AdamConstants<Math>
    init(_ setting: Setting) { constants = AdamConstants(setting, decoupled: setting.variant == 1) }
    @inline(__always)
    func update<V: Lanes>(_ w: inout V, _ g: V, _ s0: inout V, _ s1: inout V, _ s2: inout V, _ s3: inout V) where V.Scalar == Math {
        constants.moments(&w, g, &s0, &s1)
        s2 = V.larger(s2, s1)
        w = constants.moved(w, s0, s2)
    }
}

/// What Adam and its relatives share. Options: lr, beta1, beta2, eps, weight_decay in the first places.
struct AdamConstants<Math: Real> {
    let shrink, decay, beta1, rest1, beta2, rest2, root, rate, eps: Math
    /// decoupled: w decays before the update, else the decay goes into the direction.
    init(_ setting: Setting, decoupled: Bool) {
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
    /// The decayed w, the first moment and, answered, the direction.
    @inline(__always)
    func first<V: Lanes>(_ w: inout V, _ g: V, _ m: inout V) -> V where V.Scalar == Math {
        let d = decay == 0 ? g : g + V.splat(decay) * w
        w = w * V.splat(shrink)
        m = V.splat(beta1) * m + V.splat(rest1) * d
        return d
    }
    /// The second moment as well.
    @inline(__always) @discardableResult
    func moments<V: Lanes>(_ w: inout V, _ g: V, _ m: inout V, _ v: inout V) -> V where V.Scalar == Math {
        let d = first(&w, g, &m)
        v = V.splat(beta2) * v + V.splat(rest2) * d * d
        return d
    }
    /// sqrt(v) / sqrt(1 - beta2^t) + eps
    @inline(__always)
    func divisor<V: Lanes>(_ v: V) -> V where V.Scalar == Math { v.root * V.splat(root) + V.splat(eps) }
    @inline(__always)
    func moved<V: Lanes>(_ w: V, _ m: V, _ v: V) -> V where V.Scalar == Math {
        w - V.splat(rate) * m / divisor(v)
    }
}

/// The baseline's, in every set.
private func adamInDouble(_ piece: UnsafePointer<sam_piece>) {
    #if !SAM_COMMON_RULES
    if piece.pointee.slots == 0b111 { Descend<AMSGrad<Double>>.sweep(piece) } else { Descend<Adam<Double>>.sweep(piece) }
    #endif
}

private func adamOfHalves(_ piece: UnsafePointer<sam_piece>) {
    #if SAM_HALF_LOOPS || !arch(x86_64)
    if piece.pointee.slots == 0b111 { Descend<AMSGrad<Float>>.sweepHalf(piece) } else { Descend<Adam<Float>>.sweepHalf(piece) }
    #endif
}

private func adamText(_ name: StaticString, variant: Int, decay: Double, _ summary: StaticString, _ reference: StaticString,
                      _ decayText: StaticString) -> RuleText {
    RuleText(
        name: name, summary: summary, reference: reference,
        options: [
            .real("lr", 1e-3, .nonNegative, "Learning rate."),
            .real("beta1", 0.9, .fraction, "Decay of the first moment."),
            .real("beta2", 0.999, .fraction, "Decay of the second moment."),
            .real("eps", 1e-8, .nonNegative, "Added to the root of the second moment."),
            .real("weight_decay", decay, .nonNegative, decayText),
            .flag("amsgrad", 0, "Divide by the largest second moment so far."),
        ],
        slots: ["m", "v", "vmax"], variant: variant, firstMoment: 0, used: { $0![5] != 0 ? 0b111 : 0b11 },
        float: { $0!.pointee.slots == 0b111 ? Descend<AMSGrad<Float>>.sweep($0!) : Descend<Adam<Float>>.sweep($0!) },
        double: { adamInDouble($0!) }, half: { adamOfHalves($0!) })
}

let adamRule = adamText(
    "adam", variant: 0, decay: 0, "Adam: steps scaled by running moments of the direction, weight decay in the direction.",
    "Kingma, Ba 2015; amsgrad: Reddi, Kale, Kumar 2018", "Coefficient of w, added to the direction.")

let adamwRule = adamText(
    "adamw", variant: 1, decay: 1e-2, "Adam with decoupled weight decay.",
    "Loshchilov, Hutter 2019", "Decoupled: w is multiplied by 1 - lr * weight_decay before the update.")
