import CSAMShims

/// The largest values of a formula, exactly; of equal ones those of the lower index.
extension Step {
    /// What the k-th largest value is, and how many of that value are among the k largest. 1 <= k <= number of scalars.
    private func place(_ score: Vector, _ k: Int, _ scope: [Bool]?) -> (key: UInt64, equal: Int64) {
        var prefix: UInt64 = 0, shift = 53, rank = UInt64(k)
        withUnsafeTemporaryAllocation(of: UInt64.self, capacity: 2048) { counts in
            while true {
                counts.initialize(repeating: 0)
                let pass = Pass(.histogram, score)
                pass.scope = scope
                pass.counts = counts.baseAddress
                pass.prefix = prefix
                pass.shift = shift
                device.run(pass)
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

    /// slot = 1 at the `count` largest values of the score, 0 elsewhere.
    func assign(_ slot: Slot, largest count: Int, of score: Vector, in scope: [Bool]? = nil) {
        let pass = Pass(.mask, score)
        var remaining: Int64 = 0
        pass.scope = scope
        pass.slot = slot
        pass.prefix = UInt64.max
        if count > 0 { (pass.prefix, remaining) = place(score, count, scope) }
        withUnsafeMutablePointer(to: &remaining) { pointer in
            pass.remaining = pointer
            device.run(pass)
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
