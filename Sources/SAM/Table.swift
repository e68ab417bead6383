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
    /// Tables of a step, at most: what is found before it begins. Memory that no table touches costs nothing.
    private static let mostByTensor = 48, mostByRow = 24
    private var byTensor: UnsafeMutablePointer<Double>?, byRow: UnsafeMutablePointer<Double>?
    private var takenByTensor = 0, takenByRow = 0
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
        sam_memory_give(byTensor)
        sam_memory_give(byRow)
    }

    func bytes(_ usesRows: Bool) -> Int { 8 * (TablePool.mostByTensor * count(.tensor) + (usesRows ? TablePool.mostByRow * count(.row) : 0)) }

    /// Memory for the tables of a step. False where there is none.
    func prepare(_ usesRows: Bool) -> Bool {
        if byTensor == nil { byTensor = sam_memory_reserve(bytes(false))?.assumingMemoryBound(to: Double.self) }
        if usesRows && byRow == nil { byRow = sam_memory_reserve(bytes(true) - bytes(false))?.assumingMemoryBound(to: Double.self) }
        return byTensor != nil && (byRow != nil || !usesRows)
    }

    private func isFound(_ values: UnsafeMutablePointer<Double>) -> Bool {
        if let byTensor, values >= byTensor && values < byTensor + max(TablePool.mostByTensor * count(.tensor), 1) { return true }
        if let byRow, values >= byRow && values < byRow + max(TablePool.mostByRow * count(.row), 1) { return true }
        return false
    }

    /// The next part of the memory that was found; nil where it is used up.
    private func next(_ unit: Unit) -> UnsafeMutablePointer<Double>? {
        if unit == .row {
            guard let byRow, takenByRow < TablePool.mostByRow else { return nil }
            takenByRow += 1
            return byRow + (takenByRow - 1) * count(.row)
        }
        guard let byTensor, takenByTensor < TablePool.mostByTensor else { return nil }
        takenByTensor += 1
        return byTensor + (takenByTensor - 1) * count(.tensor)
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
