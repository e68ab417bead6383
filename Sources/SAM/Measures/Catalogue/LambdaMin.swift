/// lambda_min: the algebraically smallest eigenvalue; as lambda_max. Key lambda_max: the other end of the same run, to the accuracy that
/// it had when the smallest was found.
final class LambdaMin: LambdaMax {
    override class var about: About {
        About("lambda_min", "The smallest eigenvalue of the Hessian, negative off a minimum, with its eigenvector.",
              by: "Lanczos 1950", needs: [.gradient, .product])
    }
    override var end: EigenSearch.End { .smallest }

    override func setOther(_ job: Job, _ search: EigenSearch) throws(Failure) { try job.report.set("lambda_max", search.ritz.last ?? search.value) }
}
