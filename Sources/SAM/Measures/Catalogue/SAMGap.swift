/// sam_gap: the rise of the loss at SAM's own perturbation, d = rho C^2 g / |C g|: value = L(w + d) - L(w).
///
/// norm = |d|, first_order = g'd = rho |C g|, second_order = value - first_order. cosine 1: also the cosine of the gradient there with the
/// one here, for the gradient in place of the loss. A gradient of 0: 0, degenerate 1. values: by radius; the others are the first one's.
final class SAMGap: Measure {
    override class var about: About {
        About("sam_gap", "The rise of the loss at SAM's perturbation, one step along the gradient.",
              by: "Foret, Kleiner, Mobahi, Neyshabur 2021", needs: .gradient)
    }

    let rho = Setting.rho(0.05)
    let cosine = Setting("cosine", flag: false, "Report the cosine of the two gradients.")
    let scale = ScaleSettings()
    override var settings: [Setting] { [rho, cosine] + scale.all }

    override func run(_ job: Job) throws(Failure) {
        let c = try scale.scale(job.point), space = job.space, g = job.gradient!
        if try job.isDegenerate(c) { return }
        let d = try space.copy(of: g), there = cosine.isOn ? try space.vector() : nil
        space.multiply(d, by: c)
        let length = space.norm(d)
        space.multiply(d, by: c)
        if length == 0 {
            try job.report.set("value", 0.0)
            try job.report.set("degenerate", 1)
            return
        }
        job.ledger.expect(rho.list.count &* job.part.items.count, "gap")
        var values: [Double] = []
        for radius in rho.list {
            let gap = radius == 0 ? 0 : try job.objective.evaluate(job.part, at: d, times: radius / length, into: there) - job.loss
            values.append(gap)
            if values.count > 1 { continue }
            try job.report.set("value", gap)
            try job.report.set("norm", radius / length * space.norm(d))
            try job.report.set("first_order", radius * length)
            try job.report.set("second_order", gap - radius * length)
            if let there { try job.report.set("cosine", radius == 0 ? 1 : space.dot(g, there) / (space.norm(g) * space.norm(there))) }
        }
        try job.report.set("values", values)
    }
}
