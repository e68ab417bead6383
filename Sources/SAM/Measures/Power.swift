import CSAM
import CSAMShims

/// Power iteration on A - shift I: the eigenvalue of A farthest from the shift. Ends by the residual.
final class PowerIteration {
    let map: LinearMap
    let vector: Flat
    private(set) var value = Double.nan, residual = Double.nan
    private(set) var iterations = 0
    private let product: Flat

    init(_ map: LinearMap) throws(Failure) {
        self.map = map
        vector = try map.space.vector()
        product = try map.space.vector()
    }

    /// From a vector; true where |A v - value v| <= tolerance * the larger of |value| and |shift|.
    func run(_ start: Flat, shift: Double, tolerance: Double, limit: Int) throws(Failure) -> Bool {
        let space = map.space
        space.copy(start, to: vector)
        space.scale(vector, by: 1 / space.norm(vector))
        for _ in 0..<limit {
            try map.apply(vector, into: product)
            iterations += 1
            value = space.dot(vector, product)
            space.add(-value, vector, to: product)          // the residual
            residual = space.norm(product)
            if residual <= tolerance * max(max(abs(value), abs(shift)), 1e-300) { return true }
            space.add(value - shift, vector, to: product)   // (A - shift) v
            let length = space.norm(product)
            if length == 0 { return true }
            space.copy(product, to: vector)
            space.scale(vector, by: 1 / length)
        }
        return false
    }

    /// The wanted end: the eigenvalue of largest magnitude first; where that is the other end, then that of A minus it, from a draw.
    func find(_ end: ThickLanczos.Which, _ start: Flat, draw: Int, tolerance: Double, limit: Int) throws(Failure) -> Bool {
        let done = try run(start, shift: 0, tolerance: tolerance, limit: limit)
        if value == 0 || end == .magnitude || (value > 0) == (end == .largest) { return done }
        let other = try map.space.vector()
        map.probe(Int(SAM_NORMAL), draw: draw, into: other)
        return try run(other, shift: value, tolerance: tolerance, limit: max(1, limit - iterations)) && done
    }
}

extension EigenSearch {
    func power(_ end: End, _ start: Flat) throws(Failure) {
        let run = try PowerIteration(map)
        var done = false
        defer { accept(run.value, run.residual, done, run.iterations, run.vector, other: run.value) }
        done = try run.find(end == .largest ? .largest : .smallest, start, draw: 2, tolerance: tolerance, limit: settings.maxIterations.int)
    }
}
