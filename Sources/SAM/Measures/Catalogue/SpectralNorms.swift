import CSAMShims

/// spectral_norms: the largest singular value of each tensor that is not frozen, as a matrix with its first dimension as rows (rank < 2: one
/// row), by Lanczos' iteration on W W' or W'W, whichever is smaller: values [T]; stable_ranks [T] = |W|_F^2 / value^2, 0 for zeros.
/// value = log_product: the sum of 2 log over the tensors of rank 2 and more. residuals [T]: of the iteration, relative; above `tolerance`
/// behind 500 steps: converged 0.
final class SpectralNorms: Measure {
    override class var about: About { About("spectral_norms", "The largest singular value and the stable rank of each tensor.", by: "Bartlett, Foster, Telgarsky 2017") }

    let tolerance = Setting.tolerance(1e-10)
    override var settings: [Setting] { [tolerance] }
    override var baseline: Baseline { .none }

    override func run(_ job: Job) throws(Failure) {
        var values: [Double] = [], ranks: [Double] = [], residuals: [Double] = [], product = 0.0
        for (i, t) in job.point.tensors.enumerated() {
            let size = length(job.point.iterate, job.point.range(i))
            var largest = size, residual = 0.0
            if t.rows > 1 && t.count > t.rows && size > 0 {
                let map = try Gram(job.point.iterate.at + job.point.start[i], t.rows, t.count / t.rows, seed: job.space.seed, job.ledger)
                (largest, residual) = try map.norm(tolerance.value)
            }
            values.append(largest)
            ranks.append(largest > 0 ? (size / largest) * (size / largest) : 0)
            residuals.append(residual)
            if t.shape.count > 1 { product += largest > 0 ? 2 * job.space.logarithm(largest) : -.infinity }
        }
        job.converged = residuals.allSatisfy { $0 <= tolerance.value }
        try job.report.set("value", product)
        try job.report.set("values", values)
        try job.report.set("stable_ranks", ranks)
        try job.report.set("log_product", product)
        try job.report.set("residuals", residuals)
        if !product.isFinite { try job.report.set("degenerate", 1) }
    }

    /// v -> W W'v or W'W v of a matrix of rows.
    private final class Gram: LinearMap {
        private let w: UnsafeMutablePointer<Double>, rows: Int, columns: Int
        private let other: Flat, asked: Ledger

        init(_ w: UnsafeMutablePointer<Double>, _ rows: Int, _ columns: Int, seed: UInt64, _ ledger: Ledger) throws(Failure) {
            asked = ledger
            (self.w, self.rows, self.columns) = (w, rows, columns)
            other = try Flat(max(rows, columns))
            super.init(try Space(min(rows, columns), seed: seed))
        }

        override var ledger: Ledger? { asked }

        override func apply(_ v: Flat, into out: Flat) throws(Failure) {
            try asked.work(2 * rows * columns)
            let kernels = space.kernels, isWide = rows <= columns, short = isWide ? out : other, long = isWide ? other : out
            if isWide {
                long.at.update(repeating: 0, count: columns)
                kernels.pointee.combine_f64!(w, Int64(columns), Int64(rows), v.at, long.at, Int64(columns))
            }
            kernels.pointee.project_f64!(w, Int64(columns), Int64(rows), isWide ? long.at : v.at, Int64(columns), short.at)
            if !isWide {
                long.at.update(repeating: 0, count: columns)
                kernels.pointee.combine_f64!(w, Int64(columns), Int64(rows), short.at, long.at, Int64(columns))
            }
        }

        func norm(_ tolerance: Double) throws(Failure) -> (Double, Double) {
            let run = try Lanczos(self, steps: 500), start = try space.vector()
            probe(Int(SAM_NORMAL), draw: 1, into: start)
            _ = run.begin(start)
            while true {                                    // 500 steps at the most: run's columns
                let goesOn = try run.step(), found = try run.ritz(), last = found.values.count - 1
                let value = max(found.values[last], 0), residual = run.residual(found, last) / max(value, 1e-300)
                if !goesOn || residual <= tolerance { return (value.squareRoot(), residual) }
            }
        }
    }
}
