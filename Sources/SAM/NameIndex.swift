/// Which names are taken: a table of numbers, found by a hash of the name.
struct NameIndex {
    private var slots: UnsafeMutablePointer<Int32> = .allocate(capacity: 16)
    private var room = 16, count = 0

    init() { slots.initialize(repeating: -1, count: 16) }
    func deallocate() { slots.deallocate() }

    /// FNV-1a.
    private static func hash(_ name: Name) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325, i = 0
        while name.bytes[i] != 0 {
            hash = (hash ^ UInt64(UInt8(bitPattern: name.bytes[i]))) &* 0x100_0000_01B3
            i += 1
        }
        return hash ^ hash >> 29
    }

    /// Where the name stands, or would.
    private func place(_ name: Name, _ known: (Int) -> Name) -> Int {
        var i = Int(truncatingIfNeeded: NameIndex.hash(name)) & (room - 1)
        while slots[i] >= 0, !(known(Int(slots[i])) == name) { i = (i + 1) & (room - 1) }
        return i
    }

    /// known: the name of a number.
    func contains(_ name: Name, _ known: (Int) -> Name) -> Bool { slots[place(name, known)] >= 0 }

    mutating func insert(_ name: Name, _ number: Int, _ known: (Int) -> Name) {
        if 2 * count >= room {
            let old = slots, n = room
            room = 4 * n
            slots = .allocate(capacity: room)
            slots.initialize(repeating: -1, count: room)
            for i in 0..<n where old[i] >= 0 { slots[place(known(Int(old[i])), known)] = old[i] }
            old.deallocate()
        }
        slots[place(name, known)] = Int32(number)
        count += 1
    }
}
