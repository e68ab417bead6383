import CSAM
import CSAMShims

/// How an extreme eigenvalue is looked for.
final class EigenSettings {
    let tolerance = Setting("tolerance", 1e-4, .share,
        "Ends the iteration: the residual |Hv - value v| relative to the largest magnitude; the value itself is then right to about its square over the relative gap. 1e-8 where nothing is given, all is f64 and products are the host's.")
    let maxIterations = Setting.maxIterations(100)
    let method = Setting("method", choices: "lanczos,power,lobpcg", "How: Lanczos with full reorthogonalisation, shifted power iteration, LOBPCG.")
    let start = Setting(tensors: "start", "Where the iteration begins; else at random, normal, draw 1.")
    let precision = Setting("precision", choices: "double,single", "Of the vectors that Lanczos keeps; single halves their memory, orthogonality is then about 1e-6.")

    var all: [Setting] { [tolerance, maxIterations, method, start, precision] }

    static func tolerance(_ setting: Setting, _ map: Operator) -> Double {
        setting.isGiven || map.source != .product || !map.objective.point.isDouble ? setting.value : 1e-8
    }
}

/// An extreme eigenvalue, algebraically largest or smallest, of an operator.
final class EigenSearch {
    enum End { case largest, smallest }

    let map: Operator
    let settings: EigenSettings
    let tolerance: Double
    /// Of length 1.
    let vector: Flat
    private(set) var value = Double.nan, residual = Double.nan
    /// Products with the operator that led to the answer.
    private(set) var iterations = 0
    private(set) var converged = false
    /// All Ritz values of the last run, ascending; the extremes at either end.
    private(set) var ritz: [Double] = []
    /// The residual at the other end.
    private(set) var otherResidual = Double.nan

    init(_ map: Operator, _ settings: EigenSettings) throws(Failure) {
        self.map = map
        self.settings = settings
        tolerance = EigenSettings.tolerance(settings.tolerance, map)
        vector = try map.space.vector()
    }

    /// Finds it; where the iteration is cut short by the limits, what was found so far. With differences the step is shortened and
    /// the iteration repeated where the answer asks for it.
    func find(_ end: End) throws(Failure) {
        if map.dimension == 0 { return settle(0, 0, true) }
        settle(.nan, .nan, false)
        ritz = []
        otherResidual = .nan
        let start = try map.space.vector()
        if settings.start.isGiven {
            try map.objective.point.read(settings.start, into: start)
            map.restrict(start)
            if map.space.norm(start) == 0 { throw .argument("start: the vector is 0 where the operator acts; expected another") }
        } else {
            map.probe(Int(SAM_NORMAL), draw: 1, into: start)
        }
        map.followNoise()
        for _ in 0..<3 {
            let whole = try map.within { () throws(Failure) in
                if settings.method.isChoice("lanczos") { try lanczos(end, start) } else if settings.method.isChoice("power") { try power(end, start) } else { try lobpcg(end, start) }
            }
            if !whole { converged = false }
            if !whole || value == 0 { return }
            var again = false
            let checked = try map.within { () throws(Failure) in
                again = try map.shortenStep(vector, tolerance: tolerance, largest: largest)
            }
            if !checked || !again {
                if let error = map.differenceError, error > tolerance { converged = false }
                return
            }
            map.space.copy(vector, to: start)
        }
    }

    private var largest: Double { max(abs(value), max(abs(ritz.first ?? 0), abs(ritz.last ?? 0))) }

    private func settle(_ value: Double, _ residual: Double, _ converged: Bool) {
        self.value = value
        self.residual = residual
        self.converged = converged
    }

    /// What an iteration of another kind found; `other`: an estimate of the other end.
    func accept(_ value: Double, _ residual: Double, _ converged: Bool, _ products: Int, _ x: Flat, other: Double) {
        settle(value, residual, converged)
        iterations += products
        ritz = [min(value, other), max(value, other)]
        if x !== vector { map.space.copy(x, to: vector) }
    }

    private func lanczos(_ end: End, _ start: Flat) throws(Failure) {
        let run = try Lanczos(map, steps: settings.maxIterations.int, single: settings.precision.isChoice("single"))
        _ = run.begin(start)
        var goesOn = true, draw = 2
        do throws(Failure) {
            while goesOn && run.alpha.count < run.basis.capacity {
                goesOn = try run.step()
                iterations += 1
                try take(run, end)
                if converged && (goesOn || !settings.start.isGiven) { break }
                if !goesOn {                                // an invariant space, which a given start may have led to
                    map.probe(Int(SAM_NORMAL), draw: draw, into: vector)
                    goesOn = run.goOn(vector)
                    draw += 1
                }
            }
        } catch {
            // where the limit cuts the iteration short, the best vector so far is still made
            if map.objective.ledger.isLimit(error) { try finish(run, end) }
            throw error
        }
        try finish(run, end)
    }

    private func take(_ run: Lanczos, _ end: End) throws(Failure) {
        let found = try run.ritz(), last = found.values.count - 1, k = end == .largest ? last : 0
        ritz = found.values
        otherResidual = run.residual(found, last - k)
        let residual = run.residual(found, k)
        settle(found.values[k], residual, residual <= tolerance * max(largest, 1e-300))
    }

    private func finish(_ run: Lanczos, _ end: End) throws(Failure) {
        if !ritz.isEmpty { try run.vector(end == .largest ? ritz.count - 1 : 0, into: vector) }
    }
}
