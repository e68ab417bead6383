import CSAM
import CSAMShims

/// The Hessian's diagonal of the step's batch, estimated with one vector of signs z (stream 4, the draw is the step's number):
///     D = z (gradient(w + h z) - gradient(w - h z)) / 2h,  h = difference (1 + |w|) / |z|
/// Two evaluations, in the steps in which a tensor is due: 1, 1 + update_period, ..., and those in which one joins.
final class Curvature {
    let period = Option("update_period", count: 1, .atLeast(1), perGroup: true, "Steps between two estimates of the Hessian's diagonal.")
    let product = HessianProduct(0)
    private let diagonal = Slot("diagonal")

    init(period: Int = 1) { self.period.preset(Double(period)) }

    var slots: [Slot] { [diagonal] + product.slots }

    /// Goes on with D in a slot.
    func ask(_ step: Step, then: @escaping (Step, Slot) -> Next) -> Next {
        product.ask(step, at: step.iterate, along: signs(step)) { [self] step, image in
            step.assign(diagonal, signs(step) * image)
            return then(step, diagonal)
        }
    }

    private func signs(_ step: Step) -> Vector { step.random(SAM_RADEMACHER, .probes) }

    /// Whether an estimate is due for a tensor whose estimates stand in `mean`.
    func isDue(_ step: Step, _ t: Int, _ mean: Slot) -> Bool {
        !mean.present[t] || (step.number - 1) % Int64(period[Int(step.device.tensors[t].group)]) == 0
    }

    /// Whether one is due for any.
    func isDue(_ step: Step, _ mean: Slot) -> Bool {
        for t in step.device.tensors.indices where step.device.active[t] && isDue(step, t, mean) { return true }
        return false
    }

    /// mean = beta mean + (1 - beta) v in the tensors that are due.
    func follow(_ step: Step, _ mean: Slot, _ beta: Option, _ v: Vector) {
        func factor(_ t: Int, _ number: Double, _ other: Double) -> Double { isDue(step, t, mean) ? number : other }
        let keep = step.perPlace { factor($0, beta[Int(step.device.tensors[$0].group)], 1) }
        let take = step.perPlace { factor($0, 1 - beta[Int(step.device.tensors[$0].group)], 0) }
        step.assign(mean, keep * step[mean] + take * v)
    }
}

extension Device {
    /// In a slot of this step, in tensor t: every run of `length` elements becomes the mean of its magnitudes.
    func averageMagnitudes(_ slot: Slot, _ t: Int, of length: Int) {
        flush()
        if Int(tensors[t].type) == SAM_F64 {
            average(slot.part[t].assumingMemoryBound(to: Double.self), tensors[t].count, length)
        } else {
            average(slot.part[t].assumingMemoryBound(to: Float.self), tensors[t].count, length)
        }
    }

    private func average<Number: BinaryFloatingPoint>(_ data: UnsafeMutablePointer<Number>, _ count: Int, _ length: Int) {
        for start in stride(from: 0, to: count, by: max(length, 1)) {
            var sum = 0.0
            for i in 0..<length { sum += Double(abs(data[start + i])) }
            for i in 0..<length { data[start + i] = Number(sum / Double(length)) }
        }
    }
}
