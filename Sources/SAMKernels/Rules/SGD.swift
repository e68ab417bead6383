import CSAMShims

/// sgd: stochastic gradient descent, in torch's arithmetic and order.
///     d = d + weight_decay w
///     momentum:  buf = d at first, then buf = momentum buf + (1 - dampening) d;  d = d + momentum buf (nesterov) or buf
///     w = w - lr d
struct SGD<Math: Real>: Rule {
    static var count: Int { 0 }
    @inline(__always) static var isCommon: Bool { isFast(Math.code) }
    let lr, decay: Math
    init(_ setting: Setting) {
        lr = Math(setting[0])
        decay = Math(setting[4])
    }
    @inline(__always)
    func update<V: Lanes>(_ w: inout V, _ g: V, _ s0: inout V, _ s1: inout V, _ s2: inout V, _ s3: inout V) where V.Scalar == Math {
        let d = g + V.splat(decay) * w
        w = w - V.splat(lr) * d
    }
}

struct SGDMomentum<Math: Real>: Rule {
    static var count: Int { 1 }
    @inline(__always) static var isCommon: Bool { isFast(Math.code) }
    let lr, momentum, keep, take, decay: Math
    let nesterov: Bool
    init(_ setting: Setting) {
        let first = setting.fresh & 1 != 0
        lr = Math(setting[0])
        momentum = Math(setting[1])
        keep = first ? 0 : momentum
        take = first ? 1 : Math(1 - setting[2])
        nesterov = setting[3] != 0
        decay = Math(setting[4])
    }
    @inline(__always)
    func update<V: Lanes>(_ w: inout V, _ g: V, _ s0: inout V, _ s1: inout V, _ s2: inout V, _ s3: inout V) where V.Scalar == Math {
        let d = g + V.splat(decay) * w
        s0 = V.splat(keep) * s0 + V.splat(take) * d
        let u = nesterov ? d + V.splat(momentum) * s0 : s0
        w = w - V.splat(lr) * u
    }
}

/// The baseline's, in every set.
private func sgdInDouble(_ piece: UnsafePointer<sam_piece>) {
    #if !SAM_COMMON_RULES
    if piece.pointee.slots == 0 { Descend<SGD<Double>>.sweep(piece) } else { Descend<SGDMomentum<Double>>.sweep(piece) }
    #endif
}

private func sgdOfHalves(_ piece: UnsafePointer<sam_piece>) {
    #if SAM_HALF_LOOPS || !arch(x86_64)
    if piece.pointee.slots == 0 { Descend<SGD<Float>>.sweepHalf(piece) } else { Descend<SGDMomentum<Float>>.sweepHalf(piece) }
    #endif
}

let sgdRule = RuleText(
    name: "sgd", summary: "Stochastic gradient descent with momentum, dampening and Nesterov's step.",
    reference: "Robbins, Monro 1951; Polyak 1964; Nesterov 1983; Sutskever et al. 2013",
    options: [
        .real("lr", 0.1, .nonNegative, "Learning rate."),
        .real("momentum", 0, .fraction, "Factor of the running sum of directions; 0: none, and no state."),
        .real("dampening", 0, .share, "Share of the new direction that is left out of the momentum, from the second step on."),
        .flag("nesterov", 0, "Step along direction + momentum * buffer instead of the buffer."),
        .real("weight_decay", 0, .nonNegative, "Coefficient of w, added to the direction."),
    ],
    slots: ["momentum"], firstMoment: 0, used: { $0![1] != 0 ? 1 : 0 },
    float: { $0!.pointee.slots == 0 ? Descend<SGD<Float>>.sweep($0!) : Descend<SGDMomentum<Float>>.sweep($0!) },
    double: { sgdInDouble($0!) }, half: { sgdOfHalves($0!) })
