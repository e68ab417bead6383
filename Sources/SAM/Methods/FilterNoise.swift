import CSAMShims

extension Step {
    /// sigma ||w|| of the row times normal noise.
    func filterNoise(_ sigma: Double) -> Vector { sigma * norms(iterate, by: .row) * random(SAM_NORMAL, .noise) }
}

/// Noise that shrinks where gradients were large:
///     z = sigma ||w|| of the row, times normal, / sqrt(1 + eta F);  F' = beta F + g^2, from 0
/// F stands for its sum over the row, element by element in tensors of rank 0 and 1.
final class FisherNoise {
    let sigma = Option("sigma", 0.01, .nonNegative, "Deviation of the noise in units of each row's norm.")
    let eta = Option("eta", 1, .nonNegative, "How much large gradients shrink the noise; 0: not at all.")
    let beta = Option("beta", 0.9, .share, "Memory of the squared gradients.")
    let seed = Option("seed", count: 0, .between(0, 9007199254740991), "Of every random draw.")
    let squares = Slot("fisher", life: .always)
    var options: [Option] { [sigma, eta, beta, seed] }
    var slots: [Slot] { adapts ? [squares] : [] }

    private var adapts: Bool { eta.value > 0 }

    /// z of this step.
    func noise(_ step: Step) -> Vector {
        let z = step.filterNoise(sigma.value)
        if !adapts || !step.has(squares) { return z }
        let eta = self.eta.value
        let byRow = step.perTensor { $0.shape.count > 1 ? eta : 0 }, byElement = step.perTensor { $0.shape.count > 1 ? 0 : eta }
        let rows = byRow * step.dots(step[squares], Vector(constant: 1), by: .row)
        return z / (byElement * step[squares] + (rows + 1)).root
    }

    /// Counts the gradient just evaluated; behind the last evaluation.
    func follow(_ step: Step) {
        if adapts { step.assign(squares, beta.value * step[squares] + step.gradient.squared) }
    }
}
