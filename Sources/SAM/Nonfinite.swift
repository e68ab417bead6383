import CSAM
import CSAMShims

/// Which element of a gradient is not finite: found by the partial sums, so that few elements are looked at one by one.
extension Optimizer {
    func nonfinite() -> Failure {
        let device = device
        var pass = Pass(.dot, step.gradient.appending(SAM_OP_SCALE, 0x1p-600))      // squares that exceed double do not hide it
        device.run(&pass)
        for t in 0..<device.count where device.includes(t, pass) {
            let tensor = device.tensors[t], type = device.accumulated == nil ? tensor.gradientType : tensor.type
            guard let g = device.accumulated?.part[t] ?? device.gradient(t) else { continue }
            for b in 0..<Device.blocks(tensor.count) where !device.sums[pass.firstSum + device.facts[t].firstBlock + b].isFinite {
                let start = b * Int(SAM_SUM_BLOCK), end = min(start + Int(SAM_SUM_BLOCK), tensor.count)
                if let i = firstNonfinite(g, start, end, type) {
                    let value = device.number(g, i, type)
                    return .nonfinite("gradient[\(tensor.start + i)] of \"\(tensor.name)\" = \(value) at batch \(window.asked): expected a finite number")
                }
            }
        }
        return .nonfinite("the gradient's norm at batch \(window.asked) exceeds the range of double: expected a finite number")
    }
}

/// The first of the elements start ..< end that is infinite or no number; nil: all are finite.
private func firstNonfinite(_ data: UnsafeRawPointer, _ start: Int, _ end: Int, _ type: Int32) -> Int? {
    func first<Bits: FixedWidthInteger>(_ exponent: Bits) -> Int? {
        var i = start
        while i < end {
            if data.loadUnaligned(fromByteOffset: i * MemoryLayout<Bits>.size, as: Bits.self) & exponent == exponent { return i }
            i &+= 1
        }
        return nil
    }
    switch Int(type) {
    case SAM_F64: return first(0x7FF0_0000_0000_0000 as UInt64)
    case SAM_BF16: return first(0x7F80 as UInt16)
    case SAM_F16: return first(0x7C00 as UInt16)
    default: return first(0x7F80_0000 as UInt32)
    }
}
