import CSAMShims

/// A symmetric linear map of tall vectors: what Lanczos' iteration, the estimators of a trace and the like take. Some places may be
/// outside of its domain: vectors and products are 0 there. A map may be scaled (C H C); its vectors are then those of the scaled
/// coordinates, and only `apply` knows of the scale.
class LinearMap {
    final let space: Space
    /// Not 0 in the domain, 0 outside; nil: all places are inside. Only whether a number is 0 counts.
    var support: Flat? { nil }
    /// Places in the domain.
    final private(set) var dimension: Int

    init(_ space: Space) {
        self.space = space
        dimension = space.n
    }

    /// After the support is known.
    final func countDimension() {
        guard let support else { return }
        dimension = 0
        for i in 0..<space.n where support[i] != 0 { dimension += 1 }
    }

    /// v = 0 outside of the domain; inside it stays as it is.
    final func restrict(_ v: Flat) {
        guard let support else { return }
        space.walk { _, start, count in for i in start..<(start + count) where support[i] == 0 { v[i] = 0 } }
    }

    /// out = A v
    func apply(_ v: Flat, into out: Flat) throws(Failure) {}
    /// What one product costs in evaluations.
    var cost: Int { 1 }

    /// Of the evaluations that products cost; nil: they cost none.
    var ledger: Ledger? { nil }

    /// Runs to its end, or until the evaluations are spent: whether it came to its end.
    final func within(_ body: () throws(Failure) -> Void) throws(Failure) -> Bool {
        if let ledger { return try ledger.within(body) }
        try body()
        return true
    }

    /// A random vector of the domain.
    func probe(_ kind: Int, draw: Int, into v: Flat) {
        space.random(kind, draw: draw, into: v)
        restrict(v)
    }

    /// Its entries between places, by a product with the unit vector of each.
    final func matrix(_ places: [Int]) throws(Failure) -> [[Double]] {
        try secure(places.count, times: places.count, for: "a matrix")
        let unit = try space.vector(), product = try space.vector()
        var matrix: [[Double]] = []
        for i in places {
            unit[i] = 1
            try apply(unit, into: product)
            unit[i] = 0
            matrix.append(places.map { product[$0] })
        }
        return matrix
    }

    /// The places in the domain, in order.
    final func domain() throws(Failure) -> [Int] {
        try secure(space.n, times: 2, for: "the places of an operator")
        guard let support else { return Array(0..<space.n) }
        return (0..<space.n).filter { support[$0] != 0 }
    }
}

/// The kinds of random numbers by a distribution setting's code.
func kind(of distribution: Setting) -> Int { distribution.isChoice("normal") ? Int(SAM_NORMAL) : Int(SAM_RADEMACHER) }
