import CSAM
import CSAMShims

/// The directions of slices: random (draw k the k-th), the gradient (a second one random), eigenvectors of the largest eigenvalues, those
/// given, or the principal axes of points. Random ones are normalised by filter, without tensors of rank < 2, where nothing else is said;
/// the gradient and its companion get length 1; the others stay as they are.
///
/// normalization: unit: the whole has length 1; filter, tensor: each row (tensor) gets the length of the weights' one, 0 stays 0;
/// weight, weight_absolute: times w, |w|. bias_scaling, of rank < 2: scaled: as a tensor; ignore: 0; unit: as drawn.
final class DirectionSettings {
    let directions = Setting("directions", choices: "random,gradient,eigenvectors,given,pca", "Which; given where `direction` is.")
    let normalization = Setting("normalization", choices: "none,unit,filter,tensor,weight,weight_absolute", initial: 2, "Of the directions; where it is not given: filter of random ones, unit of the gradient, none of others.")
    let bias = Setting("bias_scaling", choices: "scaled,ignore,unit", initial: 1, "Tensors of rank < 2: normalised as a whole, 0, or as drawn.")
    let direction = Setting(tensors: "direction", repeats: true, "A direction.")
    let points = Setting(tensors: "point", repeats: true, "directions = pca: a point of the trajectory.")

    var all: [Setting] { [directions, direction, points] + random }
    /// Of random ones alone.
    var random: [Setting] { [normalization, bias] }

    func make(_ job: Job, _ count: Int) throws(Failure) -> [Flat] {
        let isGiven = direction.isGiven
        if isGiven && directions.isGiven && !directions.isChoice("given") { throw .argument("direction goes with directions = given only") }
        if (isGiven || directions.isChoice("given")) && direction.tensors.count != count { throw .argument("direction is given \(direction.tensors.count) times: expected \(count)") }
        var made: [Flat] = []
        if directions.isChoice("eigenvectors") && !isGiven {
            made = try eigenvectors(job, count)
        } else if directions.isChoice("pca") && !isGiven {
            made = Array(try PrincipalAxes(job.point, points, center: true, job.ledger).axes[0..<count])
        } else {
            for k in 0..<count {
                let d = try job.space.vector()
                if isGiven { try job.point.read(direction, k, into: d) } else if directions.isChoice("gradient") && k == 0 { _ = try job.objective.evaluate(job.part, into: d) } else { job.space.random(Int(SAM_NORMAL), draw: k + 1, into: d) }
                made.append(d)
            }
        }
        for d in made {
            normalise(d, job.point)
            if job.space.norm(d) == 0 { throw .argument("a direction is 0: expected another") }
        }
        return made
    }

    private func eigenvectors(_ job: Job, _ count: Int) throws(Failure) -> [Flat] {
        try DirectionSettings.eigenvectors(job, CurvatureSettings(), .largest, count).vectors
    }

    static func eigenvectors(_ job: Job, _ curvature: CurvatureSettings, _ which: ThickLanczos.Which, _ count: Int) throws(Failure) -> (values: [Double], vectors: [Flat]) {
        let map = try job.operand(curvature), pairs = try EigenPairs(map, count)
        map.followNoise()
        try pairs.find(count, which, tolerance: EigenSettings.tolerance(EigenSettings().tolerance, map), restarts: 20)
        if pairs.values.count < count && job.ledger.isSpent { throw job.ledger.spent }
        if pairs.values.count < count { throw .argument("the operator has \(pairs.values.count) eigenvectors: expected \(count) directions") }
        job.converged = job.converged && pairs.converged
        return (pairs.values, try (0..<count).map { (k) throws(Failure) in
            let v = try job.space.vector()
            pairs.vectors.read(k, into: v)
            Directions.orient(v, job.space)
            return v
        })
    }

    /// One random direction, normalised.
    func draw(_ k: Int, _ point: Point, into d: Flat) {
        point.space.random(Int(SAM_NORMAL), draw: k, into: d)
        normalise(d, point)
    }

    private func normalise(_ d: Flat, _ point: Point) {
        let isRandom = directions.isChoice("random") && !direction.isGiven, w = point.iterate
        let kind = normalization.isGiven || isRandom ? normalization.int : directions.isChoice("gradient") ? 1 : 0
        let looksAtBias = isRandom || bias.isGiven || kind > 1
        for (i, t) in point.tensors.enumerated() where t.count > 0 {
            let places = point.range(i), isVector = t.shape.count < 2
            if isVector && looksAtBias && !bias.isChoice("scaled") {
                if bias.isChoice("ignore") { for k in places { d[k] = 0 } }
            } else if kind == 2 || kind == 3 {
                let rows = kind == 2 ? t.rows : 1, row = t.count / rows
                for r in 0..<rows {
                    let part = (places.lowerBound + r * row)..<(places.lowerBound + (r + 1) * row), size = length(d, part)
                    let factor = size > 0 ? length(w, part) / size : 0
                    for k in part { d[k] *= factor }
                }
            } else if kind > 3 {
                for k in places { d[k] *= kind == 4 ? w[k] : abs(w[k]) }
            }
        }
        if kind == 1 { point.space.scale(d, by: 1 / max(point.space.norm(d), 1e-300)) }
    }
}

enum Directions {
    /// The sign: the entry of largest magnitude is positive.
    static func orient(_ v: Flat, _ space: Space) {
        var place = 0
        for i in 0..<space.n where abs(v[i]) > abs(v[place]) { place = i }
        if v[place] < 0 { space.scale(v, by: -1) }
    }
}

/// The two principal axes of points about the iterate: orthonormal, by the eigenvectors of the points' Gram matrix.
final class PrincipalAxes {
    /// Shares of the sum of squares, all of them, descending.
    private(set) var explained: [Double] = []
    private(set) var axes: [Flat] = []
    /// [points, 2], the iterate at (0, 0).
    private(set) var coordinates: [Double] = []
    /// Whether the points span fewer than two dimensions: the rest is random.
    private(set) var isDegenerate = false

    init(_ point: Point, _ setting: Setting, center: Bool, _ ledger: Ledger) throws(Failure) {
        let space = point.space, count = setting.tensors.count, v = try space.vector(), mean = try space.vector()
        if count < 2 { throw .argument("point is given \(count) times: expected twice at the least") }
        if space.n < 2 { throw .argument("a plane of \(space.n) scalar: expected two at the least") }
        let rows = try Basis(space, capacity: count)
        for pass in center ? [0, 1] : [1] {
            for k in 0..<count {
                try point.read(setting, k, into: v)
                space.add(-1, point.iterate, to: v)
                if pass == 0 { space.add(1 / Double(count), v, to: mean) } else {
                    space.add(-1, mean, to: v)
                    rows.append(v)
                }
            }
        }
        let eigen = try DenseEigen(try rows.gram(v, ledger)), largest = max(eigen.values.last ?? 0, 0), found = Array(eigen.values.map { max($0, 0) }.reversed())
        let total = found.reduce(0, +)
        explained = found.prefix(min(count, space.n)).map { total > 0 ? $0 / total : 0 }
        let plane = try Basis(space, capacity: 2)
        for k in 0..<2 {
            let axis = try space.vector()
            if found[k] > 1e-14 * largest { rows.combine(eigen.vectors[count - 1 - k], into: axis) }
            if plane.extend(by: axis, least: 1e-8) == nil {
                isDegenerate = true
                for draw in 1...3 where plane.columns <= k {
                    space.random(Int(SAM_NORMAL), draw: draw, into: axis)
                    _ = plane.extend(by: axis, least: 1e-8)
                }
            }
            plane.read(k, into: axis)
            Directions.orient(axis, space)
            axes.append(axis)
        }
        for k in 0..<count {
            rows.read(k, into: v)
            space.add(1, mean, to: v)
            for axis in axes { coordinates.append(space.dot(v, axis)) }
        }
    }
}
