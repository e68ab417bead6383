/// directional_sharpness: the curvature along directions an optimizer moves in: values [k] = v'Hv of the unit direction; value: the first. And the loss
/// at `length` along it, L(w + d) - L(w) = first + second + rest: first [k] = g'd, second [k] = d'Hd / 2, rest [k]. Without a direction: the gradient.
final class DirectionalSharpness: Measure {
    override class var about: About {
        About("directional_sharpness", "The curvature along given directions, and the loss there by orders.",
              by: "Pan, Li 2022", needs: [.gradient, .product])
    }

    let direction = Setting(tensors: "direction", repeats: true, "A direction; absent: the gradient.")
    let length = Setting("length", 1, .positive, "Of the displacement."), curvature = CurvatureSettings()
    override var settings: [Setting] { [direction, length] + curvature.plain }

    override func run(_ job: Job) throws(Failure) {
        let space = job.space, v = try space.vector(), product = try space.vector(), map = try job.operand(curvature), g = job.gradient!
        var values: [Double] = [], first: [Double] = [], second: [Double] = [], rest: [Double] = []
        job.ledger.expect(max(direction.tensors.count, 1) &* (map.cost &+ 1), "directions")
        for k in 0..<max(direction.tensors.count, 1) {
            if direction.isGiven { try job.point.read(direction, k, into: v) } else { space.copy(g, to: v) }
            let size = space.norm(v), r = length.value
            if size == 0 { throw .argument("direction \(k) is 0\(direction.isGiven ? "" : " (the gradient)"): expected another") }
            space.scale(v, by: 1 / size)
            try map.apply(v, into: product)
            values.append(space.dot(v, product))
            first.append(r * space.dot(g, v))
            second.append(0.5 * r * r * values[k])
            rest.append(try job.objective.evaluate(job.part, at: v, times: r) - job.loss - first[k] - second[k])
        }
        try job.report.set("value", values[0])
        try job.report.set("values", values)
        try job.report.set("first", first)
        try job.report.set("second", second)
        try job.report.set("rest", rest)
    }
}
