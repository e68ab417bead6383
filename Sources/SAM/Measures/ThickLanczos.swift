import CSAMShims

/// Several eigenpairs: Lanczos with full reorthogonalisation, begun again with the best Ritz vectors when its columns are full.
final class ThickLanczos {
    /// Which end, or ends, of the spectrum; as the choices of the setting `which`.
    enum Which: Int { case largest = 0, smallest = 1, magnitude = 2, both = 3 }

    let map: LinearMap
    let basis: Basis
    private(set) var values: [Double] = [], residuals: [Double] = []
    private(set) var iterations = 0
    private let locked: Basis?
    private let v: Flat, w: Flat
    private var matrix: [[Double]] = []
    private var beta = 0.0

    /// At most so many columns.
    init(_ map: LinearMap, columns: Int, locked: Basis? = nil) throws(Failure) {
        self.map = map
        self.locked = locked
        basis = try Basis(map.space, capacity: max(1, min(columns, map.dimension - (locked?.columns ?? 0))))
        v = try map.space.vector()
        w = try map.space.vector()
    }

    /// The places of the `count` wanted among ascending values, best first.
    static func order(_ values: [Double], _ which: Which, _ count: Int) -> [Int] {
        let n = values.count, count = min(count, n)
        switch which {
        case .largest: return (0..<count).map { n - 1 - $0 }
        case .smallest: return Array(0..<count)
        case .magnitude: return Array(values.indices.sorted { abs(values[$0]) > abs(values[$1]) }[0..<count])
        case .both: return (0..<(count + 1) / 2).map { n - 1 - $0 } + (0..<count / 2).map { count / 2 - 1 - $0 }
        }
    }

    /// `count` pairs whose residuals are at most the tolerance times the largest magnitude, or which `isEnough` accepts. The first columns
    /// of the basis are then the vectors. Fresh starts take draws from `draw` on. False: the restarts were used up.
    func run(_ count: Int, _ which: Which, tolerance: Double, restarts: Int, draw: inout Int,
             isEnough: (ThickLanczos) -> Bool = { _ in false }) throws(Failure) -> Bool {
        if !freshColumn(&draw) { return true }
        var restart = 0
        while true {
            let step = try advance(&draw)
            if step == .goesOn && matrix.count % 5 != 0 { continue }
            let eigen = try DenseEigen(matrix), m = matrix.count, wanted = take(eigen, count, which)
            if step == .spans { residuals = residuals.map { _ in 0 } }
            let largest = max(abs(eigen.values.first ?? 0), abs(eigen.values.last ?? 0))
            var done = values.count == count
            for r in residuals where r > tolerance * max(largest, 1e-300) { done = false }
            done = done || step == .spans || isEnough(self)
            if done || (step == .isFull && restart == restarts) {
                basis.cut(to: m)
                basis.transform(wanted.map { eigen.vectors[$0] })
                return done
            }
            if step == .goesOn { continue }
            let kept = ThickLanczos.order(eigen.values, which, min(count + 5, m - 1))
            basis.transform(kept.map { eigen.vectors[$0] })
            matrix = kept.indices.map { i in kept.indices.map { $0 == i ? eigen.values[kept[i]] : 0 } }
            basis.append(v)
            restart += 1
        }
    }

    /// The Ritz values wanted, and how far they may be from eigenvalues; their places.
    private func take(_ eigen: DenseEigen, _ count: Int, _ which: Which) -> [Int] {
        let wanted = ThickLanczos.order(eigen.values, which, count)
        values = wanted.map { eigen.values[$0] }
        residuals = wanted.map { abs(beta * eigen.vectors[$0][matrix.count - 1]) }
        return wanted
    }

    /// What is there where a run was cut short, with the vectors as the first columns.
    func settle(_ count: Int, _ which: Which) throws(Failure) {
        if matrix.isEmpty { return }
        let eigen = try DenseEigen(matrix), wanted = take(eigen, count, which)
        basis.cut(to: matrix.count)
        basis.transform(wanted.map { eigen.vectors[$0] })
    }

    private enum Step { case goesOn, isFull, spans }

    /// One product. isFull: v is the next column, which did not fit; spans: the columns span all there is.
    private func advance(_ draw: inout Int) throws(Failure) -> Step {
        let j = matrix.count
        basis.read(j, into: w)
        try map.apply(w, into: v)
        iterations += 1
        if let locked { _ = locked.orthogonalise(v) }
        let c = basis.orthogonalise(v)
        for i in 0..<j { matrix[i].append(c[i]) }
        matrix.append(c)
        beta = map.space.norm(v)
        var largest = 0.0
        for x in c { largest = max(largest, abs(x)) }
        if beta > 1e-12 * largest {
            map.space.scale(v, by: 1 / beta)
            if basis.columns == basis.capacity { return .isFull }
            basis.append(v)
            return .goesOn
        }
        beta = 0                                        // an invariant space: what is found is exact, go on beside it
        return basis.columns == basis.capacity || !freshColumn(&draw) ? .spans : .goesOn
    }

    /// A random column orthogonal to all.
    private func freshColumn(_ draw: inout Int) -> Bool {
        for _ in 0..<3 {
            map.probe(Int(SAM_NORMAL), draw: draw, into: v)
            draw += 1
            if let locked { _ = locked.orthogonalise(v) }
            if basis.extend(by: v, least: 1e-8) != nil { return true }
            if basis.columns == basis.capacity { return false }
        }
        return false
    }
}

/// The wanted end of a spectrum with all copies of multiple eigenvalues.
final class EigenPairs {
    let map: LinearMap
    /// Best first, with their true residuals |A v - value v|.
    private(set) var values: [Double] = [], residuals: [Double] = []
    private(set) var iterations = 0
    private(set) var converged = true
    let vectors: Basis

    init(_ map: LinearMap, _ count: Int) throws(Failure) {
        self.map = map
        vectors = try Basis(map.space, capacity: max(1, min(count, map.dimension)))
    }

    /// Lanczos, then again beside what it found: a single Krylov space holds one copy of a multiple eigenvalue.
    func find(_ count: Int, _ which: ThickLanczos.Which, tolerance: Double, restarts: Int) throws(Failure) {
        let k = min(count, map.dimension), v = try map.space.vector()
        var draw = 1
        if k == 0 { return }
        let first = try ThickLanczos(map, columns: max(2 * k + 10, 30))
        let whole = try map.within { () throws(Failure) in converged = try first.run(k, which, tolerance: tolerance, restarts: restarts, draw: &draw) }
        if !whole { try first.settle(k, which) }
        iterations = first.iterations
        values = first.values
        residuals = first.residuals
        for j in values.indices {
            first.basis.read(j, into: v)
            vectors.append(v)
        }
        if !whole { return }
        let ends: [ThickLanczos.Which] = which == .both ? (k > 1 ? [.largest, .smallest] : [.largest]) : [which]
        for end in ends {
            for _ in 0..<k where vectors.columns < map.dimension {
                let again = try ThickLanczos(map, columns: 30, locked: vectors), worst = worst(end, which)
                let done = try again.run(1, end, tolerance: tolerance, restarts: restarts, draw: &draw) {
                    self.gain($0.values[0], over: worst, end) < -10 * $0.residuals[0]      // no copy of what was found
                }
                iterations += again.iterations
                guard let found = again.values.first, !values.isEmpty, try insert(again, found, done, end, which, tolerance, v) else { break }
            }
        }
    }

    /// The place of what would go first at that end.
    private func worst(_ end: ThickLanczos.Which, _ which: ThickLanczos.Which) -> Int {
        let k = values.count, tops = (k + 1) / 2
        return which != .both || end == .smallest && tops == k ? k - 1 : end == .smallest ? tops : tops - 1
    }

    /// How much better a value is than the one at a place.
    private func gain(_ value: Double, over place: Int, _ end: ThickLanczos.Which) -> Double {
        switch end {
        case .largest, .both: value - values[place]
        case .smallest: values[place] - value
        case .magnitude: abs(value) - abs(values[place])
        }
    }

    /// In the place of the worst of that end, where it is better by more than the tolerance.
    private func insert(_ run: ThickLanczos, _ found: Double, _ done: Bool, _ end: ThickLanczos.Which, _ which: ThickLanczos.Which,
                        _ tolerance: Double, _ v: Flat) throws(Failure) -> Bool {
        let worst = worst(end, which), size = values.reduce(1e-300) { max($0, abs($1)) }
        if gain(found, over: worst, end) <= tolerance * size { return false }
        run.basis.read(0, into: v)
        vectors.write(v, to: worst)
        values[worst] = found
        residuals[worst] = run.residuals[0]
        converged = converged && done
        sort(which)
        return true
    }

    /// One more pair.
    func add(_ value: Double, _ residual: Double, _ v: Flat, _ products: Int, _ done: Bool) {
        values.append(value)
        residuals.append(residual)
        vectors.append(v)
        iterations += products
        converged = converged && done
    }

    /// Best first.
    func sort(_ which: ThickLanczos.Which) {
        let sorted = values.indices.sorted {
            switch which {
            case .smallest: values[$0] < values[$1]
            case .magnitude: abs(values[$0]) > abs(values[$1])
            default: values[$0] > values[$1]
            }
        }
        vectors.transform(sorted.map { i in values.indices.map { $0 == i ? 1.0 : 0.0 } })
        values = sorted.map { values[$0] }
        residuals = sorted.map { residuals[$0] }
    }

    /// The residuals by one more product each.
    func measureResiduals() throws(Failure) {
        let v = try map.space.vector(), w = try map.space.vector()
        for j in values.indices {
            vectors.read(j, into: v)
            try map.apply(v, into: w)
            map.space.add(-values[j], v, to: w)
            residuals[j] = map.space.norm(w)
        }
    }
}
