import CSAMShims

/// Lanczos' iteration with full reorthogonalisation: A V = V T + the rest, T tridiagonal with alpha and beta. One product a step; each
/// new vector is made orthogonal to all before it in two sweeps, and to those that are locked.
final class Lanczos {
    let map: LinearMap
    let basis: Basis
    private(set) var alpha: [Double] = [], beta: [Double] = []
    private let locked: Basis?
    private let current: Flat, rest: Flat
    /// Columns that could still be added: beyond the domain there are none.
    private let capacity: Int

    /// At most so many steps; single: columns in floats.
    init(_ map: LinearMap, steps: Int, locked: Basis? = nil, single: Bool = false) throws(Failure) {
        self.map = map
        self.locked = locked
        capacity = max(0, min(steps, map.dimension - (locked?.columns ?? 0)))
        basis = try Basis(map.space, capacity: capacity, single: single)
        current = try map.space.vector()
        rest = try map.space.vector()
    }

    /// Begins at a vector, which is made orthogonal to those that are locked; false where nothing of it is left.
    func begin(_ v: Flat) -> Bool {
        alpha = []
        beta = []
        basis.cut(to: 0)
        return append(v)
    }

    private func append(_ v: Flat) -> Bool {
        if basis.columns == capacity { return false }
        map.space.copy(v, to: current)
        let before = map.space.norm(current)
        if let locked { _ = locked.orthogonalise(current) }
        _ = basis.orthogonalise(current)
        let length = map.space.norm(current)
        if !(length > 1e-10 * before) { return false }
        map.space.scale(current, by: 1 / length)
        basis.append(current)
        return true
    }

    /// The next step: false where the space of the columns is mapped into itself, or holds as many columns as it may.
    func step() throws(Failure) -> Bool {
        let j = alpha.count
        basis.read(j, into: current)
        try map.apply(current, into: rest)
        if let locked { _ = locked.orthogonalise(rest) }
        let c = basis.orthogonalise(rest)
        alpha.append(c[j])
        var largest = 0.0
        for i in 0...j { largest = max(largest, abs(alpha[i]) + (i < j ? beta[i] : 0)) }
        let length = map.space.norm(rest)
        if !(length > 1e-12 * largest) {
            beta.append(0)
            return false
        }
        beta.append(length)
        if basis.columns == capacity { return false }
        basis.append(rest, times: 1 / length)
        return true
    }

    /// Behind an invariant space: goes on with what is orthogonal of a vector, decoupled from what is there. False: nothing is left.
    func goOn(_ v: Flat) -> Bool {
        if beta.last != 0 || alpha.count >= capacity { return false }
        return append(v)
    }

    /// The Ritz values with the first and last rows of their vectors.
    func ritz() throws(Failure) -> Tridiagonal { try Tridiagonal(alpha, beta, .ends, map.ledger) }

    /// How far Ritz value k may be from an eigenvalue: the length of its residual.
    func residual(_ ritz: Tridiagonal, _ k: Int) -> Double { (beta.last ?? 0) * abs(ritz.rows[1][k]) }

    /// v = the Ritz vector of the k-th value, of length 1.
    func vector(_ k: Int, into v: Flat) throws(Failure) {
        let all = try Tridiagonal(alpha, beta, .all, map.ledger)
        map.space.clear(v)
        basis.combine(all.rows.map { $0[k] }, into: v)
        let length = map.space.norm(v)
        if length > 0 { map.space.scale(v, by: 1 / length) }
    }
}
