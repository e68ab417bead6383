import CSAM

/// curvature_map: how convex the loss is on a plane through the weights: |lambda_min / lambda_max| of the Hessian at each place of slice_2d's
/// grid, to `tolerance`; value: the largest. ratios, lambda_max, lambda_min [count, count]. A place where an evaluation is not finite: NaN.
final class CurvatureMap: Slice2D {
    override class var about: About {
        About("curvature_map", "The ratio of the extreme eigenvalues on a plane through the weights.",
              by: "Li, Xu, Taylor, Studer, Goldstein 2018", needs: [.gradient, .product])
    }

    let tolerance = Setting.tolerance(1e-2), curvature = CurvatureSettings()
    override var points: Int { 11 }
    override var settings: [Setting] { place.all + grid + [tolerance] + curvature.plain }
    override var baseline: Baseline { .gradient }

    override func look(_ job: Job, _ land: Landscape, _ line: [Double], _ u: Flat, _ v: Flat) throws(Failure) {
        let c = line.count
        try secure(bytes(c, times: c, of: 1), times: 8, for: "the numbers of a grid")
        var least = [Double](repeating: .nan, count: c * c), most = least
        job.ledger.expect(c &* c &* 60 &* job.part.items.count, "map")
        let ratios = try land.fill(c, c) { (i, j) throws(Failure) in
            try land.move(line[i], u, line[j], v)
            _ = try land.loss()
            let x = try job.space.copy(of: job.point.iterate), message = Message()
            job.space.add(line[i], u, to: x)
            job.space.add(line[j], v, to: x)
            do throws(Failure) {
                try job.about(line[i] == 0 && line[j] == 0 ? nil : x) { (there) throws(Failure) in
                    let ends = try there.ends(self.curvature, tolerance: self.tolerance.value)
                    (least[i * c + j], most[i * c + j]) = (ends.least, ends.most)
                }
            } catch {
                if error.status != Int32(SAM_ERROR_NONFINITE) { throw error }
                message.putBack()
            }
            return abs(least[i * c + j] / most[i * c + j])
        }
        try job.report.set("value", Landscape.rise(ratios, above: 0))
        try job.report.set("ratios", ratios, shape: [c, c])
        try job.report.set("lambda_max", most, shape: [c, c])
        try job.report.set("lambda_min", least, shape: [c, c])
    }
}
