import CSAMShims

/// Tall orthonormal columns and what is done with all of them at once: memory is streamed block by block, so that one sweep of
/// Gram and Schmidt reads the columns once. Columns are doubles, or floats where half the memory counts more than the last digits.
final class Basis {
    let space: Space
    let capacity: Int
    private(set) var columns = 0
    private let isSingle: Bool
    private let stride: Int
    private let memory: UnsafeMutableRawPointer
    /// By block: one sum a column.
    private let sums: Flat

    /// Memory that is never written costs nothing: `capacity` may be generous.
    init(_ space: Space, capacity: Int, single: Bool = false) throws(Failure) {
        self.space = space
        self.capacity = capacity
        isSingle = single
        let rows = (space.n + 15) / 16 * 16
        stride = rows % 512 == 0 ? rows + 16 : rows         // columns a multiple of a page apart would share cache lines
        let size = max(bytes(stride, times: capacity, of: single ? 4 : 8), 128)
        guard let memory = sam_memory_reserve(size) else { throw .memory("no memory for \(capacity) vectors of \(space.n): \(size) bytes") }
        self.memory = memory
        do throws(Failure) { sums = try Flat(bytes(Space.blocks(space.n), times: max(capacity, 1), of: 1)) } catch {
            sam_memory_give(memory)
            throw error
        }
    }

    deinit { sam_memory_give(memory) }

    private var double: UnsafeMutablePointer<Double> { memory.assumingMemoryBound(to: Double.self) }
    private var single: UnsafeMutablePointer<Float> { memory.assumingMemoryBound(to: Float.self) }

    /// One more column: s v.
    func append(_ v: Flat, times s: Double = 1) {
        write(v, times: s, to: columns)
        columns += 1
    }

    func write(_ v: Flat, times s: Double = 1, to j: Int) {
        space.walk { _, start, count in self.write(v.at + start, s, j, start, count) }
    }

    private func write(_ from: UnsafePointer<Double>, _ s: Double, _ j: Int, _ start: Int, _ count: Int) {
        let place = j * stride + start
        if isSingle {
            space.kernels.pointee.place_f32!(nil, s, from, single + place, Int64(count))
        } else {
            space.kernels.pointee.place_f64!(nil, s, from, double + place, Int64(count))
        }
    }

    func read(_ j: Int, into v: Flat) {
        space.clear(v)
        combine([1], from: j, into: v)
    }

    /// The first `count` columns stay.
    func cut(to count: Int) { columns = min(count, columns) }

    /// V = V C for the columns of C, at most as many as there are: block by block, so that no second basis is needed.
    func transform(_ c: [[Double]]) {
        let m = columns
        space.walk { _, start, count in
            withUnsafeTemporaryAllocation(of: Double.self, capacity: c.count * Int(SAM_TALL_BLOCK)) { room in
                room.initialize(repeating: 0)
                for (k, column) in c.enumerated() {
                    let out = room.baseAddress! + k * Int(SAM_TALL_BLOCK)
                    column.withUnsafeBufferPointer { self.combine($0.baseAddress!, 0, m, out, start, count) }
                }
                for k in c.indices { self.write(room.baseAddress! + k * Int(SAM_TALL_BLOCK), 1, k, start, count) }
            }
        }
        columns = c.count
    }

    // MARK: products

    /// V'v
    func project(_ v: Flat) -> [Double] {
        let m = columns
        if m == 0 { return [] }
        space.walk { block, start, count in self.project(v, block, start, count, m) }
        return totals(m)
    }

    /// V'V, row by row; v is room for a column. Products of all columns are long work: the host's progress is asked meanwhile.
    func gram(_ v: Flat, _ ledger: Ledger) throws(Failure) -> [[Double]] {
        try secure(columns, times: columns, of: 16, for: "the products of vectors")
        var rows: [[Double]] = []
        for j in 0..<columns {
            try ledger.work(columns * space.n)
            read(j, into: v)
            rows.append(project(v))
        }
        return rows
    }

    /// v += V[from...] c
    func combine(_ c: [Double], from first: Int = 0, into v: Flat) {
        c.withUnsafeBufferPointer { c in
            if c.count == 0 { return }
            space.walk { _, start, count in self.combine(c.baseAddress!, first, c.count, v.at + start, start, count) }
        }
    }

    /// v -= V V'v, twice: what is left is orthogonal to the columns to the last bits. The coefficients V'v of the vector given.
    /// Reads the columns three times: the second sweep's products are taken while a block of them is in the cache.
    func orthogonalise(_ v: Flat) -> [Double] {
        let m = columns
        if m == 0 { return [] }
        let c = project(v)
        let minus = c.map { -$0 }
        minus.withUnsafeBufferPointer { minus in
            space.walk { block, start, count in
                self.combine(minus.baseAddress!, 0, m, v.at + start, start, count)
                self.project(v, block, start, count, m)
            }
        }
        let rest = totals(m)
        combine(rest.map { -$0 }, into: v)
        return (0..<m).map { c[$0] + rest[$0] }
    }

    /// Appends what is orthogonal of v to the columns, normalised, where it is longer than `least` times v. v = R: the coefficients
    /// of v by column, the new one's last; nil where v lies in the span already.
    func extend(by v: Flat, least: Double = 1e-12) -> [Double]? {
        let before = space.norm(v)
        var r = orthogonalise(v)
        let after = space.norm(v)
        if columns == capacity || !(after > least * before) { return nil }
        append(v, times: 1 / after)
        r.append(after)
        return r
    }

    /// max |V'V - I| over the columns.
    func orthogonality(_ v: Flat) -> Double {
        var worst = 0.0
        for j in 0..<columns {
            read(j, into: v)
            for (k, x) in project(v).enumerated() { worst = max(worst, abs(x - (k == j ? 1 : 0))) }
        }
        return worst
    }

    private func totals(_ m: Int) -> [Double] {
        let blocks = Space.blocks(space.n)
        return (0..<m).map { Space.total(sums.at + $0, blocks, stride: m) }
    }

    private func project(_ v: Flat, _ block: Int, _ start: Int, _ count: Int, _ m: Int) {
        if isSingle {
            space.kernels.pointee.project_f32!(single + start, Int64(stride), Int64(m), v.at + start, Int64(count), sums.at + block * m)
        } else {
            space.kernels.pointee.project_f64!(double + start, Int64(stride), Int64(m), v.at + start, Int64(count), sums.at + block * m)
        }
    }

    private func combine(_ c: UnsafePointer<Double>, _ first: Int, _ m: Int, _ out: UnsafeMutablePointer<Double>, _ start: Int, _ count: Int) {
        let place = first * stride + start
        if isSingle {
            space.kernels.pointee.combine_f32!(single + place, Int64(stride), Int64(m), c, out, Int64(count))
        } else {
            space.kernels.pointee.combine_f64!(double + place, Int64(stride), Int64(m), c, out, Int64(count))
        }
    }
}
