import CSAMShims

/// Stochastic Lanczos quadrature: for each probe nodes and weights such that the mean over probes of sum weight f(node), times the
/// dimension, estimates tr f(A); up to powers of 2 steps - 1 a probe's sum is its v'f(A)v / v'v.
final class Quadrature {
    let dimension: Int
    /// By probe; a row that ended early is filled with weights 0 at its last node.
    private(set) var nodes: [[Double]] = [], weights: [[Double]] = []
    /// Whether the nodes are all eigenvalues: one row, weights 1/n.
    private(set) var isExact = false
    /// Products with the map.
    private(set) var products = 0
    /// Whether every probe ran to its end.
    private(set) var isWhole = true

    /// `samples` probes, draws 1 to samples, of `steps` steps each. No more places than steps: the eigenvalues, by unit vectors.
    init(_ map: LinearMap, samples: Int, steps: Int, kind: Int) throws(Failure) {
        dimension = map.dimension
        if dimension <= steps {
            isExact = true
            try takeAll(map)
            return
        }
        try secure(bytes(samples, times: steps, of: 1), times: 6, for: "the nodes of a quadrature")
        let run = try Lanczos(map, steps: steps), probe = try map.space.vector()
        for k in 1...samples {
            map.probe(kind, draw: k, into: probe)
            if !run.begin(probe) { continue }
            isWhole = try map.within { () throws(Failure) in
                while try run.step() {}
            }
            products += run.alpha.count
            if !isWhole { return }
            let found = try run.ritz(), missing = steps - found.values.count
            nodes.append(found.values + [Double](repeating: found.values.last ?? 0, count: missing))
            weights.append(found.rows[0].map { $0 * $0 } + [Double](repeating: 0, count: missing))
        }
    }

    private func takeAll(_ map: LinearMap) throws(Failure) {
        let places = try map.domain()
        products = places.count
        nodes = [try DenseEigen(try map.matrix(places)).values]
        weights = [[Double](repeating: 1 / Double(max(places.count, 1)), count: places.count)]
    }

    var least: Double { nodes.reduce(.infinity) { min($0, $1.first ?? .infinity) } }
    var most: Double { nodes.reduce(-.infinity) { max($0, $1.last ?? -.infinity) } }

    /// sum weight f(node), one number a probe.
    func sample(_ f: (Double) -> Double) -> Sample {
        var sample = Sample()
        for p in nodes.indices {
            var sum = 0.0
            for k in nodes[p].indices where weights[p][k] > 0 { sum += weights[p][k] * f(nodes[p][k]) }
            sample.add(sum)
        }
        return sample
    }
}
