import CSAM
import CSAMShims

/// Gradients from losses alone. Along a probe z at x, two evaluations:
///     slope = (L(x + mu z) - L(x - mu z)) / 2 mu
/// estimate = mean over `directions` probes of f slope z, f such that its expectation is the gradient of the smoothed loss:
///     gaussian: normal, f = 1;  sphere: normal / |normal|, f = n;  rademacher: signs, f = 1;  coordinate: a random unit vector, f = n
/// n: scalars that take part.
final class ZerothOrder {
    let mu = Option("mu", 1e-3, .positive, "How far the two points of a slope lie from the weights, in units of the probe.")
    let directions = Option("directions", count: 1, .atLeast(1), "Probes of which the mean is taken, two evaluations each.")
    let distribution: Option
    let seed = Option("seed", count: 0, .between(0, 9007199254740991), "Of every random draw.")
    let sum = Slot("estimate")
    private let coordinate = Slot("coordinate")

    /// initial: the default distribution's place.
    init(distribution initial: Int = 0) {
        distribution = Option("distribution", choices: "gaussian,sphere,rademacher,coordinate", initial: initial, "Of the probes.")
    }

    var options: [Option] { [mu, directions, distribution, seed] }
    var slots: [Slot] { distribution.isChoice("coordinate") ? [sum, coordinate] : [sum] }
    /// Of one estimate.
    var evaluations: Int { 2 * directions.int }

    /// A formula made anew for each evaluation.
    typealias Point = (Step) -> Vector

    static func iterate(_ step: Step) -> Vector { step.iterate }

    /// Goes on with the slope at x along z.
    func slope(_ step: Step, at x: @escaping Point = ZerothOrder.iterate, along z: @escaping Point,
               then next: @escaping (Step, Double) -> Next) -> Next {
        let mu = self.mu.value
        step.place(at: x(step) + mu * z(step))
        return .ask({ step in
            let up = step.loss
            step.place(at: x(step) - mu * z(step))
            return .ask({ next($0, (up - $0.loss) / (2 * mu)) }, bits: SAM_LOSS_ONLY)
        }, bits: SAM_LOSS_ONLY)
    }

    /// Goes on with the estimate at x in the slot (nil: `sum`). Draw of the k-th probe: draw directions + k - 1.
    func estimate(_ step: Step, at x: @escaping Point = ZerothOrder.iterate, draw: Int64, into slot: Slot? = nil, from k: Int = 1,
                  then next: @escaping (Step) -> Next) -> Next {
        let sum = slot ?? self.sum, count = directions.int
        let (z, factor) = probe(step, draw &* Int64(count) &+ Int64(k - 1))
        return slope(step, at: x, along: z) { step, slope in
            let part = factor * slope / Double(count) * z(step)
            step.assign(sum, k == 1 ? part : step[sum] + part)
            return k == count ? next(step) : self.estimate(step, at: x, draw: draw, into: slot, from: k + 1, then: next)
        }
    }

    /// z and f.
    private func probe(_ step: Step, _ draw: Int64) -> (Point, Double) {
        let n = step.scalars
        if distribution.isChoice("rademacher") { return ({ $0.random(SAM_RADEMACHER, .probes, draw: draw) }, 1) }
        if distribution.isChoice("coordinate") {
            step.assign(coordinate, unitAt: min(Int(step.uniform(.probes, draw: draw) * Double(n)), n - 1))
            let slot = coordinate
            return ({ $0[slot] }, Double(n))
        }
        if distribution.isChoice("gaussian") { return ({ $0.random(SAM_NORMAL, .probes, draw: draw) }, 1) }
        let length = step.norm(step.random(SAM_NORMAL, .probes, draw: draw))
        return ({ $0.random(SAM_NORMAL, .probes, draw: draw) / (length == 0 ? 1 : length) }, Double(step.count()))
    }
}

extension Step {
    /// Scalars that are not frozen.
    var scalars: Int {
        var n = 0
        for tensor in device.tensors { n += tensor.count }
        return n
    }

    /// slot = 1 at one scalar, counted over all that are not frozen, and 0 elsewhere.
    func assign(_ slot: Slot, unitAt scalar: Int) {
        if !device.has(slot) { return }
        assign(slot, Vector(constant: 0))
        device.flush()
        for t in device.tensors.indices where device.active[t] {
            let i = scalar - Int(device.facts[t].index)
            if i < 0 || i >= device.tensors[t].count { continue }
            if Int(device.tensors[t].type) == SAM_F64 {
                slot.writing(t).storeBytes(of: 1, toByteOffset: 8 * i, as: Double.self)
            } else {
                slot.writing(t).storeBytes(of: 1, toByteOffset: 4 * i, as: Float.self)
            }
        }
    }
}
