import CSAMShims

/// Locally optimal block iteration without preconditioner: Rayleigh and Ritz on the orthonormal span of the block X, its residuals R
/// and the last direction P; P is kept orthonormal to X within that span, so that the products with X and P follow without new ones.
final class LOBPCG {
    let map: LinearMap
    /// Of the block, in the order wanted (largest first, or smallest first).
    private(set) var values: [Double] = [], residuals: [Double] = []
    private(set) var iterations = 0
    /// X, then what else spans.
    let span: Basis
    private let products: Basis
    private let v: Flat, w: Flat
    private let size: Int

    /// A block of so many; its memory is three of them, twice.
    init(_ map: LinearMap, block: Int) throws(Failure) {
        self.map = map
        size = min(block, map.dimension)
        span = try Basis(map.space, capacity: min(3 * size, map.dimension))
        products = try Basis(map.space, capacity: min(3 * size, map.dimension))
        v = try map.space.vector()
        w = try map.space.vector()
    }

    /// What lies orthogonal of v to the span joins it, with its product.
    private func extend() throws(Failure) {
        guard span.extend(by: v, least: 1e-8) != nil else { return }
        span.read(span.columns - 1, into: v)
        try map.apply(v, into: w)
        iterations += 1
        products.append(w)
    }

    /// From a start and random vectors (draws from `draw` on), until the first `wanted` residuals are at most the tolerance times the
    /// largest magnitude; at most so many products. Where no residual has a direction beside the span any more, as of products with few digits,
    /// nothing better comes: false.
    func run(_ start: Flat?, draw: Int, largest: Bool, wanted: Int, tolerance: Double, limit: Int) throws(Failure) -> Bool {
        var draw = draw
        for k in 0..<size where iterations < limit || k == 0 {
            if k == 0, let start { map.space.copy(start, to: v) } else {
                map.probe(Int(SAM_NORMAL), draw: draw, into: v)
                draw += 1
            }
            try extend()
        }
        while true {
            let kept = try rotate(largest)
            if report(tolerance, wanted) || map.dimension == size { return true }
            if iterations >= limit { return false }
            let before = iterations
            for k in 0..<kept where iterations < limit && residuals[k] > tolerance * scale {
                if span.columns == span.capacity { break }
                residual(k)
                try extend()
            }
            if iterations == before { return false }
        }
    }

    private var scale: Double { values.reduce(1e-300) { max($0, abs($1)) } }

    /// v = A x_k - value x_k
    private func residual(_ k: Int) {
        map.space.clear(v)
        products.combine([1], from: k, into: v)
        span.combine([-values[k]], from: k, into: v)
    }

    private func report(_ tolerance: Double, _ wanted: Int) -> Bool {
        residuals = []
        for k in values.indices {
            residual(k)
            residuals.append(map.space.norm(v))
        }
        for k in 0..<min(wanted, values.count) where residuals[k] > tolerance * scale { return false }
        return true
    }

    /// Rayleigh and Ritz: the span becomes X and P. Answers the size of X.
    private func rotate(_ largest: Bool) throws(Failure) -> Int {
        let m = span.columns, b = min(size, m)
        var matrix: [[Double]] = []
        for j in 0..<m {
            products.read(j, into: v)
            matrix.append(span.project(v))
        }
        let eigen = try DenseEigen(matrix)
        let order = (0..<m).map { largest ? m - 1 - $0 : $0 }
        values = (0..<b).map { eigen.values[order[$0]] }
        var columns = (0..<b).map { eigen.vectors[order[$0]] }
        for k in 0..<b where m > b && columns.count < min(2 * b, m) {          // P: X's part off the old X
            var p = eigen.vectors[order[k]]
            for i in 0..<b { p[i] = 0 }
            if let unit = LOBPCG.orthonormal(p, to: columns) { columns.append(unit) }
        }
        span.transform(columns)
        products.transform(columns)
        return b
    }

    private static func orthonormal(_ p: [Double], to columns: [[Double]]) -> [Double]? {
        var p = p
        let before = p.reduce(0) { $0 + $1 * $1 }.squareRoot()
        for _ in 0..<2 {
            for c in columns {
                var dot = 0.0
                for i in p.indices { dot += c[i] * p[i] }
                for i in p.indices { p[i] -= dot * c[i] }
            }
        }
        let after = p.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return after > 1e-6 * before ? p.map { $0 / after } : nil
    }
}

extension EigenSearch {
    func lobpcg(_ end: End, _ start: Flat) throws(Failure) {
        let run = try LOBPCG(map, block: 3)
        var done = false
        defer {
            if let value = run.values.first, let residual = run.residuals.first {
                run.span.read(0, into: vector)
                accept(value, residual, done, run.iterations, vector, other: run.values.last ?? value)
            }
        }
        done = try run.run(start, draw: 2, largest: end == .largest, wanted: 1, tolerance: tolerance, limit: settings.maxIterations.int)
    }
}
