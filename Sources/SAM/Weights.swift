import CSAM
import CSAMShims

/// Where weights and gradients stand: the iterate, and the point that is evaluated.
extension Device {
    func data(_ t: Int) -> UnsafeMutableRawPointer { parameters.hosts[facts[t].place].data + facts[t].dataStart }
    func gradient(_ t: Int) -> UnsafeMutableRawPointer? { parameters.hosts[facts[t].place].gradient.map { $0 + facts[t].gradientStart } }
    /// The weights between steps (of 16 bits, where they have a copy in f32: that copy, rounded), and where the host evaluates now: one of them
    /// in the host's buffer.
    func iterate(_ t: Int) -> UnsafeMutableRawPointer { displaced[t] && inPlace ? home.part[t] : data(t) }
    func point(_ t: Int) -> UnsafeMutableRawPointer { displaced[t] && !inPlace ? home.part[t] : data(t) }
    /// Whether `home` has the iterate of all tensors that take part, also behind the base's update, until the next displacement.
    var keepsIterate: Bool {
        for t in 0..<count where active[t] && facts[t].count > 0 && !(displaced[t] && inPlace && halves.exact(t, facts[t].isHalf) == nil) { return false }
        return true
    }
    /// Where a displacement is written, and where the iterate is saved before it, if it must be.
    func displacement(_ t: Int) -> UnsafeMutableRawPointer { inPlace ? data(t) : home.part[t] }
    func saving(_ t: Int) -> UnsafeMutableRawPointer? { inPlace && !displaced[t] ? home.part[t] : nil }

    /// The host's weights are the iterate again, by copy; where a copy in f32 stands, by rounding it as it was rounded before.
    func restore(_ t: Int) {
        if !displaced[t] { return }
        flush()
        displaced[t] = false
        if !inPlace { return }
        if let exact = halves.exact(t, facts[t].isHalf) {
            round(t, exact, to: data(t), facts[t].count, from: 0, halves.last(t, rounding))
        } else {
            data(t).copyMemory(from: home.part[t], byteCount: facts[t].count * byteCount(of: facts[t].storage))
        }
    }

    func restoreAll() { for t in 0..<count { restore(t) } }

    /// The host's weights are the new iterate.
    func settle() {
        flush()
        if fault != nil { return }                          // they were not written: the step is given up, and puts the iterate back
        for t in 0..<count where active[t] {
            displaced[t] = false
            if facts[t].isHalf { halves.settled(t, rounding) }
        }
    }

    /// How this step rounds weights of 16 bits.
    var rounding: Rounding { Rounding(isStochastic: halves.isStochastic, seed: seed, draw: draw) }

    /// Copies in f32 of tensors that have none yet.
    func fillExact() {
        for t in 0..<count {
            if let exact = halves.exact(t, facts[t].isHalf), !halves.master.present[t] {
                kernels.pointee.widen!(facts[t].storage, data(t), exact, Int64(facts[t].count))
            }
        }
    }

    /// Element i of a buffer of a type of sam.h.
    func number(_ data: UnsafeRawPointer, _ i: Int, _ type: Int32) -> Double {
        if Int(type) == SAM_F64 { return data.loadUnaligned(fromByteOffset: 8 * i, as: Double.self) }
        if !isHalf(type) { return Double(data.loadUnaligned(fromByteOffset: 4 * i, as: Float.self)) }
        var value: Float = 0
        kernels.pointee.widen!(type, data + 2 * i, &value, 1)
        return Double(value)
    }

    /// Zeros in every gradient that is there.
    func clearGradients() {
        for t in 0..<count {
            if let g = gradient(t), facts[t].count > 0 {
                g.initializeMemory(as: UInt8.self, repeating: 0, count: facts[t].count * byteCount(of: facts[t].gradientType))
            }
        }
    }
}
