import CSAMShims

/// A tall vector of doubles, most often one for each scalar that is not frozen, in the order of the tensors.
final class Flat {
    let count: Int
    let at: UnsafeMutablePointer<Double>

    /// Zeros.
    init(_ count: Int) throws(Failure) {
        let size = bytes(count)
        guard let memory = sam_memory_take(max(size, 8)) else { throw .memory("no memory for a vector: \(size) bytes") }
        self.count = count
        at = memory.bindMemory(to: Double.self, capacity: max(count, 1))
    }

    /// Vectors of one length one behind the other.
    convenience init(rows: [Flat]) throws(Failure) {
        let n = rows.first?.count ?? 0
        try self.init(bytes(rows.count, times: n, of: 1))
        for (k, row) in rows.enumerated() { (at + k * n).update(from: row.at, count: n) }
    }

    deinit { sam_memory_give(at) }

    subscript(i: Int) -> Double {
        get { at[i] }
        set { at[i] = newValue }
    }
}

/// Arithmetic of vectors of one length. Sums are taken in blocks of SAM_TALL_BLOCK, whose results are added in their order with
/// compensation: the number of threads changes no bit.
final class Space {
    let n: Int
    let kernels = sam_processor_kernels()!
    let seed: UInt64
    private let sums: Flat

    init(_ n: Int, seed: UInt64) throws(Failure) {
        self.n = n
        self.seed = seed
        sums = try Flat(Space.blocks(n))
    }

    static func blocks(_ n: Int) -> Int { (n + Int(SAM_TALL_BLOCK) - 1) / Int(SAM_TALL_BLOCK) }

    func vector() throws(Failure) -> Flat { try Flat(n) }
    func copy(of v: Flat) throws(Failure) -> Flat {
        let copy = try vector()
        self.copy(v, to: copy)
        return copy
    }

    // MARK: numbers

    func dot(_ a: Flat, _ b: Flat) -> Double {
        walk { block, start, count in self.kernels.pointee.project_f64!(a.at + start, 0, 1, b.at + start, Int64(count), self.sums.at + block) }
        return Space.total(sums.at, Space.blocks(n))
    }

    /// Euclidean, also where squares leave the range of doubles.
    func norm(_ v: Flat) -> Double {
        let square = dot(v, v)
        if square > 1e-280 && square < 1e280 { return square.squareRoot() }
        let largest = largest(v)
        if largest == 0 || !largest.isFinite { return largest }
        return largest * sum { let x = v[$0] / largest; return x * x }.squareRoot()
    }

    /// Of the magnitudes; NaN where an element is.
    func largest(_ v: Flat) -> Double {
        var largest = 0.0
        for i in 0..<n {
            let x = Swift.abs(v[i])
            if !(x <= largest) { largest = x }
            if x.isNaN { return x }
        }
        return largest
    }

    /// The sum of a number of each place.
    @inline(__always)
    func sum(_ number: (Int) -> Double) -> Double {
        var block = 0, start = 0
        while start < n {
            let end = min(start + Int(SAM_TALL_BLOCK), n)
            var sum = 0.0
            for i in start..<end { sum += number(i) }
            sums[block] = sum
            block += 1
            start = end
        }
        return Space.total(sums.at, block)
    }

    /// Neumaier's compensated sum, in order.
    static func total(_ numbers: UnsafePointer<Double>, _ count: Int, stride: Int = 1) -> Double {
        var sum = 0.0, lost = 0.0
        for i in 0..<count {
            let x = numbers[i * stride], next = sum + x
            lost += Swift.abs(sum) >= Swift.abs(x) ? (sum - next) + x : (x - next) + sum
            sum = next
        }
        return lost.isFinite ? sum + lost : sum
    }

    // MARK: vectors

    /// y += s x
    func add(_ s: Double, _ x: Flat, to y: Flat) {
        walk { _, start, count in
            var s = s
            self.kernels.pointee.combine_f64!(x.at + start, 0, 1, &s, y.at + start, Int64(count))
        }
    }

    func copy(_ x: Flat, to y: Flat) { y.at.update(from: x.at, count: n) }
    func clear(_ y: Flat) { y.at.update(repeating: 0, count: n) }

    func scale(_ y: Flat, by s: Double) { walk { _, start, count in for i in start..<(start + count) { y[i] *= s } } }

    /// y *= c, element by element; nil: ones.
    func multiply(_ y: Flat, by c: Flat?) {
        guard let c else { return }
        walk { _, start, count in for i in start..<(start + count) { y[i] *= c[i] } }
    }

    /// v = random numbers of stream 6: SAM_UNIFORM (0 to 1), SAM_NORMAL or SAM_RADEMACHER.
    func random(_ kind: Int, draw: Int, into v: Flat) {
        walk { _, start, count in
            self.kernels.pointee.random!(Int32(kind), self.seed, 6, UInt32(truncatingIfNeeded: draw), Int64(start), Int64(count), v.at + start)
        }
    }

    // MARK: functions with the same bits everywhere

    func logarithm(_ x: Double) -> Double { kernels.pointee.logarithm!(x) }
    /// For bases >= 0.
    func power(_ base: Double, _ exponent: Double) -> Double { kernels.pointee.power!(base, exponent) }
    func exponential(_ x: Double) -> Double { power(2.718281828459045, x) }

    /// Of y / x, for x, y >= 0: halved five times, then its series.
    func arctangent(_ y: Double, _ x: Double) -> Double {
        if y > x { return 1.5707963267948966 - arctangent(x, y) }
        var t = x == 0 ? 0 : y / x, sum = 0.0, power = 1.0
        for _ in 0..<5 { t /= 1 + (1 + t * t).squareRoot() }
        for k in 0..<7 {
            sum += power / Double(2 * k + 1)
            power *= -t * t
        }
        return 32 * t * sum
    }

    // MARK: threads

    /// Runs over the blocks, on several threads where there is enough to do.
    func walk(_ body: (_ block: Int, _ start: Int, _ count: Int) -> Void) {
        Space.walk(n, body)
    }

    static func walk(_ n: Int, _ body: (_ block: Int, _ start: Int, _ count: Int) -> Void) {
        let size = Int(SAM_TALL_BLOCK), blocks = blocks(n), threads = n >= 1_000_000 ? Int(sam_threads_wanted()) : 1
        if threads == 1 {
            for b in 0..<blocks { body(b, b * size, min(size, n - b * size)) }
            return
        }
        withoutActuallyEscaping(body) { body in
            var job = Walk(n: n, body: body)
            withUnsafeMutablePointer(to: &job) { job in
                sam_parallel(Int32(threads), { context, thread, threads, _ in
                    let job = context!.assumingMemoryBound(to: Walk.self), size = Int(SAM_TALL_BLOCK)
                    let n = job.pointee.n, blocks = Space.blocks(n), thread = Int(thread), threads = Int(threads)
                    for b in (blocks * thread / threads)..<(blocks * (thread + 1) / threads) { job.pointee.body(b, b * size, min(size, n - b * size)) }
                }, job, nil)
            }
        }
    }

    private struct Walk {
        let n: Int
        let body: (Int, Int, Int) -> Void
    }
}
