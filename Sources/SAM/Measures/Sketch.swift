import CSAMShims

/// What Hutch++ and XTrace begin with: Q, an orthonormal basis of A times random probes (draws 1 to m), with Q R = A times probes;
/// directions that lie in the span already are left out of Q.
final class Sketch {
    let map: LinearMap
    let basis: Basis
    let kind: Int
    let probes: Int
    /// By probe: its column of R.
    private(set) var columns: [[Double]] = []
    let v: Flat, w: Flat

    init(_ map: LinearMap, probes: Int, kind: Int) throws(Failure) {
        self.map = map
        self.kind = kind
        self.probes = probes
        let most = min(probes, map.dimension)
        try secure(bytes(probes, times: most, of: 1), times: 3, for: "the products of probes")
        basis = try Basis(map.space, capacity: most)
        v = try map.space.vector()
        w = try map.space.vector()
    }

    /// One product a probe. True where every probe gave a direction of its own, none shorter than 1e-12 of the longest.
    func take() throws(Failure) -> Bool {
        var longest = 0.0, whole = true
        for k in 1...probes {
            map.probe(kind, draw: k, into: v)
            try map.apply(v, into: w)
            longest = max(longest, map.space.norm(w))
            let r = basis.orthogonalise(w), rest = map.space.norm(w)
            if rest > 1e-12 * longest && basis.columns < basis.capacity {
                basis.append(w, times: 1 / rest)
                columns.append(r + [rest])
            } else {
                columns.append(r)
                whole = false
            }
        }
        return whole
    }

    /// tr Q'A Q, one product a column; the columns of Q'A Q.
    func inside() throws(Failure) -> [[Double]] {
        var columns: [[Double]] = []
        for j in 0..<basis.columns {
            basis.read(j, into: v)
            try map.apply(v, into: w)
            columns.append(basis.project(w))
        }
        return columns
    }

    /// Hutchinson on what is orthogonal to Q, draws from m + 1 on.
    func outside(_ count: Int) throws(Failure) -> Sample {
        var sample = Sample()
        if count <= 0 || basis.columns == map.dimension { return Sample([0]) }
        for k in 1...count {
            map.probe(kind, draw: probes + k, into: v)
            _ = basis.orthogonalise(v)
            try map.apply(v, into: w)
            sample.add(map.space.dot(v, w))
        }
        return sample
    }
}

extension TraceEstimate {
    /// Hutch++ with `samples` products: a third for the sketch, one for each column of Q, Hutchinson with the others on the rest.
    static func hutchPlusPlus(_ map: LinearMap, samples: Int, kind: Int) throws(Failure) -> TraceEstimate {
        let sketch = try Sketch(map, probes: max(1, samples / 3), kind: kind)
        _ = try sketch.take()
        return try hutchPlusPlus(sketch, samples: samples)
    }

    /// The same from a sketch that was taken.
    static func hutchPlusPlus(_ sketch: Sketch, samples: Int) throws(Failure) -> TraceEstimate {
        var known = 0.0
        for (j, column) in try sketch.inside().enumerated() { known += column[j] }
        let used = sketch.probes + sketch.basis.columns
        let rest = try sketch.outside(max(samples - used, sketch.basis.columns == sketch.map.dimension ? 0 : 1))
        var estimate = TraceEstimate(rest, known: known, samples: used + (sketch.basis.columns == sketch.map.dimension ? 0 : rest.count))
        if sketch.basis.columns == sketch.map.dimension { estimate.standardError = 0 }
        return estimate
    }

    /// XTrace with `samples` products: one sketch of half as many probes, every probe in turn left out of it and used for the rest.
    /// Where the sketch has fewer directions than probes: Hutch++ with it. (Epperly, Tropp, Webber 2024)
    static func xtrace(_ map: LinearMap, samples: Int, kind: Int) throws(Failure) -> TraceEstimate {
        let sketch = try Sketch(map, probes: max(1, samples / 2), kind: kind)
        if try !sketch.take() { return try hutchPlusPlus(sketch, samples: samples) }
        let m = sketch.probes, h = try sketch.inside()
        var trace = 0.0
        for j in 0..<m { trace += h[j][j] }
        var sample = Sample()
        for i in 0..<m {
            try map.ledger?.work(4 * m * m)
            let s = leftOut(sketch.columns, i)
            map.probe(kind, draw: i + 1, into: sketch.v)
            let w = sketch.basis.project(sketch.v), r = sketch.columns[i] + [Double](repeating: 0, count: m - i - 1)
            let u = (0..<m).map { w[$0] - product(s, w) * s[$0] }
            let hs = (0..<m).map { product(h[$0], s) }, hu = (0..<m).map { product(h[$0], u) }
            sample.add(trace - product(s, hs) + product(w, r) - 2 * product(u, r) + product(u, hu))
        }
        var estimate = TraceEstimate(sample, samples: 2 * m)
        estimate.standardError *= 2.0.squareRoot()          // the estimates share a sketch: their own spread tells 0.6 to 0.8 of the error
        return estimate
    }

    /// The unit vector along column i of the inverse of R': what Q loses with probe i.
    private static func leftOut(_ r: [[Double]], _ i: Int) -> [Double] {
        let m = r.count
        var x = [Double](repeating: 0, count: m)
        for k in i..<m {                                    // R'x = e_i, forward: row k of R' is column k of R
            var sum = k == i ? 1.0 : 0.0
            for j in i..<max(k, i) { sum -= r[k][j] * x[j] }
            x[k] = sum / r[k][k]
        }
        let largest = x.reduce(0) { max($0, abs($1)) }
        x = x.map { $0 / largest }
        let length = product(x, x).squareRoot()
        return x.map { $0 / length }
    }

    private static func product(_ a: [Double], _ b: [Double]) -> Double {
        var sum = 0.0
        for i in a.indices { sum += a[i] * b[i] }
        return sum
    }
}
