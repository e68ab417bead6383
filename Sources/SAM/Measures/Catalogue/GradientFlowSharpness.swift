import CSAM

/// gradient_flow_sharpness: the largest eigenvalue of the Hessian where the gradient flow w' = -grad L from the weights ends: the sharpness that
/// is left when the way there has been taken in infinitely small steps. value, with its residual; time: of the flow; loss_end, gradient_norm_end.
///
/// Runge and Kutta's fourth order, step 0.2 over the largest |eigenvalue|, which is looked up every ten steps; halved where the loss
/// rises. Ends at |grad L| <= tolerance (1 + its norm at the beginning); `steps` first: converged 0, the value where it stood.
final class GradientFlowSharpness: Measure {
    override class var about: About {
        About("gradient_flow_sharpness", "The largest eigenvalue at the end of the gradient flow.",
              by: "Kreisler, Nacson, Soudry, Carmon 2023", needs: .gradient)
    }

    let steps = Setting.steps(100_000), tolerance = Setting.tolerance(1e-8, "Of the gradient's norm at the end."), curvature = CurvatureSettings()
    override var settings: [Setting] { [steps, tolerance] + curvature.all }

    override func run(_ job: Job) throws(Failure) {
        let space = job.space, x = try space.copy(of: job.point.iterate), g = try space.copy(of: job.gradient!)
        let y = try space.vector(), k = try space.vector(), sum = try space.vector(), goal = tolerance.value * (1 + space.norm(g))
        var loss = job.loss, time = 0.0, h = 1.0, most = Double.infinity, residual = 0.0, value = Double.nan, done = false
        let slack = job.point.isDouble ? 1e-12 : 1e-6
        func ends(_ tolerance: Double) throws(Failure) -> Double {
            var found = (least: 0.0, most: 0.0, residual: 0.0)
            try job.about(x) { (there) throws(Failure) in found = try there.ends(curvature, tolerance: tolerance) }
            (value, residual) = (found.most, found.residual)
            return max(abs(found.least), abs(found.most))
        }
        job.ledger.expect(0, "flow")
        _ = try job.within { () throws(Failure) in
            for step in 0..<steps.int {
                done = space.norm(g) <= goal
                if done { break }
                if step % 10 == 0 {
                    let largest = try ends(1e-2)
                    h = min(most, largest > 0 ? 0.2 / largest : 1)
                }
                space.copy(g, to: k)
                space.copy(g, to: sum)
                for part in 1...4 {
                    space.copy(x, to: y)
                    if part == 4 { space.add(-h / 6, sum, to: y) } else { space.add(part == 3 ? -h : -h / 2, k, to: y) }
                    try job.point.stand(at: y)
                    let next = try job.objective.evaluate(job.part, into: k, trial: true)
                    job.ledger.sawFinite()
                    if !next.isFinite {                     // too long a step
                        h /= 2
                        most = h
                        break
                    }
                    if part < 4 {
                        space.add(part == 3 ? 1 : 2, k, to: sum)
                    } else if next <= loss + slack * abs(loss) + 1e-3 * slack * abs(job.loss) {
                        space.copy(y, to: x)
                        space.copy(k, to: g)
                        loss = next
                        time += h
                    } else {
                        h /= 2
                        most = h
                    }
                }
                if h < 1e-300 { break }
            }
        }
        _ = try job.within { () throws(Failure) in _ = try ends(1e-6) }
        job.converged = job.converged && done
        try job.report.set("value", value)
        try job.report.set("residual", residual)
        try job.report.set("time", time)
        try job.report.set("loss_end", loss)
        try job.report.set("gradient_norm_end", space.norm(g))
    }
}
