import CSAMShims

/// A trace by products with a map: its value, and the basic estimates whose spread tells the error.
struct TraceEstimate {
    var value: Double
    var standardError: Double
    var estimates: [Double]
    /// Products used.
    var samples: Int

    /// From basic estimates around a part that is known.
    init(_ sample: Sample, known: Double = 0, samples: Int) {
        value = known + sample.mean
        standardError = sample.count > 1 ? sample.standardError : .nan
        estimates = sample.values.map { known + $0 }
        self.samples = samples
    }

    init(exact value: Double, samples: Int) {
        self.value = value
        standardError = 0
        estimates = [value]
        self.samples = samples
    }

    /// One product for each place: e_i'A e_i. The diagonal by place, where it is wanted.
    static func exact(_ map: LinearMap, diagonal: Flat? = nil) throws(Failure) -> TraceEstimate {
        let unit = try map.space.vector(), product = try map.space.vector()
        var entries: [Double] = []
        for i in try map.domain() {
            unit[i] = 1
            try map.apply(unit, into: product)
            unit[i] = 0
            entries.append(product[i])
            diagonal?[i] = product[i]
        }
        let trace = entries.withUnsafeBufferPointer { $0.count > 0 ? Space.total($0.baseAddress!, $0.count) : 0 }
        return TraceEstimate(exact: trace, samples: entries.count)
    }

    /// Hutchinson: the mean of v'A v over probes, draws 1 to `samples`. Variance 2 (|A|_F^2 - sum A_ii^2) / samples with signs,
    /// 2 |A|_F^2 / samples with normals. tolerance > 0: ends behind ten probes where the standard error is that share of the mean.
    static func hutchinson(_ map: LinearMap, samples: Int, kind: Int, tolerance: Double) throws(Failure) -> TraceEstimate {
        let probe = try map.space.vector(), product = try map.space.vector()
        var sample = Sample()
        _ = try map.within { () throws(Failure) in
            while sample.count < samples {
                map.probe(kind, draw: sample.count + 1, into: probe)
                try map.apply(probe, into: product)
                sample.add(map.space.dot(probe, product))
                if tolerance > 0 && sample.count >= 10 && sample.standardError <= tolerance * abs(sample.mean) { break }
            }
        }
        return TraceEstimate(sample, samples: sample.count)
    }
}
