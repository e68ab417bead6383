import CSAM

/// normuon: muon whose orthogonal matrix X is scaled row by row (floor of the norm 1e-7):
///     v = beta2 v + (1 - beta2) mean of X^2 over each row, from 0, no bias correction;  u = X / (sqrt(v) + eps)
///     w = w (1 - lr weight_decay) - lr u length / (|u| + eps),  length: preserve_norm |X| sqrt(max(1, rows/columns)); match_rms 0.2 sqrt(size)
final class NorMuon: Muon {
    override class var about: About { About("normuon", "Muon with a running mean of squares for each row.", by: "Li, Liu, Liang, Shen, Chen, Zhao 2025") }

    private let beta2 = Option("beta2", 0.95, .fraction, perGroup: true, "Decay of the rows' mean squares.")
    private let updateScale = Option("update_scale", choices: "preserve_norm,match_rms", perGroup: true,
                                     "Length of the update: preserve_norm that of muon's; match_rms 0.2 sqrt(size).")
    private let squares = Slot("rows", life: .always, extent: .doubles { $0.isMatrix ? $0.rows : 0 })

    required init() {
        super.init()
        rate.preset(2e-2)
        decay.preset(0)
        eps.preset(1e-10)
    }

    override var options: [Option] { [rate, momentum, beta2, nesterov, decay, nsSteps, eps, updateScale] + companion.options }
    override var slots: [Slot] { super.slots + [squares] }
    override func floor(_ group: Int) -> Double { 1e-7 }

    override func scale(_ step: Step, _ t: Int, _ tensor: Tensor) -> Double {
        let group = Int(tensor.group), x = orthogonal.x.part[t]
        let (before, after) = Int(tensor.type) == SAM_F64 ? scaled(x.assumingMemoryBound(to: Double.self), t, tensor)
            : scaled(x.assumingMemoryBound(to: Float.self), t, tensor)
        squares.wrote(t)
        let ratio = Double(tensor.rows) / Double(tensor.columns)
        let length = updateScale.isChoice("preserve_norm", group: group) ? before * max(1, ratio).squareRoot() : 0.2 * Double(tensor.count).squareRoot()
        return length / (after + eps[group])
    }

    /// Rows of x divided; |x| before and after.
    private func scaled<Number: BinaryFloatingPoint>(_ x: UnsafeMutablePointer<Number>, _ t: Int, _ tensor: Tensor) -> (Double, Double) {
        let v = squares.part[t].assumingMemoryBound(to: Double.self), group = Int(tensor.group), columns = tensor.columns, b = beta2[group]
        var before = 0.0, after = 0.0
        for r in 0..<tensor.rows {
            let row = x + r * columns
            var sum = 0.0
            for c in 0..<columns { sum += Double(row[c]) * Double(row[c]) }
            v[r] = b * v[r] + (1 - b) * (sum / Double(columns))
            let factor = 1 / (v[r].squareRoot() + eps[group])
            for c in 0..<columns { row[c] = Number(Double(row[c]) * factor) }
            before += sum
            after += sum * factor * factor
        }
        return (before.squareRoot(), after.squareRoot())
    }
}
