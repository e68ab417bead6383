import CSAM
import CSAMShims

/// adafactor, in torch's order: the second moment of the last two axes is the product of its rows' and its columns' means. t: the tensor's step.
///     k = t^beta2_decay;  a = max(eps2, rms(w)) min(lr, 1 / sqrt(t));  w = w (1 - lr weight_decay)
///     two and more axes: row = (1 - k) row + k mean(d^2 over the last axis), column over the last but one;  v = row column / max(mean of row, eps1)
///     vectors: v = (1 - k) v + k d^2
///     u = d / sqrt(max(v, eps1^2));  w = w - a u / max(1, rms(u) / d)
/// eps1 = 0: the machine epsilon of the parameter's type.
final class Adafactor: Base {
    override class var about: About { About("adafactor", "Steps scaled by a second moment that is kept by rows and columns alone.", by: "Shazeer, Stern 2018") }

    private let rate = Option("lr", 1e-2, .nonNegative, perGroup: true, "Largest rate, relative to the weights' root mean square.")
    private let course = Option("beta2_decay", -0.8, .between(-.infinity, 0), perGroup: true, "Power of the step's number that is the share of the newest squares.")
    private let eps1 = Option("eps1", 0, .nonNegative, perGroup: true, "The least second moment is its square; 0: the type's machine epsilon.")
    private let eps2 = Option("eps2", 1e-3, .nonNegative, perGroup: true, "The least root mean square of the weights that counts.")
    private let limit = Option("d", 1, .atLeast(1), perGroup: true, "Largest root mean square of the update.")
    private let decay = Option("weight_decay", 0, .nonNegative, perGroup: true, "Decoupled: w is multiplied by 1 - lr * weight_decay before the update.")
    private let direction = Slot("direction", extent: .elements)
    private let row = Slot("row", life: .always, extent: .doubles { $0.shape.count > 1 ? $0.count / max($0.shape[$0.shape.count - 1], 1) : $0.count })
    private let column = Slot("column", life: .always, extent: .doubles { $0.shape.count > 1 ? $0.count / max($0.shape[$0.shape.count - 2], 1) : 0 })
    private let sums = Slot("sums", extent: .sharedDoubles { $0.shape.count > 1 ? $0.shape[$0.shape.count - 1] : 0 })

    override var options: [Option] { [rate, course, eps1, eps2, limit, decay] }
    /// Of 16 bits: the weights in f32, while they are updated.
    private let weights = Slot("weights", extent: .halves)
    override var slots: [Slot] { [direction, row, column, sums, weights] }

    override func descend(_ step: Step, along d: Vector) -> Next {
        let device = step.device, lengths = step.norms(step.iterate, by: .tensor)
        step.assign(direction, d)
        device.flush()
        var moved = 0.0
        for (t, tensor) in device.tensors.enumerated() where device.active[t] {
            if tensor.count > 0 { moved += update(step, t, tensor, rms: lengths.at(t) / Double(tensor.count).squareRoot()) }
            row.wrote(t)
            column.wrote(t)
        }
        return finish(step, moved: moved)
    }

    private func update(_ step: Step, _ t: Int, _ tensor: Tensor, rms: Double) -> Double {
        let device = step.device, group = Int(tensor.group), number = Double(stepNumber(t)), axes = tensor.shape.count, isDouble = Int(tensor.type) == SAM_F64
        var p = sam_factored()
        p.columns = axes > 1 ? Int64(tensor.shape[axes - 1]) : Int64(tensor.count)
        p.rows = axes > 1 ? Int64(tensor.shape[axes - 2]) : 0
        p.batch = axes > 1 ? Int64(tensor.count) / (p.rows * p.columns) : 1
        p.d = UnsafeRawPointer(direction.part[t])
        if tensor.isHalf { step.copy(step.iterate, t, to: weights.part[t]) }
        p.to = tensor.isHalf ? weights.part[t] : device.data(t)
        p.from = UnsafeRawPointer(tensor.isHalf ? weights.part[t] : device.iterate(t))
        p.row = row.part[t].assumingMemoryBound(to: Double.self)
        p.column = column.part[t].assumingMemoryBound(to: Double.self)
        p.scratch = sums.part[t].assumingMemoryBound(to: Double.self)
        p.rate = device.kernels.pointee.power!(number, course[group])
        p.eps = eps1[group] > 0 ? eps1[group] : isDouble ? Double.ulpOfOne : Double(Float.ulpOfOne)
        p.limit = limit[group]
        p.step = max(eps2[group], rms) * min(rate[group], 1 / number.squareRoot())
        p.shrink = 1 - rate[group] * decay[group]
        (isDouble ? device.kernels.pointee.factored_f64 : device.kernels.pointee.factored_f32)!(&p)
        return tensor.isHalf ? step.move(to: step[weights], in: step.only(t)) : p.moved
    }
}
