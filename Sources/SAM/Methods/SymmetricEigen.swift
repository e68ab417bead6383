/// Eigenvalues and eigenvectors of a small symmetric matrix, by Jacobi's rotations: A = V diag(values) V'.
struct SymmetricEigen {
    private(set) var values: [Double]
    /// Element k of eigenvector i at k * size + i.
    private(set) var vectors: [Double]

    /// a: row-major, size * size.
    init(_ a: [Double], size n: Int) {
        var a = a, v = [Double](repeating: 0, count: n * n)
        for i in 0..<n { v[i * n + i] = 1 }
        for _ in 0..<60 {
            var rest = 0.0, whole = 0.0
            for i in 0..<n { for j in 0..<n { if i == j { whole += a[i * n + i] * a[i * n + i] } else { rest += a[i * n + j] * a[i * n + j] } } }
            if !(rest > 1e-34 * whole) { break }
            for p in 0..<n { for q in (p + 1)..<n where a[p * n + q] != 0 { SymmetricEigen.rotate(&a, &v, n, p, q) } }
        }
        values = (0..<n).map { a[$0 * n + $0] }
        vectors = v
    }

    /// Makes element (p, q) 0.
    private static func rotate(_ a: inout [Double], _ v: inout [Double], _ n: Int, _ p: Int, _ q: Int) {
        let theta = (a[q * n + q] - a[p * n + p]) / (2 * a[p * n + q])
        let t = (theta < 0 ? -1 : 1) / (abs(theta) + (theta * theta + 1).squareRoot())
        let c = 1 / (t * t + 1).squareRoot(), s = t * c
        for k in 0..<n {
            (a[k * n + p], a[k * n + q]) = (c * a[k * n + p] - s * a[k * n + q], s * a[k * n + p] + c * a[k * n + q])
        }
        for k in 0..<n {
            (a[p * n + k], a[q * n + k]) = (c * a[p * n + k] - s * a[q * n + k], s * a[p * n + k] + c * a[q * n + k])
            (v[k * n + p], v[k * n + q]) = (c * v[k * n + p] - s * v[k * n + q], s * v[k * n + p] + c * v[k * n + q])
        }
        (a[p * n + q], a[q * n + p]) = (0, 0)
    }
}
