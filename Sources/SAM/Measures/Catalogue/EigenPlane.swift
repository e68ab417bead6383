/// eigen_plane: slice_2d on the plane of two eigenvectors of the Hessian, of length 1: which = largest: of the two largest eigenvalues;
/// smallest; magnitude; both: of the largest and the smallest. values [2]: the eigenvalues. Each vector's largest entry is positive.
final class EigenPlane: Slice2D {
    override class var about: About { About("eigen_plane", "The loss on the plane of two eigenvectors of the Hessian.", needs: [.gradient, .loss, .product]) }

    let which = Setting("which", choices: "largest,smallest,magnitude,both", "Of which eigenvalues.")
    let curvature = CurvatureSettings()
    override var settings: [Setting] { [which] + grid + curvature.all }
    override var baseline: Baseline { .gradient }

    override func directions(_ job: Job) throws(Failure) -> [Flat] {
        let found = try DirectionSettings.eigenvectors(job, curvature, ThickLanczos.Which(rawValue: which.int)!, 2)
        try job.report.set("values", found.values)
        return found.vectors
    }
}
