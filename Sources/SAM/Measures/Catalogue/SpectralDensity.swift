/// spectral_density: the distribution of the Hessian's eigenvalues by stochastic Lanczos quadrature.
///
/// nodes and weights [probes, steps] hold everything: the mean over probes of sum weight f(node) estimates tr f(H) / n. density on
/// `grid` is their sum of Gaussians: papyan: width 2 / ((steps - 1) sqrt(8 ln 3)) of the half range, on the range and a twentieth on
/// either side; pyhessian: variance 1e-5 max(1, range), a hundredth; fixed: `width`. moments: tr H^k / n, k = 1 to 8. value =
/// negative_mass: the share of eigenvalues below -z times the largest magnitude (with differences at least 5 times their error);
/// negative_energy: their share of sum |eigenvalue|. counts: how many eigenvalues lie between neighbouring edges, with standard errors.
final class SpectralDensity: Measure {
    override class var about: About {
        About("spectral_density", "The density of the Hessian's eigenvalues, its moments, and the share of negative ones.",
              by: "Lin, Saad, Yang 2016; Papyan 2018; Ghorbani, Krishnan, Xiao 2019", needs: [.gradient, .product])
    }

    let samples = Setting.samples(10), steps = Setting("steps", count: 80, .between(1, 1e6), "Lanczos steps a probe; n or more: all eigenvalues, exactly.")
    let kernel = Setting("kernel", choices: "papyan,pyhessian,fixed", "The width of the Gaussians.")
    let count = Setting("count", count: 1024, .between(2, 1e6), "Points of the grid.")
    let width = Setting("width", 0, .nonNegative, "kernel = fixed: the Gaussians' standard deviation, in units of eigenvalues.")
    let z = Setting("z", 1e-6, .share, "What is negative, relative to the largest magnitude.")
    let edges = Setting("edges", list: .nan, .any, "Ascending ends of intervals whose eigenvalues are counted.")
    let distribution = Setting.distribution()
    let curvature = CurvatureSettings()
    override var settings: [Setting] { [samples, steps, kernel, count, width, z, edges, distribution] + curvature.all }

    override func check(_ job: Job) throws(Failure) {
        if kernel.isChoice("fixed") != (width.value > 0) { throw .argument("width = \(width.value) with kernel = \(kernel.choice!): a width > 0 goes with kernel = fixed, and only there") }
        for i in edges.list.indices.dropFirst() where !(edges.list[i] > edges.list[i - 1]) {
            throw .range("edges[\(i)] = \(edges.list[i]): expected more than \(edges.list[i - 1]), edges ascend")
        }
        if edges.list.count == 1 { throw .range("edges: one number, expected two at the least") }
    }

    override func run(_ job: Job) throws(Failure) {
        let map = try job.operand(curvature)
        if try job.isDegenerate(map.scale) { return }
        map.followNoise()
        job.ledger.expect((map.dimension <= steps.int ? map.dimension : samples.int &* steps.int) &* map.cost, "density")
        let found = try Quadrature(map, samples: samples.int, steps: steps.int, kind: kind(of: distribution))
        if found.nodes.isEmpty { return }
        try report(found, map, job.report)
    }

    private func report(_ found: Quadrature, _ map: Operator, _ report: Report) throws(Failure) {
        let n = Double(found.dimension), least = found.least, most = found.most, largest = max(abs(least), abs(most))
        let floor = max(z.value, map.source == .product ? 0 : map.objective.point.isDouble ? 5e-8 : 1.5e-3) * largest
        let negative = found.sample { $0 < -floor ? 1 : 0 }
        let below = found.sample { $0 < -floor ? -$0 : 0 }.mean, all = found.sample { abs($0) }.mean
        try report.set("value", negative.mean)
        try report.set("standard_error", found.isExact ? 0 : negative.standardError)
        try report.set("negative_mass", negative.mean)
        try report.set("negative_energy", all > 0 ? below / all : 0)
        try report.set("lambda_min", least)
        try report.set("lambda_max", most)
        try report.set("moments", (1...8).map { k in found.sample { raised($0, Int64(k)) }.mean })
        try report.set("nodes", found.nodes.flatMap { $0 }, shape: [found.nodes.count, found.nodes[0].count])
        try report.set("weights", found.weights.flatMap { $0 }, shape: [found.nodes.count, found.nodes[0].count])
        let (grid, density) = try broadened(found, least, most, map)
        try report.set("grid", grid)
        try report.set("density", density)
        if edges.list.isEmpty { return }
        var counts: [Double] = [], errors: [Double] = []
        for i in edges.list.indices.dropLast() {
            try map.objective.ledger.work(8 * found.nodes.count * found.nodes[0].count)
            let inside = found.sample { n * share($0, edges.list[i], edges.list[i + 1]) }
            counts.append(inside.mean)
            errors.append(found.isExact ? 0 : inside.standardError)
        }
        try report.set("counts", counts)
        try report.set("counts_error", errors)
    }

    /// 1 inside, a half on an edge.
    private func share(_ x: Double, _ a: Double, _ b: Double) -> Double {
        let onEdge = abs(x - a) <= 1e-12 * max(1, abs(a)) || abs(x - b) <= 1e-12 * max(1, abs(b))
        return onEdge ? 0.5 : x > a && x < b ? 1 : 0
    }

    private func broadened(_ found: Quadrature, _ least: Double, _ most: Double, _ map: Operator) throws(Failure) -> ([Double], [Double]) {
        try secure(count.int, times: 6, for: "the density")
        let space = map.space
        let range = max(most - least, 1e-12 * max(abs(most), 1e-300)), points = count.int
        let isPapyan = kernel.isChoice("papyan"), margin = isPapyan ? 0.05 * range : kernel.isChoice("fixed") ? 5 * width.value : max(0.01, 5 * (1e-5 * max(1, range)).squareRoot())
        let low = least - margin, high = most + margin, half = 0.5 * (high - low)
        let sd = isPapyan ? half * 2 / (Double(max(found.nodes[0].count - 1, 1)) * (8 * space.logarithm(3)).squareRoot())
            : kernel.isChoice("fixed") ? width.value : (1e-5 * max(1, range)).squareRoot()
        let grid = (0..<points).map { low + (high - low) * Double($0) / Double(points - 1) }
        var density = [Double](repeating: 0, count: points)
        let factor = 1 / (sd * 2.5066282746310002 * Double(found.nodes.count))
        for p in found.nodes.indices {
            for k in found.nodes[p].indices where found.weights[p][k] > 0 {
                try map.objective.ledger.work(100 * points)     // an exponential is worth a hundred
                for i in 0..<points {
                    let x = (grid[i] - found.nodes[p][k]) / sd
                    if abs(x) < 38 { density[i] += found.weights[p][k] * factor * space.exponential(-0.5 * x * x) }
                }
            }
        }
        if kernel.isChoice("pyhessian") {                   // its sum over the grid is 1
            let total = density.reduce(0, +) * (grid[1] - grid[0])
            if total > 0 { density = density.map { $0 / total } }
        }
        return (grid, density)
    }
}
