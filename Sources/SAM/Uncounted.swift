/// Slots that something else keeps, for loops of every step: reading an array counts references.
struct Uncounted {
    private let slots: UnsafeMutablePointer<Unmanaged<Slot>>
    let count: Int

    init(_ kept: [Slot]) {
        count = kept.count
        slots = .allocate(capacity: max(count, 1))
        for (i, slot) in kept.enumerated() { slots[i] = Unmanaged.passUnretained(slot) }
    }

    func deallocate() { slots.deallocate() }

    @inline(__always)
    func with(_ i: Int, _ body: (Slot) -> Void) { slots[i]._withUnsafeGuaranteedRef { body($0) } }
}
