import CSAM
import CSAMShims

/// One NaN for all: arithmetic gives it a sign and a payload that depend on the instruction set.
func plainNaN(_ numbers: UnsafeMutableRawPointer, _ type: Int32, _ count: Int) {
    switch Int(type) {
    case SAM_F64: sam_nan_plain_f64(numbers.assumingMemoryBound(to: Double.self), Int64(count))
    case SAM_F32: sam_nan_plain_f32(numbers.assumingMemoryBound(to: Float.self), Int64(count))
    default: sam_nan_plain_half(numbers.assumingMemoryBound(to: UInt16.self), Int64(count), Int(type) == SAM_BF16 ? 0x7F80 : 0x7C00)
    }
}

func plain(_ x: Double) -> Double { x.isNaN ? .nan : x }

extension sam_metrics {
    mutating func plainNaN() {
        (loss, perturbed_loss, gradient_norm, perturbation_norm) = (plain(loss), plain(perturbed_loss), plain(gradient_norm), plain(perturbation_norm))
        (update_norm, perturbed_gradient_norm) = (plain(update_norm), plain(perturbed_gradient_norm))
        (cosine, effective_radius) = (plain(cosine), plain(effective_radius))
    }
}

extension Device {
    /// Weights and slots have one NaN: after a step that ended in some.
    func plainNaN() {
        for t in 0..<count {
            let tensor = tensors[t], bytes = tensor.count * byteCount(of: tensor.storage)
            SAM.plainNaN(parameters.hosts[places[t]].data + tensor.slice * bytes, tensor.storage, tensor.count)
        }
        for slot in slots where slot.isAllocated { slot.plainNaN(tensors) }
    }
}
