import CSAMShims

/// local_entropy: the loss averaged about the weights as a thermal bath sees it: value = G = -log E exp(-beta (L(w + d) - L(w))), d normal with
/// variance 1 / gamma a place; 0 on a flat loss, large in narrow valleys; log_volume = n/2 log(2 pi / gamma) - beta L(w) - G.
///
/// sampling: `samples` (1000) draws; effective_samples below 30: converged 0 (the error grows exponentially with n); its standard_error by the
/// delta method. laplace: 1/2 sum log(1 + beta lambda / gamma) by Lanczos quadrature of `steps`, 10 probes where samples is not given, exact
/// for n <= steps: a quadratic at its minimum; eigenvalues below -gamma / beta are lifted to just above. langevin: `steps` of the chain x -= e (beta grad L + gamma
/// (x - w)) + sqrt(2 e) noise, e = inner_step; gradient [n] = gamma (w - the running mean of x, factor 0.75); value: its norm.
final class LocalEntropy: Measure {
    override class var about: About {
        About("local_entropy", "The volume of low loss about the weights.",
              by: "Chaudhari, Choromanska, Soatto, LeCun, Baldassi, Borgs, Chayes, Sagun, Zecchina 2017", needs: .loss)
    }

    let gamma = Setting("gamma", 1, .positive, "The inverse variance."), samples = Setting.samples(1000), steps = Setting.steps(20)
    let beta = Setting("beta", 1, .nonNegative, "Of the loss: 1, or the number of examples.")
    let mode = Setting("mode", choices: "sampling,laplace,langevin", "How it is estimated.")
    let inner_step = Setting("inner_step", 1e-2, .positive, "langevin: the step."), curvature = CurvatureSettings()
    override var settings: [Setting] { [gamma, samples, beta, mode, steps, inner_step] + curvature.all }
    override var baseline: Baseline { .loss }

    override func run(_ job: Job) throws(Failure) {
        if mode.isChoice("sampling") { try sample(job) } else if mode.isChoice("laplace") { try approximate(job) } else { try wander(job) }
    }

    private func report(_ g: Double, _ error: Double, _ job: Job) throws(Failure) {
        try job.report.set("value", g)
        try job.report.set("standard_error", error)
        try job.report.set("log_volume", 0.5 * Double(job.n) * job.space.logarithm(2 * 3.141592653589793 / gamma.value) - beta.value * job.loss - g)
    }

    private func sample(_ job: Job) throws(Failure) {
        let space = job.space, land = try Landscape(job), x = try space.vector()
        job.ledger.expect(samples.int &* job.part.items.count, "samples")
        var rises: [Double] = []
        _ = try job.within { () throws(Failure) in
            for k in 1...samples.int {
                space.random(Int(SAM_NORMAL), draw: k, into: x)
                let rise = beta.value * (try land.loss(1 / gamma.value.squareRoot(), x) - job.loss)
                rises.append(rise.isFinite ? rise : .infinity)
            }
        }
        guard let least = rises.min(), least.isFinite else { return job.converged = false }
        let weights = Sample(rises.map { $0.isFinite ? space.exponential(least - $0) : 0 })
        let total = weights.values.reduce(0, +), squares = weights.values.reduce(0) { $0 + $1 * $1 }, effective = total * total / squares
        try report(least - space.logarithm(weights.mean), weights.standardError / weights.mean, job)
        try job.report.set("effective_samples", effective)
        job.converged = effective >= 30
    }

    private func approximate(_ job: Job) throws(Failure) {
        let map = try job.operand(curvature), probes = samples.isGiven ? samples.int : 10, floor = 1e-6 - 1
        map.followNoise()
        job.ledger.expect((map.dimension <= steps.int ? map.dimension : probes &* steps.int) &* map.cost, "quadrature")
        let found = try Quadrature(map, samples: probes, steps: steps.int, kind: Int(SAM_RADEMACHER)), n = Double(found.dimension)
        if found.nodes.isEmpty { return }
        let factor = beta.value / gamma.value, half = found.sample { 0.5 * n * job.space.logarithm(1 + max(factor * $0, floor)) }
        try report(half.mean, found.isExact ? 0 : half.standardError, job)
        let clipped = found.nodes.reduce(0) { $0 + $1.filter { factor * $0 < floor }.count }
        if clipped > 0 { try job.report.set("clipped", clipped) }
    }

    private func wander(_ job: Job) throws(Failure) {
        let space = job.space, w = job.point.iterate, x = try space.copy(of: w), mean = try space.copy(of: w), g = try space.vector(), noise = try space.vector()
        let e = inner_step.value, kick = (2 * e).squareRoot()
        job.ledger.expect(steps.int &* job.part.items.count, "chain")
        var made = 0
        _ = try job.within { () throws(Failure) in
            for k in 1...steps.int {
                try job.point.stand(at: x)
                _ = try job.objective.evaluate(job.part, into: g)
                made = k
                space.random(Int(SAM_NORMAL), draw: k, into: noise)
                for i in 0..<job.n {
                    x[i] += kick * noise[i] - e * (beta.value * g[i] + gamma.value * (x[i] - w[i]))
                    mean[i] = 0.75 * mean[i] + 0.25 * x[i]
                }
            }
        }
        if made == 0 { return }
        for i in 0..<job.n { g[i] = gamma.value * (w[i] - mean[i]) }
        try job.report.set("value", space.norm(g))
        try job.report.set("gradient", g)
    }
}
