import CSAMShims

/// What a sum or a coefficient runs over.
enum Unit { case all, tensor, row }

/// Numbers, one for each tensor or each row of the optimizer's tensors.
struct Table {
    let unit: Unit
    let values: UnsafeMutablePointer<Double>
    let owner: Unmanaged<TablePool>

    var pool: TablePool { owner.takeUnretainedValue() }

    /// The number of a row or tensor; a table of tensors answers for the rows in them.
    func at(_ place: Int, of unit: Unit) -> Double {
        unit == .row && self.unit == .tensor ? values[pool.tensor(ofRow: place)] : values[place]
    }
}

/// The tables of a step: taken again at every step, so that none is allocated after the first.
final class TablePool {
    /// The first row of each tensor, and behind the last the number of all rows.
    let firstRow: [Int]
    /// Memory for so many tables of a kind, found before a step begins.
    private struct Chunk {
        let unit: Unit, tables: Int, start: UnsafeMutablePointer<Double>
        var taken = 0
    }
    private var chunks: [Chunk] = []
    private var made: [(unit: Unit, table: UnsafeMutablePointer<Table>, used: Bool)] = []
    /// Whether memory was refused since the last reset: what was computed since is then not to be used.
    private(set) var exhausted = false

    init(rowsOfTensors: [Int]) {
        var first = [0]
        for n in rowsOfTensors { first.append(first[first.count - 1] + n) }
        firstRow = first
    }

    deinit {
        for one in made {
            if !isFound(one.table.pointee.values) { sam_memory_give(one.table.pointee.values) }
            one.table.deinitialize(count: 1)
            one.table.deallocate()
        }
        for chunk in chunks { sam_memory_give(chunk.start) }
    }

    /// Tables that a step makes, at most. Memory that no table touches costs nothing.
    private func wanted(_ evaluations: Int) -> Int { 48 + 12 * min(max(evaluations - 3, 0), 1024) }

    func bytes(_ usesRows: Bool, _ evaluations: Int) -> Int {
        8 * (wanted(evaluations) * count(.tensor) + (usesRows ? wanted(evaluations) * count(.row) : 0))
    }

    /// Memory for the tables of a step of so many evaluations. False where there is none.
    func prepare(_ usesRows: Bool, _ evaluations: Int) -> Bool { find(.tensor, evaluations) && (!usesRows || find(.row, evaluations)) }

    private func find(_ unit: Unit, _ evaluations: Int) -> Bool {
        var missing = wanted(evaluations)
        for chunk in chunks where chunk.unit == unit { missing -= chunk.tables }
        if missing <= 0 { return true }
        guard let start = sam_memory_reserve(8 * missing * max(count(unit), 1))?.assumingMemoryBound(to: Double.self) else { return false }
        chunks.append(Chunk(unit: unit, tables: missing, start: start))
        return true
    }

    private func isFound(_ values: UnsafeMutablePointer<Double>) -> Bool {
        for chunk in chunks where values >= chunk.start && values < chunk.start + chunk.tables * max(count(chunk.unit), 1) { return true }
        return false
    }

    /// The next part of the memory that was found; nil where it is used up.
    private func next(_ unit: Unit) -> UnsafeMutablePointer<Double>? {
        for i in chunks.indices where chunks[i].unit == unit && chunks[i].taken < chunks[i].tables {
            chunks[i].taken += 1
            return chunks[i].start + (chunks[i].taken - 1) * max(count(unit), 1)
        }
        return nil
    }

    func count(_ unit: Unit) -> Int { unit == .row ? firstRow[firstRow.count - 1] : firstRow.count - 1 }

    func tensor(ofRow row: Int) -> Int {
        var low = 0, high = firstRow.count - 1
        while high - low > 1 {
            let middle = (low + high) / 2
            if firstRow[middle] <= row { low = middle } else { high = middle }
        }
        return low
    }

    func reset() {
        for i in made.indices { made[i].used = false }
        exhausted = false
    }

    /// A table of the numbers. Not optimised: the compiler would make one copy for each caller's closure, a tenth of the library.
    @_optimize(none)
    func make(_ unit: Unit, _ value: (Int) -> Double) -> UnsafeMutablePointer<Table>? {
        guard let table = take(unit) else { return nil }
        let values = table.pointee.values, n = count(unit)
        var k = 0
        while k < n {
            values[k] = value(k)
            k &+= 1
        }
        return table
    }

    private func take(_ unit: Unit) -> UnsafeMutablePointer<Table>? {
        for i in made.indices where !made[i].used && made[i].unit == unit {
            made[i].used = true
            return made[i].table
        }
        let n = count(unit)
        guard let values = next(unit) ?? sam_memory_take(max(n, 1) * MemoryLayout<Double>.stride)?.assumingMemoryBound(to: Double.self) else {
            exhausted = true
            return nil
        }
        let table = UnsafeMutablePointer<Table>.allocate(capacity: 1)
        table.initialize(to: Table(unit: unit, values: values, owner: Unmanaged.passUnretained(self)))
        made.append((unit, table, true))
        return table
    }
}
