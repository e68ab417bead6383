import CSAMShims

/// adafactor's update of one tensor, seen as [batch, rows, columns], or as a vector where rows = 0. In double; k = piece.rate, x = d^2:
///     row = (1 - k) row + k (mean of x over columns);  column = (1 - k) column + k (mean over rows);  v = row column / max(mean of row, eps)
///     vector: v = (1 - k) v + k x, kept in `row`
///     u = d / sqrt(max(v, eps^2));  to = shrink from - step u / max(1, rms(u) / limit)
/// Sums have a fixed order: lane i mod 8, then lanes by halves, then what is left of a row.
enum Factored<M: Real> {
    static func update(_ piece: UnsafeMutablePointer<sam_factored>) {
        let p = piece.pointee, n = p.rows > 0 ? Int(p.rows * p.columns) : Int(p.columns)
        let d = p.d.assumingMemoryBound(to: M.self)
        var squares = 0.0
        for b in 0..<Int(p.batch) {
            moments(p, d + b * n, b)
            squares += walk(p, d + b * n, b) { u, _ in u * u }
        }
        let rms = (squares / Double(Int(p.batch) * n)).squareRoot(), step = p.step / max(1, rms / p.limit)
        let from = p.from.assumingMemoryBound(to: M.self), to = p.to.assumingMemoryBound(to: M.self)
        for b in 0..<Int(p.batch) {
            piece.pointee.moved += walk(p, d + b * n, b) { u, i in
                let old = from[b * n + i], new = M(p.shrink * old.double - step * u)
                to[b * n + i] = new
                return (new - old).double * (new - old).double
            }
        }
    }

    private static func moments(_ p: sam_factored, _ d: UnsafePointer<M>, _ b: Int) {
        let rows = Int(p.rows), columns = Int(p.columns), k = p.rate
        if rows == 0 {
            for i in 0..<columns { p.row[i] = (1 - k) * p.row[i] + k * (d[i].double * d[i].double) }
            return
        }
        let sums = p.scratch!, row = p.row + b * rows, column = p.column + b * columns
        for c in 0..<columns { sums[c] = 0 }
        for r in 0..<rows {
            let x = d + r * columns
            var lanes = SIMD8<Double>(repeating: 0), c = 0, rest = 0.0
            while c &+ 8 <= columns {
                let wide = M.widened(x + c), square = wide * wide
                lanes += square
                sam_store_f64x8(sums + c, sam_load_f64x8(sums + c) + square)
                c &+= 8
            }
            while c < columns {
                let square = x[c].double * x[c].double
                rest += square
                sums[c] += square
                c &+= 1
            }
            row[r] = (1 - k) * row[r] + k * ((lanes.total + rest) / Double(columns))
        }
        for c in 0..<columns { column[c] = (1 - k) * column[c] + k * (sums[c] / Double(rows)) }
    }

    /// The sum of f(u, place) over a slice.
    @inline(__always)
    private static func walk(_ p: sam_factored, _ d: UnsafePointer<M>, _ b: Int, _ f: (Double, Int) -> Double) -> Double {
        let rows = Int(p.rows), columns = Int(p.columns), least = p.eps * p.eps
        var sum = 0.0
        if rows == 0 {
            for i in 0..<columns { sum += f(d[i].double / max(p.row[i], least).squareRoot(), i) }
            return sum
        }
        let row = p.row + b * rows, column = p.column + b * columns
        var mean = 0.0
        for r in 0..<rows { mean += row[r] }
        mean = max(mean / Double(rows), p.eps)
        for r in 0..<rows {
            for c in 0..<columns {
                let i = r &* columns &+ c
                sum += f(d[i].double / max(row[r] * column[c] / mean, least).squareRoot(), i)
            }
        }
        return sum
    }
}
