import CSAMShims

/// schedule_free_sgd and schedule_free_adamw: the weights are y, between the fast z and the average x = y + (1 - 1 / momentum) (z - y), which
/// sam_optimizer_average copies out. t: the tensor's step; z = w at first.
///     rate = lr min(1, t / warmup_steps);  weight = t^r (largest rate so far)^weight_lr_power;  c = weight / (sum of weights)
///     adamw: v = beta2 v + (1 - beta2) d^2;  d = d / (sqrt(v / (1 - beta2^t)) + eps);  beta1 in the place of momentum
///     d = d + weight_decay w;  w = w + c (z - w) + rate (momentum (1 - c) - 1) d;  z = z - rate d
struct ScheduleFree<Math: Real>: Rule {
    static var count: Int { 1 }
    let average: ScheduleFreeAverage<Math>
    init(_ setting: Setting) { average = ScheduleFreeAverage(setting, decay: 2) }
    @inline(__always)
    func update<V: Lanes>(_ w: inout V, _ g: V, _ s0: inout V, _ s1: inout V, _ s2: inout V, _ s3: inout V) where V.Scalar == Math {
        average.move(&w, g, &s0)
    }
}

struct ScheduleFreeAdamW<Math: Real>: Rule {
    static var count: Int { 2 }
    let average: ScheduleFreeAverage<Math>
    let beta2, rest2, root, eps: Math
    init(_ setting: Setting) {
        average = ScheduleFreeAverage(setting, decay: 4)
        beta2 = Math(setting[2])
        rest2 = Math(1 - setting[2])
        root = Math(1 / setting.correction(setting[2]).squareRoot())
        eps = Math(setting[3])
    }
    @inline(__always)
    func update<V: Lanes>(_ w: inout V, _ g: V, _ s0: inout V, _ s1: inout V, _ s2: inout V, _ s3: inout V) where V.Scalar == Math {
        s1 = V.splat(beta2) * s1 + V.splat(rest2) * g * g
        average.move(&w, g / (s1.root * V.splat(root) + V.splat(eps)), &s0)
    }
}

struct ScheduleFreeAverage<Math: Real> {
    let decay, share, rate, along: Math
    let isFirst: Bool
    /// decay: the place of weight_decay among the options; lr is 0, momentum or beta1 1.
    init(_ setting: Setting, decay place: Int) {
        let c = setting.numbers[2], pace = setting.numbers[3]
        isFirst = setting.fresh & 1 != 0
        decay = Math(setting[place])
        share = Math(c)
        rate = Math(pace)
        along = Math(pace * (setting[1] * (1 - c) - 1))
    }
    @inline(__always)
    func move<V: Lanes>(_ w: inout V, _ g: V, _ z: inout V) where V.Scalar == Math {
        let d = g + V.splat(decay) * w, fast = isFirst ? w : z
        w = w + V.splat(share) * (fast - w) + V.splat(along) * d
        z = fast - V.splat(rate) * d
    }
}

/// The largest rate so far, the sum of weights, c, the rate. lr stands first, r, weight_lr_power and warmup_steps from `place` on.
private func advance(_ options: UnsafePointer<Double>, _ step: Int, _ numbers: UnsafeMutablePointer<Double>, _ place: Int) {
    let t = Double(step), rising = options[place + 2]
    numbers[3] = t < rising ? options[0] * (t / rising) : options[0]
    numbers[0] = step == 1 ? numbers[3] : max(numbers[0], numbers[3])
    let weight = power(t, options[place]) * power(numbers[0], options[place + 1])
    numbers[1] = (step == 1 ? 0 : numbers[1]) + weight
    numbers[2] = weight > 0 && numbers[1].isFinite ? weight / numbers[1] : 0
}

private let courseOptions: [RuleOption] = [
    .real("r", 0, .any, "Power of the step's number in the weights of the average."),
    .real("weight_lr_power", 2, .any, "Power of the largest rate so far in the weights of the average."),
    .integer("warmup_steps", 0, "Steps in which the rate rises to lr."),
]

let scheduleFreeSGDRule = RuleText(
    name: "schedule_free_sgd", summary: "SGD without a schedule: the gradient is taken between a fast sequence and its average.",
    reference: "Defazio, Yang, Mehta, Mishchenko, Khaled, Cutkosky 2024",
    options: [
        .real("lr", 1, .nonNegative, "Learning rate."),
        .real("momentum", 0.9, .inside, "How far the weights lie from the fast sequence towards the average."),
        .real("weight_decay", 0, .nonNegative, "Coefficient of w, added to the direction."),
    ] + courseOptions,
    slots: ["z"], numbers: 4, advance: { advance($0!, Int($1), $2!, 3) }, firstMoment: -1, average: 0, extrapolation: 1, used: { _ in 1 },
    float: { Descend<ScheduleFree<Float>>.sweep($0!) }, double: { Descend<ScheduleFree<Double>>.sweep($0!) })

let scheduleFreeAdamWRule = RuleText(
    name: "schedule_free_adamw", summary: "AdamW without a schedule: the gradient is taken between a fast sequence and its average.",
    reference: "Defazio, Yang, Mehta, Mishchenko, Khaled, Cutkosky 2024",
    options: [
        .real("lr", 2.5e-3, .nonNegative, "Learning rate."),
        .real("beta1", 0.9, .inside, "How far the weights lie from the fast sequence towards the average."),
        .real("beta2", 0.999, .fraction, "Decay of the second moment."),
        .real("eps", 1e-8, .nonNegative, "Added to the root of the second moment."),
        .real("weight_decay", 0, .nonNegative, "Coefficient of w, added to the scaled direction."),
    ] + courseOptions,
    slots: ["z", "v"], numbers: 4, advance: { advance($0!, Int($1), $2!, 5) }, firstMoment: -1, average: 0, extrapolation: 1, used: { _ in 0b11 },
    float: { Descend<ScheduleFreeAdamW<Float>>.sweep($0!) }, double: { Descend<ScheduleFreeAdamW<Double>>.sweep($0!) })
