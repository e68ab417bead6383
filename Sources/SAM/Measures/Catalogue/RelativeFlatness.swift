import CSAMShims

/// relative_flatness: of a layer W [d, ...], rows w_s: value = sum over s, s' of w_s.w_s' tr H_ss', which does not change where the layer is rescaled
/// against its neighbours; maximum = sum |w_s|^2 lambda_max(H_ss), rows [d] its terms.
///
/// value = E vec(W G)'H vec(W G) over square sign matrices G, draws 1 to `samples`; exact, from all products, up to 64 weights. The terms of
/// `rows` take a Lanczos run each.
final class RelativeFlatness: Measure {
    override class var about: About {
        About("relative_flatness", "The curvature of a layer relative to its weights.",
              by: "Petzka, Kamp, Adilova, Sminchisescu, Boley 2021", needs: [.gradient, .product])
    }

    let tensor = Setting("tensor", count: -1, .atLeast(-1), "The layer's index in the set; must be given."), slice = Setting.slice(), samples = Setting.samples(100)
    let curvature = CurvatureSettings()
    override var settings: [Setting] { [tensor, slice, samples] + curvature.plain }

    override func check(_ job: Job) throws(Failure) {
        try tensor.mustBeGiven(job.name)
        let count = job.point.parameters.tensors.count
        if tensor.int < 0 || tensor.int >= count { throw .range("tensor = \(tensor.int): expected 0 to \(count - 1)") }
        let t = job.point.parameters.tensors[tensor.int]
        if t.frozen || t.count == 0 { throw .argument("tensor = \(tensor.int): \"\(t.name)\" is frozen or empty, there is nothing to measure") }
        try slice.check(of: job.point.parameters.tensors, tensor.int)
        if slice.int < 0 && t.stackedAxes > 0 { throw .argument("slice = -1: \"\(t.name)\" is \(t.sliceCount) layers stacked, expected one of them, 0 to \(t.sliceCount - 1)") }
    }

    override func run(_ job: Job) throws(Failure) {
        let which = job.point.places.firstIndex(of: tensor.int)! + max(slice.int, 0), places = job.point.range(which), t = job.point.tensors[which], d = t.shape.isEmpty ? 1 : t.rows, p = t.count / d
        let space = job.space, w = job.point.iterate, v = try space.vector(), product = try space.vector(), g = try Flat(bytes(p, times: p, of: 1))
        let map = try job.operand(curvature)
        map.followNoise()
        var sample = Sample(), rows: [Double] = [], value = 0.0, error = 0.0
        func start(_ s: Int) -> Int { places.lowerBound + s * p }
        job.ledger.expect((t.count <= 64 ? t.count : samples.int &+ 15 &* d) &* map.cost, "layer")
        let isWhole = try job.within { () throws(Failure) in
            if t.count <= 64 {
                let h = try map.matrix(Array(places))
                for s in 0..<d {
                    rows.append(square(w, start(s), p) * (try DenseEigen((0..<p).map { a in (0..<p).map { h[s * p + a][s * p + $0] } }).values.last ?? 0))
                    for other in 0..<d {
                        var along = 0.0, trace = 0.0
                        for a in 0..<p {
                            along += w[start(s) + a] * w[start(other) + a]
                            trace += h[s * p + a][other * p + a]
                        }
                        value += along * trace
                    }
                }
                return
            }
            for k in 1...samples.int {
                let kernel = space.kernels.pointee.random!
                kernel(Int32(SAM_RADEMACHER), space.seed, 6, UInt32(k), 0, Int64(p * p), g.at)
                for i in places { v[i] = 0 }
                for s in 0..<d {
                    try job.ledger.work(p * p)
                    for a in 0..<p { for b in 0..<p { v[start(s) + b] += w[start(s) + a] * g[a * p + b] } }
                }
                try map.apply(v, into: product)
                sample.add(space.dot(v, product))
            }
            for s in 0..<d {
                let mask = try space.vector()
                for a in 0..<p { mask[start(s) + a] = 1 }
                rows.append(square(w, start(s), p) * (try job.ends(try job.operand(curvature, scale: mask), EigenSettings()).most))
            }
        }
        if t.count > 64 { (value, error) = (sample.mean, sample.standardError) } else if !isWhole { value = .nan }
        job.converged = job.converged && isWhole
        rows += [Double](repeating: .nan, count: d - rows.count)
        try job.report.set("value", value)
        try job.report.set("standard_error", error)
        try job.report.set("maximum", rows.reduce(0, +))
        try job.report.set("rows", rows)
    }

    private func square(_ w: Flat, _ from: Int, _ count: Int) -> Double {
        let size = length(w, from..<(from + count))
        return size * size
    }
}
