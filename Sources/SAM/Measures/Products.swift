import CSAM
import CSAMShims

extension Job {
    /// The products with random vectors, draws 1 to `samples` (place nil), or with every unit vector (samples nil), one by one, until the
    /// evaluations are spent.
    func products(_ map: Operator, _ samples: Int?, _ kind: Int, _ look: (_ place: Int?, _ v: Flat, _ product: Flat) throws(Failure) -> Void) throws(Failure) {
        let v = try space.vector(), product = try space.vector(), domain = samples == nil ? try map.domain() : []
        map.followNoise()
        ledger.expect((samples ?? domain.count) &* map.cost, "products")
        let isWhole = try within { () throws(Failure) in
            for k in 0..<(samples ?? domain.count) {
                if samples == nil { v[domain[k]] = 1 } else { map.probe(kind, draw: k + 1, into: v) }
                try map.apply(v, into: product)
                try look(samples == nil ? domain[k] : nil, v, product)
                if samples == nil { v[domain[k]] = 0 }
            }
        }
        converged = converged && isWhole
    }

    /// The least and the largest eigenvalue of a map, from one run, and a second where that did not tell the least as well.
    func ends(_ map: Operator, _ eigen: EigenSettings) throws(Failure) -> (least: Double, most: Double, residual: Double, iterations: Int) {
        let search = try EigenSearch(map, eigen)
        try search.find(.largest)
        let most = search.value, residual = search.residual
        var least = search.ritz.first ?? search.value
        converged = converged && search.converged
        if !(search.otherResidual <= search.tolerance * max(abs(most), abs(least))) && search.map.dimension > 0 {
            try search.find(.smallest)
            if !search.value.isNaN { least = search.value }
            converged = converged && search.converged
        }
        return (least, most, residual, search.iterations)
    }

    func ends(_ settings: CurvatureSettings, tolerance: Double) throws(Failure) -> (least: Double, most: Double, residual: Double) {
        let eigen = EigenSettings()
        eigen.tolerance.put(tolerance)
        let found = try ends(try operand(settings), eigen)
        return (found.least, found.most, found.residual)
    }

    /// out = H(w + delta) v: the host's product, or a central difference about that point (delta nil: the iterate). v has length 1.
    func product(_ settings: CurvatureSettings, at delta: Flat?, _ v: Flat, into out: Flat) throws(Failure) {
        func place(_ s: Double) throws(Failure) {
            let x = try space.vector()
            if let delta { space.copy(delta, to: x) }
            if s != 0 { space.add(s, v, to: x) }
            try point.move(x, times: 1)
        }
        if try settings.source(objective) == .product {
            if delta == nil { try point.moveBack() } else { try place(0) }
            return try objective.product(part, v, gaussNewton: settings.operand.isChoice("gauss_newton"), into: out)
        }
        let h = (settings.stepSize.value > 0 ? settings.stepSize.value : point.isDouble ? 3e-7 : 1e-4) * (1 + point.length), other = try space.vector()
        try place(h)
        _ = try objective.evaluate(part, into: out)
        try place(-h)
        _ = try objective.evaluate(part, into: other)
        space.add(-1, other, to: out)
        space.scale(out, by: 1 / (2 * h))
    }
}
