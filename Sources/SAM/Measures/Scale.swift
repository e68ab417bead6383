import CSAM

extension ScaleSettings {
    /// The scale c of each place, from the iterate; nil: 1 everywhere. Checks the settings.
    func scale(_ point: Point) throws(Failure) -> Flat? {
        let only = tensor.int, part = slice.int
        if only >= 0 {
            let count = point.parameters.tensors.count
            if only >= count { throw .range("tensor = \(only): expected -1 (all) or 0 to \(count - 1)") }
            if point.parameters.tensors[only].frozen { throw .argument("tensor = \(only): \"\(point.parameters.tensors[only].name)\" is frozen, there is nothing to measure") }
        }
        try slice.check(of: point.parameters.tensors, only)
        if scaling.isChoice("custom") && !values.isGiven { throw .argument("scaling = custom needs the setting scaling_values") }
        if values.isGiven && !scaling.isChoice("custom") { throw .argument("scaling_values go with scaling = custom only") }
        if scaling.isChoice("none") && only < 0 { return nil }
        let c = try point.space.vector()
        if values.isGiven {
            try point.read(values, into: c)
            for i in 0..<point.space.n where c[i] < 0 { throw .range("scaling_values: \(c[i]) at place \(i); expected numbers >= 0") }
        }
        for (i, t) in point.tensors.enumerated() { fill(c, i, t, point) }
        if only >= 0 {
            for i in point.tensors.indices where point.places[i] != only || (part >= 0 && point.tensors[i].slice != part) { for k in point.range(i) { c[k] = 0 } }
        }
        return c
    }

    private func fill(_ c: Flat, _ i: Int, _ t: Tensor, _ point: Point) {
        let places = point.range(i), isVector = t.shape.count < 2, w = point.iterate
        if scaling.isChoice("none") || (isVector && bias.isChoice("unit")) {
            for k in places { c[k] = 1 }
        } else if isVector && bias.isChoice("ignore") {
            for k in places { c[k] = 0 }
        } else if scaling.isChoice("element") {
            for k in places { c[k] = abs(w[k]) + eta.value }
        } else if scaling.isChoice("filter") {
            if isVector {
                for k in places { c[k] = abs(w[k]) }
            } else {
                for r in 0..<t.rows {
                    let row = t.count / t.rows, first = places.lowerBound + r * row
                    let norm = length(w, first..<(first + row))
                    for k in first..<(first + row) { c[k] = norm }
                }
            }
        } else if !scaling.isChoice("custom") {
            let norm = length(w, places) / (scaling.isChoice("tensor_rms") ? Double(t.count).squareRoot() : 1)
            for k in places { c[k] = norm }
        }
    }
}

/// The Euclidean norm of some places of a vector.
func length(_ v: Flat, _ places: Range<Int>) -> Double {
    var sum = 0.0, lost = 0.0
    for k in places {                                       // Neumaier; the terms are not negative
        let x = v[k] * v[k], next = sum + x
        lost += sum >= x ? (sum - next) + x : (x - next) + sum
        sum = next
    }
    return (sum + lost).squareRoot()
}
