import CSAM
import CSAMShims

/// The largest values of a formula, exactly; of equal ones those of the lower index.
extension Step {
    /// What the k-th largest value is, and how many of that value are among the k largest. 1 <= k <= number of scalars.
    private func place(_ score: Vector, _ k: Int, _ scope: [Bool]?) -> (key: UInt64, equal: Int64) {
        var prefix: UInt64 = 0, shift = 53, rank = UInt64(k)
        withUnsafeTemporaryAllocation(of: UInt64.self, capacity: 2048) { counts in
            while true {
                counts.initialize(repeating: 0)
                var pass = Pass(.histogram, score)
                pass.scope = scope
                pass.counts = counts.baseAddress
                pass.prefix = prefix
                pass.shift = shift
                device.run(&pass)
                var digit = 2047
                while digit > 0, counts[digit] < rank {
                    rank -= counts[digit]
                    digit -= 1
                }
                prefix |= UInt64(digit) << UInt64(shift)
                if shift == 0 { break }
                shift = max(shift - 11, 0)                  // 53, 42, 31, 20, 9, 0: the last digit has 9 bits
            }
        }
        return (prefix, Int64(rank))
    }

    /// The k-th largest value of the score over the tensors of the scope that take part.
    func kth(_ score: Vector, _ k: Int, in scope: [Bool]? = nil) -> Double {
        let key = place(score, k, scope).key
        return Double(bitPattern: key >> 63 == 1 ? key & ~(1 << 63) : ~key)
    }

    /// The (floor(share n) + 1)-th largest magnitude of v over everything, n scalars, by group where the shares differ; infinity where
    /// the share is 0: nothing is cut.
    func quantile(_ v: Vector, _ share: Option) -> Coefficient {
        let n = count()
        return self[share].map { q in q == 0 || n == 0 ? .infinity : self.kth(v.magnitude, min(Int((q * Double(n)).rounded(.down)), n - 1) + 1) }
    }

    /// By tensor: the largest value but `rank` - 1 of the score in it; -infinity where the rank, by the tensor's place, is nil.
    func kths(_ score: Vector, _ rank: (Int) -> Int?) -> Coefficient {
        perPlace { t in
            guard self.device.active[t], let k = rank(t) else { return -.infinity }
            return self.kth(score, k, in: self.device.tensors.indices.map { $0 == t })
        }
    }

    /// slot = 1 at the `keep` largest magnitudes of every `group` (at most 8) neighbours along the second axis, of equal ones those
    /// of the higher index, 0 at the others: in tensors of rank 2 and 4 whose size divides by `group`. 1 in all other tensors.
    func assign(_ slot: Slot, keeping keep: Int, of group: Int, in source: Slot) {
        if !device.has(slot) || !device.has(source) { return }
        assign(slot, Vector(constant: 1))
        device.flush()
        for t in device.tensors.indices where device.active[t] {
            let shape = device.tensors[t].shape, count = device.tensors[t].count
            if shape.count != 2 && shape.count != 4 || count == 0 || count % group != 0 { continue }
            let kernel = Int(device.tensors[t].type) == SAM_F64 ? device.kernels.pointee.strongest_f64 : device.kernels.pointee.strongest_f32
            kernel!(source.reading(t), slot.writing(t), Int64(count), Int64(shape[1]), Int64(count / (shape[0] * shape[1])), Int32(keep), Int32(group))
        }
    }

    /// slot = 1 at the `count` largest values of the score, 0 elsewhere.
    func assign(_ slot: Slot, largest count: Int, of score: Vector, in scope: [Bool]? = nil) {
        if !device.has(slot) { return }
        var pass = Pass(.mask, score)
        var remaining: Int64 = 0
        pass.scope = scope
        pass.slot = slot
        pass.prefix = UInt64.max
        if count > 0 { (pass.prefix, remaining) = place(score, count, scope) }
        withUnsafeMutablePointer(to: &remaining) { pointer in
            pass.remaining = pointer
            device.run(&pass)
        }
        for t in device.tensors.indices where device.includes(t, pass) { slot.wrote(t) }
    }

    /// Scalars of the tensors that take part and are in the scope.
    func count(in scope: [Bool]? = nil) -> Int {
        var n = 0
        for t in device.tensors.indices where device.active[t] && (scope.map { $0[t] } ?? true) { n += device.tensors[t].count }
        return n
    }
}
