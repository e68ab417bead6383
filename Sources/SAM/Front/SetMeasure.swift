#if !hasFeature(Embedded)
import CSAM

extension Parameters {
    /// A measure over the weights that stand in the buffers, which are the same bits again however it ends. The gradient buffers hold what the last
    /// evaluation wrote.
    ///
    /// ```swift
    /// let result = try parameters.measure("lambda_max", of: objective, settings: ["tolerance": 1e-6, "operator": "hessian"])
    /// ```
    ///
    /// - Parameters:
    ///   - name: Of ``Library/measures``.
    ///   - objective: What is measured; nil for a measure that evaluates nothing.
    ///   - other: A second data set over the same parameters, for measures that compare two.
    ///   - settings: The measure's own, and those of every measure: `seed`, `max_evaluations`, `batch`, `class_index`, `combine`, `loss`, `normalize_logits`.
    /// - Throws: What a callback throws. ``Failure``: ``Failure/Code/name`` for an unknown measure, setting or word; ``Failure/Code/range``;
    ///   ``Failure/Code/argument`` for a setting of another kind or given twice, or nothing to measure; ``Failure/Code/unsupported`` for a member of the
    ///   objective that is needed and not there, before the first callback; ``Failure/Code/state`` in the middle of a step or of a measure, or where a
    ///   callback changed the weights; ``Failure/Code/nonfinite``; ``Failure/Code/cancelled``; ``Failure/Code/memory``.
    public func measure(_ name: String, of objective: MeasureObjective? = nil, other: MeasureObjective? = nil, settings: Options = [:]) throws -> MeasureResult {
        let first = FirstError(), settings = try MeasureSettings(settings, self)
        let main = try objective.map { (host) throws(Failure) in try MeasureCallbacks(host, self, first) }
        let second = try other.map { (host) throws(Failure) in try MeasureCallbacks(host, self, first) }
        defer { withExtendedLifetime((settings, main, second)) {} }
        let report: Report
        do { report = try run(name, main?.raw, second?.raw, settings.raw) } catch { throw first.error ?? error }
        if let error = first.error { throw error }
        return MeasureResult(report, name, self)
    }

    /// The same by losses and gradients alone. `evaluate` answers the loss of the query and, unless it has ``Ask/lossOnly``, writes the gradients.
    ///
    /// ```swift
    /// let gap = try parameters.measure("sam_gap", settings: ["rho": 0.05]) { query in evaluate(query.ask) }
    /// ```
    public func measure(_ name: String, settings: Options = [:], evaluate: (MeasureQuery) throws -> Double) throws -> MeasureResult {
        try withoutActuallyEscaping(evaluate) { try measure(name, of: MeasureObjective(evaluate: $0), settings: settings) }
    }

    private func run(_ name: String, _ main: sam_objective?, _ second: sam_objective?, _ settings: [sam_setting]) throws(Failure) -> Report {
        try inOwnEnvironment { (environment) throws(Failure) in
            try bytes(of: name) { (name) throws(Failure) in
                try settings.withUnsafeBufferPointer { (listed) throws(Failure) in
                    guard var main else { return try Measuring.run(self, Name(at: name), nil, listed.baseAddress, listed.count, environment) }
                    guard var second else { return try Measuring.run(self, Name(at: name), &main, listed.baseAddress, listed.count, environment) }
                    return try withUnsafePointer(to: &second) { (second) throws(Failure) in
                        main.other = second
                        return try Measuring.run(self, Name(at: name), &main, listed.baseAddress, listed.count, environment)
                    }
                }
            }
        }
    }
}
#endif
