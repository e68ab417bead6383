import CSAMShims

/// keskar_box: the largest rise of the loss in a box about the weights, in percent of 1 + L(w), from below, by projected ascent (APGD):
/// value = 100 gain / (1 + L), gain = max L(w + z) - L(w) over |z_i| <= eps (|w_i| + 1).
///
/// dimension p > 0: z = A y with p random columns of length 1 (draws 1 to p), |y_i| <= eps (|(A+ w)_i| + 1). norm: the largest |z_i| (|y_i|)
/// in units of its side: 1 where the box is reached. 1 + L <= 0: SAM_ERROR_ARGUMENT. Memory: p vectors.
final class KeskarBox: Measure {
    override class var about: About {
        About("keskar_box", "The largest rise of the loss in a small box, in percent.",
              by: "Keskar, Mudigere, Nocedal, Smelyanskiy, Tang 2017", needs: .gradient)
    }

    let eps = Setting("eps", 1e-3, .between(0, 1e6), "Half a side of the box at a weight of 0."), steps = Setting.steps(10)
    let dimension = Setting("dimension", count: 0, .between(0, 1e6), "Of a random subspace; 0: all.")
    override var settings: [Setting] { [eps, steps, dimension] }

    override func run(_ job: Job) throws(Failure) {
        let space = job.space, p = dimension.int, w = job.point.iterate
        if !(1 + job.loss > 0) { throw .argument("the loss is \(job.loss): 1 + loss, which the rise is divided by, is to be above 0") }
        if p > job.n { throw .argument("dimension = \(p): expected at most the \(job.n) scalars") }
        job.ledger.expect((steps.int &+ 1) &* job.part.items.count, "ascent")
        let apgd: APGD
        if p == 0 {
            let c = try space.vector()
            for i in 0..<job.n { c[i] = eps.value * (abs(w[i]) + 1) }
            apgd = try APGD(job.objective, job.part, scale: c, rho: 1, isEuclidean: false)
            if eps.value > 0 { try climb(apgd, job, job.gradient!) }
        } else {
            // A = Q R: A y = Q (R y), A+ w = R^-1 Q'w, and the gradient in y is R'Q'g
            let small = try Space(p, seed: space.seed), q = try Basis(space, capacity: p), column = try space.vector(), c = try small.vector(), g = try small.vector()
            var r: [[Double]] = []
            try secure(p, times: p, for: "the basis of a subspace")
            for k in 1...p {
                try job.ledger.work(6 * k * space.n)
                space.random(Int(SAM_NORMAL), draw: k, into: column)
                space.scale(column, by: 1 / space.norm(column))
                guard let up = q.extend(by: column) else { throw .argument("dimension = \(p): the random columns are dependent, expected fewer") }
                r.append(up)
            }
            var y = q.project(w)
            for k in (0..<p).reversed() {
                y[k] /= r[k][k]
                for i in 0..<k { y[i] -= r[k][i] * y[k] }
                c[k] = eps.value * (abs(y[k]) + 1)
            }
            func pull(_ gradient: Flat, _ out: Flat) {
                let along = q.project(gradient)
                for k in 0..<p {
                    out[k] = 0
                    for i in 0...k { out[k] += r[k][i] * along[i] }
                }
            }
            apgd = try APGD(job.objective, job.part, scale: c, rho: 1, isEuclidean: false, within: small)
            let gradient = try space.vector(), move = try space.vector()
            apgd.measureAt = { (u, into) throws(Failure) in
                var z = [Double](repeating: 0, count: p)
                for k in 0..<p { for i in 0...k { z[i] += r[k][i] * c[k] * u[k] } }
                space.clear(move)
                q.combine(z, into: move)
                let loss = try job.objective.evaluate(job.part, at: move, into: gradient, trial: true)
                pull(gradient, into)
                small.multiply(into, by: c)
                return loss
            }
            pull(job.gradient!, g)
            if eps.value > 0 { try climb(apgd, job, g) }
        }
        try job.report.set("value", 100 * apgd.gain / (1 + job.loss))
        try job.report.set("gain", apgd.gain)
        try job.report.set("norm", apgd.size(apgd.best))
        if apgd.randomStarts > 0 { try job.report.set("random_starts", apgd.randomStarts) }
    }

    private func climb(_ apgd: APGD, _ job: Job, _ gradient: Flat) throws(Failure) {
        _ = try job.within { () throws(Failure) in try apgd.climb(steps.int, from: .zero, loss: job.loss, gradient: gradient) }
    }
}
