import CSAMShims

/// A map beside vectors that were found: what it is given and what it answers are made orthogonal to them.
final class Deflated: LinearMap {
    private let whole: LinearMap
    private let found: Basis
    private let v: Flat

    init(_ map: LinearMap, beside found: Basis) throws(Failure) {
        whole = map
        self.found = found
        v = try map.space.vector()
        super.init(map.space)
        countDimension()
    }

    override var support: Flat? { whole.support }
    override var cost: Int { whole.cost }
    override var ledger: Ledger? { whole.ledger }

    override func apply(_ x: Flat, into out: Flat) throws(Failure) {
        space.copy(x, to: v)
        _ = found.orthogonalise(v)
        try whole.apply(v, into: out)
        _ = found.orthogonalise(out)
    }

    override func probe(_ kind: Int, draw: Int, into x: Flat) {
        super.probe(kind, draw: draw, into: x)
        _ = found.orthogonalise(x)
    }
}

extension EigenPairs {
    /// Power iteration, one pair after the other.
    func deflate(_ count: Int, _ which: ThickLanczos.Which, tolerance: Double, limit: Int) throws(Failure) {
        let k = min(count, map.dimension), rest = try Deflated(map, beside: vectors), start = try map.space.vector()
        for j in 0..<k {
            let end: ThickLanczos.Which = which == .both ? (j < (k + 1) / 2 ? .largest : .smallest) : which
            let run = try PowerIteration(rest)
            rest.probe(Int(SAM_NORMAL), draw: 2 * j + 1, into: start)
            if map.space.norm(start) == 0 { break }
            let done = try run.find(end, start, draw: 2 * j + 2, tolerance: tolerance, limit: limit)
            add(run.value, run.residual, run.vector, run.iterations, done)
        }
        sort(which)
    }

    /// A block a little wider than what is wanted, at either end.
    func lobpcg(_ count: Int, _ which: ThickLanczos.Which, tolerance: Double, limit: Int) throws(Failure) {
        if which == .magnitude { throw .unsupported("method = lobpcg looks at one end of the spectrum: expected which = largest, smallest or both") }
        let k = min(count, map.dimension), v = try map.space.vector()
        let tops = which == .largest ? k : which == .smallest ? 0 : (k + 1) / 2
        for (wanted, largest) in [(tops, true), (k - tops, false)] where wanted > 0 {
            let run = try LOBPCG(map, block: wanted + 2)
            let done = try run.run(nil, draw: largest ? 1 : 1001, largest: largest, wanted: wanted, tolerance: tolerance, limit: limit)
            for j in 0..<min(wanted, run.values.count) {
                run.span.read(j, into: v)
                add(run.values[j], run.residuals[j], v, j == 0 ? run.iterations : 0, done)
            }
        }
        sort(which)
    }
}
