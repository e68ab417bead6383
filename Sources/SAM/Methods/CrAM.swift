import CSAM

/// cram: the gradient at the compressed point, so that pruning the trained weights costs little.
///     x = w + rho g (normalize: rho g / |g|);  gp at mask x;  direction = gp, mask gp (sparse_gradient), + g (plus)
/// The mask keeps what is strictly above the ceil(n (1 - s))-th largest |x|; s, one of `levels` values from sparsity_low to
/// sparsity_high, is drawn each step (uniform u of stream 3); s = 0 keeps all.
///     global: one threshold over all tensors of rank 2 or more
///     tensor: one for each of them; the first and the last two tensors stay whole
///     n_m: 2 of 4 (u > 0.5) or 4 of 8 neighbours along the second axis, in tensors of rank 2 and 4 that divide
final class CrAM: Ascent {
    override class var about: About {
        About("cram", "Compression-aware minimisation: the gradient at the pruned, perturbed weights.",
              by: "Peste, Vladu, Kurtic, Lampert, Alistarh 2023")
    }

    let low = Option("sparsity_low", 0.5, .fraction, "Lowest share of weights that are pruned.")
    let high = Option("sparsity_high", 0.9, .fraction, "Highest share of weights that are pruned.")
    let levels = Option("levels", count: 3, .atLeast(1), "Sparsities that are drawn from, evenly spaced; 1: sparsity_low.")
    let structure = Option("structure", choices: "global,tensor,n_m", "One threshold over all tensors, one for each, or n of every m neighbours.")
    let normalize = Option("normalize", flag: false, "The ascent has length rho; 0: rho times the gradient's.")
    let plus = Option("plus", flag: true, "The clean gradient is added to the direction.")
    let sparseGradient = Option("sparse_gradient", flag: true, "The perturbed gradient is masked like the weights.")
    let seed = Option("seed", count: 0, .between(0, 9007199254740991), "Of every random draw.")
    private let clean = Slot("clean"), moved = Slot("x"), mask = Slot("mask")
    override var options: [Option] { super.options + [low, high, levels, structure, normalize, plus, sparseGradient, seed] }
    override var slots: [Slot] { [moved, mask] + (plus.isOn ? [clean] : []) }

    override func ascend(_ step: Step) -> Next {
        if plus.isOn { step.assign(clean, step.gradient) }
        let scope = reach(step), inside: Coefficient = scope.map { s in step.perPlace { s[$0] ? 1 : 0 } } ?? 1
        step.assign(moved, step.iterate + inside * ascent(step, along: step.gradient, normalized: normalize.isOn))
        let u = step.uniform(.decisions)
        if structure.isChoice("n_m") {
            step.assign(mask, keeping: u > 0.5 ? 2 : 4, of: u > 0.5 ? 4 : 8, in: moved)
        } else {
            let size = step[moved].magnitude
            step.assign(mask, Vector.above(size, Vector(constant: threshold(step, size, sparsity(u)))))
        }
        step.place(at: step[mask] * step[moved])
        return .ask(descend)
    }

    override func descend(_ step: Step) -> Next {
        let gp = sparseGradient.isOn ? step[mask] * step.gradient : step.gradient
        return step.descend(along: plus.isOn ? gp + step[clean] : gp)
    }

    private func sparsity(_ u: Double) -> Double {
        if levels.int == 1 { return low.value }
        let level = min(Int(u * levels.value), levels.int - 1)
        return low.value + (high.value - low.value) * Double(level) / Double(levels.int - 1)
    }

    /// By tensor; -infinity where all is kept.
    private func threshold(_ step: Step, _ size: Vector, _ sparsity: Double) -> Coefficient {
        let tensors = step.device.tensors
        func survivors(_ n: Int) -> Int { max(Int((Double(n) * (1 - sparsity)).rounded(.up)), 1) }
        if structure.isChoice("tensor") {
            return step.kths(size) { t in
                let isWhole = sparsity == 0 || t == 0 || t >= tensors.count - 2 || tensors[t].shape.count < 2 || tensors[t].count == 0
                return isWhole ? nil : survivors(tensors[t].count)
            }
        }
        let matrices = tensors.map { $0.shape.count > 1 }, n = step.count(in: matrices)
        let least = sparsity == 0 || n == 0 ? -.infinity : step.kth(size, survivors(n), in: matrices)
        return step.perPlace { matrices[$0] ? least : -.infinity }
    }
}
