/// Slots in tensors that join later: those whose gradient was missing in every step of the method so far.
extension Step {
    /// The slot; in tensors whose part of it was never written and kept: v.
    subscript(slot: Slot, initially v: Vector) -> Vector {
        guard let kept = kept(slot) else { return self[slot] }
        return kept * self[slot] + (1 - kept) * v
    }
    subscript(slot: Slot, initially number: Coefficient) -> Vector {
        guard let kept = kept(slot) else { return self[slot] }
        return kept * self[slot] + (1 - kept) * number
    }

    /// 1 in tensors whose part of the slot was written and kept, else 0; nil: 1 everywhere.
    private func kept(_ slot: Slot) -> Coefficient? {
        for t in 0..<slot.tensors where !slot.present[t] { return Coefficient(1, device.pool.make(.tensor) { slot.present[$0] ? 1 : 0 }) }
        return nil
    }
}
