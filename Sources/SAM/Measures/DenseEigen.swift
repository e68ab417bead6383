import CSAMShims

/// Eigenvalues, ascending, and eigenvectors of a small dense symmetric matrix.
struct DenseEigen {
    let values: [Double]
    /// vectors[k]: of values[k], of length 1.
    let vectors: [[Double]]

    /// The mean of the matrix and its transpose counts.
    init(_ matrix: [[Double]]) throws(Failure) {
        let n = matrix.count
        try secure(n, times: n, of: 32, for: "the eigenvalues of a matrix")
        let work = Int(sam_eigen_work(Int64(n))), room = try Flat(n * n + n + work), a = room.at, found = a + n * n
        for i in 0..<n { for j in 0..<n { a[i * n + j] = 0.5 * (matrix[i][j] + matrix[j][i]) } }
        if n > 0 && sam_eigen(Int64(n), a, found, found + n) != 0 { throw .nonfinite("the eigenvalues of a projected matrix do not converge: a product is not finite") }
        values = (0..<n).map { found[$0] }
        vectors = (0..<n).map { k in (0..<n).map { a[k * n + $0] } }
    }
}
