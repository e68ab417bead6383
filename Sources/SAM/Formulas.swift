import CSAMShims

/// Where the code of formulas stands: taken in order, and all of it given back before the next evaluation's formulas.
final class Formulas {
    private static let chunk = 2048
    /// Chunks that are found with the first: what no formula touches costs nothing.
    private static let first = 16
    private var chunks: [UnsafeMutablePointer<Vector.Instruction>] = []
    private var current = 0, used = 0
    /// Whether memory was refused since the last reset: what was computed since is then not to be used.
    private(set) var exhausted = false

    /// nil where there is no memory.
    init?() {
        let count = Formulas.first * Formulas.chunk
        guard let memory = sam_memory_reserve(count * MemoryLayout<Vector.Instruction>.stride) else { return nil }
        let code = memory.bindMemory(to: Vector.Instruction.self, capacity: count)
        for i in 0..<Formulas.first { chunks.append(code + i * Formulas.chunk) }
    }

    deinit {
        for (i, one) in chunks.enumerated() where i == 0 || i >= Formulas.first { sam_memory_give(one) }
    }

    func reset() {
        current = 0
        used = 0
        exhausted = false
    }

    /// Room for so many instructions, at most SAM_CODE_LENGTH.
    func take(_ count: Int) -> UnsafeMutablePointer<Vector.Instruction> {
        if used + count > Formulas.chunk {
            if current + 1 < chunks.count {
                current += 1
            } else if let memory = sam_memory_take(Formulas.chunk * MemoryLayout<Vector.Instruction>.stride) {
                chunks.append(memory.bindMemory(to: Vector.Instruction.self, capacity: Formulas.chunk))
                current = chunks.count - 1
            } else {
                exhausted = true
            }
            used = 0
        }
        used += count
        return chunks[current] + (used - count)
    }

    /// One more behind the instructions last taken, where they end at `end`.
    func extend(_ end: UnsafeMutablePointer<Vector.Instruction>) -> Bool {
        if end != chunks[current] + used || used == Formulas.chunk { return false }
        used += 1
        return true
    }
}
