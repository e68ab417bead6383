import CSAMShims

/// check: whether a host's gradient belongs to its loss, and its product to its gradient. To be run first in every integration.
///
/// errors [samples]: |fd - g'd| / (1 + |g'd|), fd the central difference of losses along the unit vector d, between the gradient and a random
/// vector; moved_error: the same once at other weights; value: the largest of all. noise_loss, noise_gradient: of one evaluation made twice.
/// symmetry: |u'Hv - v'Hu| over |Hu| |v| + |Hv| |u|. product_error: |Hv - difference of gradients| / |Hv|, where the host has a product.
/// scale: what the gradient has to be multiplied by to fit the losses: 1 where it is right, 1 / examples where it is a sum and the loss a mean.
/// fault names what is wrong: 0 nothing; 1 two evaluations differ (dropout, running statistics); 2 the gradient does not follow the weights
/// (buffers that are not written, or written late); 3 the gradient's scale; 4 the gradient otherwise; 5 the product.
final class CheckMeasure: Measure {
    override class var about: About { About("check", "Whether the host's gradient belongs to its loss; names what is wrong.", needs: [.gradient, .loss, .product]) }

    let samples = Setting("samples", count: 5, .between(1, 1e6), "Directions.")
    override var settings: [Setting] { [samples] }

    override func run(_ job: Job) throws(Failure) {
        let point = job.point, space = job.space, g = job.gradient!, d = try space.vector(), there = try space.vector()
        var h = (point.isDouble ? 3e-6 : 2.5e-3) * (1 + point.length)
        let tolerance = point.isDouble ? 1e-6 : 2e-2
        job.ledger.expect((2 &* samples.int &+ 9) &* job.part.items.count, "check")
        var errors: [Double] = [], products = 0.0, squares = 0.0, total = 0.0
        for k in 1...samples.int {
            direction(space, g, draw: k, into: d)
            let slope = space.dot(g, d), fd = try difference(job, d, slope, tolerance, &h)
            errors.append(abs(fd - slope) / (1 + abs(slope)))
            products += fd * slope
            squares += slope * slope
            total += fd * fd
        }
        let scale = squares > 0 ? products / squares : .nan
        // one factor explains all: what is left of the differences is little
        let isFactor = scale != 0 && total * squares - products * products <= 1e-4 * total * squares
        let (moved, follows) = try checkMoved(job, d, there, tolerance, &h)
        let worst = errors.reduce(moved) { max($0, $1) }
        try job.report.set("value", worst)
        try job.report.set("errors", errors)
        try job.report.set("moved_error", moved)
        try job.report.set("scale", scale)
        let product = try checkProduct(job, d, there)
        let noise = job.objective.noiseLoss + job.objective.noiseGradient
        let isWrong = worst > tolerance || abs(scale - 1) > (point.isDouble ? 1e-3 : 0.1) || (space.norm(g) == 0 && worst > 0.1 * tolerance)
        let fault = noise > 0 ? 1 : isWrong && !follows ? 2 : isWrong && isFactor ? 3 : isWrong ? 4 : product ? 5 : 0
        try job.report.set("fault", fault)
    }

    /// The unit vector between the gradient and a random one.
    private func direction(_ space: Space, _ g: Flat, draw: Int, into d: Flat) {
        space.random(Int(SAM_NORMAL), draw: draw, into: d)
        space.scale(d, by: 1 / space.norm(d))
        let length = space.norm(g)
        if length > 0 { space.add(1 / length, g, to: d) }
        space.scale(d, by: 1 / max(space.norm(d), 1e-300))
    }

    /// The central difference of losses along d. Where it does not fit the gradient's `slope` the step is made shorter, as long as the
    /// last digit of the losses is well below the tolerance: among many or large weights that the loss does not see, or on a
    /// strongly curved loss, the first step is too long. `h` is the step of the best fit, from which the next search begins.
    private func difference(_ job: Job, _ d: Flat, _ slope: Double, _ tolerance: Double, _ h: inout Double, from t: Double = 0) throws(Failure) -> Double {
        let digit = job.point.isDouble ? 0x1p-52 : 0x1p-23, allowed = tolerance * (1 + abs(slope))
        var step = h, best = Double.nan, error = Double.infinity
        while true {
            let above = try job.objective.evaluate(job.part, at: d, times: t + step), below = try job.objective.evaluate(job.part, at: d, times: t - step)
            let fd = (above - below) / (2 * step), off = abs(fd - slope)
            if off < error || best.isNaN { (best, error, h) = (fd, off, step) }
            step /= 4
            if !(off > allowed) || digit * max(abs(above), abs(below)) / step > 0.25 * allowed || step < digit * h { return best }
        }
    }

    /// At iterate + t d: the error there, and whether the gradient is another one than at the iterate.
    private func checkMoved(_ job: Job, _ d: Flat, _ there: Flat, _ tolerance: Double, _ h: inout Double) throws(Failure) -> (Double, Bool) {
        let t = 100 * h, objective = job.objective, space = job.space
        _ = try objective.evaluate(job.part, at: d, times: t, into: there)
        let slope = space.dot(there, d), fd = try difference(job, d, slope, tolerance, &h, from: t)
        var follows = false
        for i in 0..<space.n where there[i] != job.gradient![i] { follows = true }
        return (abs(fd - slope) / (1 + abs(slope)), follows)
    }

    /// Symmetry of the products, and their agreement with the gradients; true where they are wrong.
    private func checkProduct(_ job: Job, _ u: Flat, _ hu: Flat) throws(Failure) -> Bool {
        let space = job.space, v = try space.vector(), hv = try space.vector(), map = try job.operand(CurvatureSettings())
        space.random(Int(SAM_NORMAL), draw: samples.int + 1, into: v)
        try map.apply(u, into: hu)
        try map.apply(v, into: hv)
        let size = space.norm(hu) * space.norm(v) + space.norm(hv) * space.norm(u)
        let symmetry = size > 0 ? abs(space.dot(u, hv) - space.dot(v, hu)) / size : 0, isDouble = job.point.isDouble
        try job.report.set("symmetry", symmetry)
        if map.source != .product { return false }
        let settings = CurvatureSettings(), other = try space.vector()
        settings.hessian.put(2)
        try Operator(job.objective, job.part, settings).apply(u, into: other)
        space.add(-1, hu, to: other)
        let error = space.norm(other) / max(space.norm(hu), 1e-300)
        try job.report.set("product_error", error)
        return symmetry > (isDouble ? 1e-10 : 1e-4) || error > (isDouble ? 1e-4 : 5e-2)
    }
}
