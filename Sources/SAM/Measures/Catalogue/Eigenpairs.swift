/// eigenpairs: several eigenvalues with their vectors, by Lanczos with restarts; copies of a multiple eigenvalue are found one by one.
///
/// values best first: descending (largest, both), ascending (smallest) or by magnitude; both: half of them from either end, the odd one
/// from the top. residuals are |H v - value v|; orthogonality is max |V'V - I|. More pairs than places: as many as there are.
final class EigenpairsMeasure: Measure {
    override class var about: About {
        About("eigenpairs", "The outermost eigenvalues of the Hessian with their eigenvectors.",
              by: "Wu, Simon 2000", needs: [.gradient, .product])
    }

    let count = Setting("count", count: 5, .between(1, 64), "How many.")
    let which = Setting("which", choices: "largest,smallest,magnitude,both", "Which: algebraically largest or smallest, largest in magnitude, or both ends.")
    let tolerance = EigenSettings().tolerance
    let maxIterations = Setting.maxIterations(20)
    let method = Setting("method", choices: "lanczos,power,lobpcg", "How: Lanczos with restarts, power iteration with deflation, LOBPCG. max_iterations counts restarts, or products a pair.")
    let curvature = CurvatureSettings()
    override var settings: [Setting] { [count, which, tolerance, maxIterations, method] + curvature.all }

    override func run(_ job: Job) throws(Failure) {
        let map = try job.operand(curvature)
        let tolerance = EigenSettings.tolerance(self.tolerance, map), k = min(count.int, map.dimension)
        map.followNoise()
        let pairs = try EigenPairs(map, k)
        job.ledger.expect((2 &* k &+ 10) &* 2 &* map.cost, "eigenpairs")
        _ = try job.within { () throws(Failure) in
            let end = ThickLanczos.Which(rawValue: which.int)!
            if method.isChoice("lanczos") { try pairs.find(k, end, tolerance: tolerance, restarts: maxIterations.int) } else if method.isChoice("power") { try pairs.deflate(k, end, tolerance: tolerance, limit: 100 * maxIterations.int) } else { try pairs.lobpcg(k, end, tolerance: tolerance, limit: 100 * maxIterations.int) }
            try pairs.measureResiduals()
        }
        job.converged = pairs.converged
        let found = pairs.values.count, vectors = try Flat(rows: (0..<found).map { (j) throws(Failure) in
            let v = try job.space.vector()
            pairs.vectors.read(j, into: v)
            return v
        })
        try job.report.set("value", pairs.values.first ?? (map.dimension == 0 ? 0 : .nan))
        try job.report.set("values", pairs.values)
        try job.report.set("vectors", vectors, shape: [found, job.n])
        try job.report.set("residuals", pairs.residuals)
        try job.report.set("orthogonality", pairs.vectors.orthogonality(try job.space.vector()))
        try job.report.set("iterations", pairs.iterations)
    }
}
