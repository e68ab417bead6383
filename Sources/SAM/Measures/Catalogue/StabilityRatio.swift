/// stability_ratio: the sharpness over the largest one at which an optimizer with these settings is stable: over 1 it is not (the edge of stability).
///
/// threshold of lambda_max + weight_decay: gradient_descent 2 / lr; momentum (2 + 2 beta) / lr; nesterov (2 + 2 beta) / (lr (1 + 2 beta)); ema_momentum
/// (2 + 2 beta) / (lr (1 - beta)); adaptive: that, of P^-1/2 H P^-1/2; sam: the root of lr l (1 + rho l / |g|) = 2, sam_unnormalized of lr l (1 + rho l) = 2;
/// sgd_trace: the trace against 2 / lr. preconditioner: P, all > 0; where `step` is given it is Adam's second moment v behind so many steps:
/// P = (1 - beta^step) (sqrt(v / (1 - beta2^step)) + eps). count: eigenvalues in `values`.
final class StabilityRatio: Measure {
    override class var about: About {
        About("stability_ratio", "The sharpness over an optimizer's threshold of stability.",
              by: "Cohen, Kaur, Li, Kolter, Talwalkar 2021; Cohen et al. 2022; Long, Bartlett 2024", needs: [.gradient, .product])
    }

    let lr = Setting("lr", .nan, .positive, "Learning rate."), beta = Setting("beta", 0.9, .fraction, "Momentum.")
    let rule = Setting("rule", choices: "gradient_descent,momentum,nesterov,ema_momentum,adaptive,sam,sam_unnormalized,sgd_trace", "The optimizer.")
    let beta2 = Setting("beta2", 0.999, .fraction, "adaptive: of the second moment."), eps = Setting("eps", 1e-8, .nonNegative, "adaptive: added to its root.")
    let step = Setting("step", count: 1, .atLeast(1), "adaptive: the preconditioner is Adam's second moment behind so many steps.")
    let decay = Setting("weight_decay", 0, .nonNegative, "Added to the curvature."), rho = Setting("rho", 0.05, .nonNegative, "sam: the radius.")
    let preconditioner = Setting(tensors: "preconditioner", "adaptive: P."), count = Setting("count", count: 1, .between(1, 64), "Eigenvalues to report.")
    let eigen = EigenSettings(), curvature = CurvatureSettings()
    override var settings: [Setting] { [lr, rule, beta, beta2, eps, step, decay, rho, preconditioner, count] + eigen.all + curvature.plain }

    override func check(_ job: Job) throws(Failure) {
        try lr.mustBeGiven(job.name)
        if rule.isChoice("adaptive") != preconditioner.isGiven { throw .argument("preconditioner with rule = \(rule.choice!): it goes with rule = adaptive, and only there") }
    }

    override func run(_ job: Job) throws(Failure) {
        let map = try job.operand(curvature, scale: try scale(job)), threshold = threshold(job.space.norm(job.gradient!), lr.value)
        let isTrace = rule.isChoice("sgd_trace"), search = try EigenSearch(map, eigen)
        try search.find(.largest)
        var values = [search.value], level = search.value + decay.value
        job.converged = search.converged
        if count.int > 1 {
            let pairs = try EigenPairs(map, count.int)
            try pairs.find(count.int, .largest, tolerance: search.tolerance, restarts: 20)
            values = pairs.values
        }
        if isTrace {
            let trace = try job.run(TraceMeasure())
            let sum = trace.value("value") ?? .nan
            level = sum + decay.value * Double(job.n)
            try job.report.set("trace", sum)
            try job.report.set("standard_error", (trace.value("standard_error") ?? .nan) / threshold)
        }
        try job.report.set("value", level / threshold)
        try job.report.set("threshold", threshold)
        try job.report.set("lambda_max", search.value)
        try job.report.set("residual", search.residual)
        if count.int > 1 { try job.report.set("values", values) }
    }

    private func threshold(_ norm: Double, _ lr: Double) -> Double {
        let momentum = 2 + 2 * beta.value
        if rule.isChoice("momentum") { return momentum / lr }
        if rule.isChoice("nesterov") { return momentum / (lr * (1 + 2 * beta.value)) }
        if rule.isChoice("ema_momentum") || rule.isChoice("adaptive") { return momentum / (lr * (1 - beta.value)) }
        if rule.isChoice("sam") { return norm == 0 && rho.value > 0 ? 0 : 4 / lr / ((1 + (rho.value == 0 ? 0 : 8 * rho.value / (lr * norm))).squareRoot() + 1) }
        if rule.isChoice("sam_unnormalized") { return 4 / lr / ((1 + 8 * rho.value / lr).squareRoot() + 1) }
        return 2 / lr
    }

    /// P^-1/2
    private func scale(_ job: Job) throws(Failure) -> Flat? {
        if !preconditioner.isGiven { return nil }
        let p = try job.space.vector()
        try job.point.read(preconditioner, into: p)
        let first = 1 - job.space.power(beta.value, step.value), second = 1 - job.space.power(beta2.value, step.value)
        for i in 0..<job.n {
            if step.isGiven { p[i] = p[i] < 0 ? p[i] : first * ((p[i] / second).squareRoot() + eps.value) }
            if !(p[i] > 0) { throw .argument("preconditioner: \(p[i]) at place \(i), expected numbers > 0") }
            p[i] = 1 / p[i].squareRoot()
        }
        return p
    }
}
