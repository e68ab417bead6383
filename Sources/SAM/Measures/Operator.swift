import CSAM

/// The curvature of a part of the objective at the iterate as a linear map: the Hessian or the host's Gauss-Newton matrix, between
/// the scale on both sides where there is one (C H C). Products are the host's, or differences of gradients.
final class Operator: LinearMap {
    /// hessian_source of reports.
    enum Source: Int { case product = 0, central = 1, forward = 2, richardson = 3 }

    let objective: Objective
    let part: Part
    let source: Source
    let scale: Flat?
    /// Of differences, relative to 1 + the norm of the weights.
    var step: Double
    /// The disagreement of the quotients with this step and with a fourth of it, as last found.
    private(set) var differenceError: Double?

    private let gaussNewton: Bool
    private let isStepGiven: Bool
    /// The second gradient of a difference; of forward ones that of the iterate, once it is there.
    private let other: Flat?, scaled: Flat?
    private var hasHere = false

    /// scale: in the place of the settings'.
    init(_ objective: Objective, _ part: Part, _ settings: CurvatureSettings, scale given: Flat? = nil) throws(Failure) {
        self.objective = objective
        self.part = part
        source = try settings.source(objective)
        gaussNewton = settings.operand.isChoice("gauss_newton")
        scale = if let given { given } else { try settings.scale.scale(objective.point) }
        isStepGiven = settings.stepSize.value > 0
        let space = objective.space
        other = source == .product ? nil : try space.vector()
        scaled = scale == nil ? nil : try space.vector()
        step = isStepGiven ? settings.stepSize.value : objective.point.isDouble ? 3e-7 : 1e-4
        if source == .richardson && !isStepGiven { step = objective.point.isDouble ? 3.7e-4 : 1e-2 }
        if source == .product { try objective.prepareProducts() }
        super.init(space)
        countDimension()
    }

    override var support: Flat? { scale }
    override var ledger: Ledger? { objective.ledger }
    override var cost: Int {
        switch source {
        case .product, .forward: return part.items.count
        case .central: return 2 * part.items.count
        case .richardson: return 4 * part.items.count
        }
    }

    /// A noisy gradient wants a longer step: by the cube root of the noise over the type's last digit.
    func followNoise() {
        let digit = objective.point.isDouble ? 0x1p-52 : 0x1p-23, ratio = objective.gradientError / digit
        if source != .product && !isStepGiven && ratio > 1 { step = min(1, step * space.power(ratio, 1.0 / 3)) }
    }

    override func apply(_ v: Flat, into out: Flat) throws(Failure) {
        guard let scale, let scaled else { return try plain(v, into: out) }
        space.copy(v, to: scaled)
        space.multiply(scaled, by: scale)
        try plain(scaled, into: out)
        space.multiply(out, by: scale)
    }

    private func plain(_ v: Flat, into out: Flat) throws(Failure) {
        if source == .product {
            try objective.point.moveBack()
            return try objective.product(part, v, gaussNewton: gaussNewton, into: out)
        }
        try difference(v, step: step, into: out)
    }

    /// out = H v by differences along the unit vector of v.
    private func difference(_ v: Flat, step: Double, into out: Flat) throws(Failure) {
        let length = space.norm(v), h = step * (1 + objective.point.length), other = other!
        if length == 0 { return space.clear(out) }
        let unit = 1 / length
        switch source {
        case .forward:
            if !hasHere {
                try objective.point.moveBack()
                _ = try objective.evaluate(part, into: other)
                hasHere = true
            }
            _ = try objective.evaluate(part, at: v, times: h * unit, into: out)
            space.add(-1, other, to: out)
            space.scale(out, by: length / h)
        case .richardson:
            _ = try objective.evaluate(part, at: v, times: h * unit, into: out)
            _ = try objective.evaluate(part, at: v, times: -h * unit, into: other)
            space.add(-1, other, to: out)
            space.scale(out, by: 8)
            _ = try objective.evaluate(part, at: v, times: 2 * h * unit, into: other)
            space.add(-1, other, to: out)
            _ = try objective.evaluate(part, at: v, times: -2 * h * unit, into: other)
            space.add(1, other, to: out)
            space.scale(out, by: length / (12 * h))
        default:
            _ = try objective.evaluate(part, at: v, times: h * unit, into: out)
            _ = try objective.evaluate(part, at: v, times: -h * unit, into: other)
            space.add(-1, other, to: out)
            space.scale(out, by: length / (2 * h))
        }
    }

    // MARK: the step

    /// Compares v'Hv of the unit vector v with this step and with a fourth of it, and makes the step shorter while that matters:
    /// while they differ by more than the tolerance times `largest`. The step of the smallest difference stays: it is found where
    /// three shorter ones in a row are no better. True where the step changed, so that the answer that led to v is to be taken
    /// again. Nothing with the host's product or a step that was given.
    func shortenStep(_ v: Flat, tolerance: Double, largest: Double) throws(Failure) -> Bool {
        if source == .product { return false }
        let before = objective.ledger.gradients, begun = step
        defer { objective.ledger.stepGradients += objective.ledger.gradients - before }
        let out = try space.vector()
        let goal = max(tolerance, 1e-10) * max(largest, 1e-300)
        var quotient = try self.quotient(v, step, out), smallest = Double.infinity, best = step, tried = step, worse = 0
        for _ in 0..<10 {
            let finer = try self.quotient(v, tried / 4, out), change = abs(finer - quotient)
            worse = change < smallest ? 0 : worse + 1
            if change < smallest { (smallest, best) = (change, tried) }
            if change <= goal || isStepGiven || worse == 3 { break }
            tried /= 4
            quotient = finer
        }
        differenceError = smallest / max(largest, 1e-300)
        step = best
        return step < begun
    }

    private func quotient(_ v: Flat, _ step: Double, _ out: Flat) throws(Failure) -> Double {
        guard let scale, let scaled else {
            try difference(v, step: step, into: out)
            return space.dot(v, out)
        }
        space.copy(v, to: scaled)
        space.multiply(scaled, by: scale)
        try difference(scaled, step: step, into: out)
        return space.dot(scaled, out)
    }
}

extension CurvatureSettings {
    /// How products are had with these settings and this objective.
    func source(_ objective: Objective) throws(Failure) -> Operator.Source {
        if operand.isChoice("gauss_newton") {
            if !objective.hasGaussNewton { throw objective.missing("gauss_newton_product") }
            if !hessian.isChoice("auto") && !hessian.isChoice("product") {
                throw .unsupported("hessian = \(hessian.choice!) with operator = gauss_newton: its products are the host's; expected auto or product")
            }
            return .product
        }
        if hessian.isChoice("product") && !objective.hasProduct { throw objective.missing("hessian_product") }
        if hessian.isChoice("product") || (hessian.isChoice("auto") && objective.hasProduct) { return .product }
        return hessian.isChoice("forward") ? .forward : hessian.isChoice("richardson") ? .richardson : .central
    }
}
