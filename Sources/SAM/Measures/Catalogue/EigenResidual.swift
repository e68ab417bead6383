/// eigen_residual: how far a direction x is from an eigenvector: |x|^2 |Hx - (x'Hx / x'x) x|^2 = |x|^2 |Hx|^2 - (x'Hx)^2, which is 0 at one.
final class EigenResidual: Measure {
    override class var about: About { About("eigen_residual", "How far a direction is from an eigenvector of the Hessian.", needs: [.gradient, .product]) }

    let direction = Setting(tensors: "direction", "The direction; must be given."), curvature = CurvatureSettings()
    override var settings: [Setting] { [direction] + curvature.all }
    override func check(_ job: Job) throws(Failure) { try direction.mustBeGiven(job.name) }

    override func run(_ job: Job) throws(Failure) {
        let space = job.space, x = try space.vector(), product = try space.vector()
        try job.point.read(direction, into: x)
        let square = space.dot(x, x)
        if square == 0 { throw .argument("direction is 0: expected another") }
        try job.operand(curvature).apply(x, into: product)
        let quotient = space.dot(x, product) / square
        space.add(-quotient, x, to: product)
        try job.report.set("value", square * space.dot(product, product))
        try job.report.set("rayleigh", quotient)
    }
}
