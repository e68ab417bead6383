/// Eigenvalues of a symmetric tridiagonal matrix, ascending, with some rows of the matrix of its eigenvectors: implicit QL with
/// Wilkinson's shifts, in double, the same bits everywhere.
struct Tridiagonal {
    private(set) var values: [Double]
    /// By row asked for: the row's element of each eigenvector, in the order of the values.
    private(set) var rows: [[Double]]

    enum Rows { case none, ends, all }

    /// alpha: the diagonal; beta: below it, one fewer (more are ignored). ends: the first row and the last.
    /// At most 60 sweeps a value. The ledger's host is asked for its progress meanwhile.
    init(_ alpha: [Double], _ beta: [Double], _ wanted: Rows, _ ledger: Ledger? = nil) throws(Failure) {
        let n = alpha.count
        try secure(n, times: wanted == .all ? n : 4, for: "the eigenvalues of a tridiagonal matrix")
        values = alpha
        var e = (0..<n).map { $0 + 1 < n ? beta[$0] : 0 }
        let kept = wanted == .all ? Array(0..<n) : wanted == .ends && n > 0 ? [0, n - 1] : []
        rows = kept.map { row in (0..<n).map { $0 == row ? 1 : 0 } }
        for l in 0..<n {
            var turns = 0
            while true {
                var m = l
                while m + 1 < n {
                    let size = abs(values[m]) + abs(values[m + 1])
                    if abs(e[m]) <= 0x1p-53 * size { break }
                    m += 1
                }
                if m == l || turns == 60 { break }
                turns += 1
                try ledger?.work(6 * (m - l) * (rows.count + 4))
                turn(l, m, &e)
            }
        }
        sort()
    }

    /// One sweep of rotations from m up to l.
    private mutating func turn(_ l: Int, _ m: Int, _ e: inout [Double]) {
        var g = (values[l + 1] - values[l]) / (2 * e[l])
        var r = Tridiagonal.hypotenuse(g, 1)
        g = values[m] - values[l] + e[l] / (g + (g < 0 ? -r : r))
        var s = 1.0, c = 1.0, p = 0.0, i = m - 1
        while i >= l {
            let f = s * e[i], b = c * e[i]
            r = Tridiagonal.hypotenuse(f, g)
            e[i + 1] = r
            if r == 0 {
                values[i + 1] -= p
                e[m] = 0
                return
            }
            s = f / r
            c = g / r
            g = values[i + 1] - p
            r = (values[i] - g) * s + 2 * c * b
            p = s * r
            values[i + 1] = g + p
            g = c * r - b
            for k in rows.indices {
                let x = rows[k][i + 1]
                rows[k][i + 1] = s * rows[k][i] + c * x
                rows[k][i] = c * rows[k][i] - s * x
            }
            i -= 1
        }
        values[l] -= p
        e[l] = g
        e[m] = 0
    }

    private mutating func sort() {
        for i in 0..<values.count {
            var least = i
            for j in i..<values.count where values[j] < values[least] { least = j }
            if least != i {
                values.swapAt(i, least)
                for k in rows.indices { rows[k].swapAt(i, least) }
            }
        }
    }

    private static func hypotenuse(_ a: Double, _ b: Double) -> Double {
        let x = abs(a), y = abs(b), large = max(x, y), small = min(x, y)
        if large == 0 || !large.isFinite { return large }
        let ratio = small / large
        return large * (1 + ratio * ratio).squareRoot()
    }
}
