import CSAM

/// worst_case: how much the loss rises at the most within a ball about the weights, from below, by projected ascent (APGD).
///
/// For each batch by itself max L_b(w + c u) - L_b(w) over |u| <= rho, in l2 or linf, averaged over the batches with their weights: one
/// batch of everything is the ordinary sharpness, several are m-sharpness. gain [batches]; norm: mean |u| of the maximisers; hits: batches
/// that reached |u| >= rho (1 - 1e-9); step_size: at the end, of the last batch. start: zero (at random where the gradient vanishes, counted
/// in random_starts), random, or the top eigenvector of C H C with either sign. Run r of a batch draws r, from 1. values: by radius;
/// the other keys are the first radius's. keep: perturbation [n] = c u, of the last batch.
final class WorstCase: Measure {
    override class var about: About {
        About("worst_case", "The largest rise of the loss within a ball: adaptive worst-case sharpness.",
              by: "Kwon, Kim, Park, Choi 2021; Andriushchenko, Croce, Mueller, Hein, Flammarion 2023", needs: .gradient)
    }

    let rho = Setting.rho(0.5), norm = Setting.norm(), projection = Setting.projection()
    let steps = Setting.steps(20), restarts = Setting.restarts()
    let start = Setting("start", choices: "zero,random,eigenvector", "Where the ascent begins.")
    let keep = Setting("keep", flag: false, "Report the perturbation.")
    let scale = ScaleSettings()
    override var settings: [Setting] { [rho, norm, projection, steps, restarts, start, keep] + scale.all }

    override func run(_ job: Job) throws(Failure) {
        let c = try scale.scale(job.point), isEuclidean = norm.isChoice("l2")
        if try job.isDegenerate(c) { return }
        let radii = rho.isGiven ? rho.list : [isEuclidean ? 0.5 : 2e-3]
        job.ledger.expect(radii.count &* job.part.items.count &* (1 &+ restarts.int &* (steps.int &+ 1)), "ascent")
        var values: [Double] = []
        for radius in radii {
            let value = try climb(job, c, radius, isEuclidean, reports: values.isEmpty)
            values.append(value)
            if values.count == 1 { try job.report.set("value", value) }
        }
        try job.report.set("values", values)
    }

    private func climb(_ job: Job, _ c: Flat?, _ radius: Double, _ isEuclidean: Bool, reports: Bool) throws(Failure) -> Double {
        let apgd = try APGD(job.objective, job.part, scale: c, rho: radius, isEuclidean: isEuclidean)
        apgd.projectsWeights = projection.isChoice("euclidean")
        let here = try job.space.vector()
        var value = 0.0, gains: [Double] = [], length = 0.0, hits = 0
        for (part, weight) in job.parts {
            apgd.reset(part)
            if radius > 0 {
                _ = try job.within { () throws(Failure) in try climb(apgd, job, part, here) }
            }
            let size = apgd.size(apgd.best)
            value += weight * apgd.gain
            length += weight * size
            if radius > 0 && size >= radius * (1 - 1e-9) { hits += 1 }
            gains.append(apgd.gain)
        }
        if !reports { return value }
        try job.report.set("value", value)
        try job.report.set("gain", gains)
        try job.report.set("norm", length)
        try job.report.set("hits", hits)
        try job.report.set("step_size", apgd.step)
        if apgd.randomStarts > 0 { try job.report.set("random_starts", apgd.randomStarts) }
        let lost = job.point.lost(c, radius)
        if radius > 0 && 10 * lost > job.n { try job.report.set("clipped", lost) }
        if keep.isOn { try job.report.set("perturbation", try job.space.copy(of: apgd.displacement(apgd.best))) }
        return value
    }

    private func climb(_ apgd: APGD, _ job: Job, _ part: Part, _ here: Flat) throws(Failure) {
        var loss = job.loss
        if job.parts.count == 1 { job.space.copy(job.gradient!, to: here) } else {
            try job.point.moveBack()
            loss = try job.objective.evaluate(part, into: here)
        }
        if start.isChoice("eigenvector") {
            let curvature = CurvatureSettings(scale: scale), map = try job.operand(curvature, part), search = try EigenSearch(map, EigenSettings())
            try search.find(.largest)
            try apgd.climb(steps.int, from: .at(search.vector), loss: loss, gradient: here)
            job.space.scale(search.vector, by: -1)
            try apgd.climb(steps.int, from: .at(search.vector), loss: loss, gradient: here)
        } else {
            try apgd.climb(steps.int, from: start.isChoice("zero") ? .zero : .random(1), loss: loss, gradient: here)
        }
        for r in 1..<max(restarts.int, 1) { try apgd.climb(steps.int, from: .random(r + 1), loss: loss, gradient: here) }
    }
}
