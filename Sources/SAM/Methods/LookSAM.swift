/// looksam: SAM in every k-th step; the others reuse the part of its direction that is across the gradient.
///     SAM steps (1, k + 1, ...): direction = gp, gv = gp - <gp, g/|g|> g/|g|
///     other steps:               direction = g + alpha |g| / (|gv| + 1e-8) gv
/// Norms and projections are global, or by tensor (`scope`). `layerwise`: the perturbation of a tensor is rho ||w|| g / ||g|| (looklayersam).
final class LookSAM: Ascent {
    override class var about: About {
        About("looksam", "SAM in every k-th step; the steps between reuse the part of its direction across the gradient.",
              by: "Liu, Mai, Chen, Hsieh, You 2022", exactness: 1)
    }

    let k = Option("k", count: 10, .atLeast(1), "Period of the SAM steps: 1, k + 1, 2k + 1, ...")
    let alpha = Option("alpha", 0.7, .nonNegative, "Weight of the reused part.")
    let scope = Option("scope", choices: "global,tensor", "Where projections and ratios are taken: over everything, the paper's, or by tensor.")
    let layerwise = Option("layerwise", flag: false, "The perturbation has the same relative length rho ||w|| in every tensor, as in LookLayerSAM.")
    let clean = Slot("clean"), across = Slot("gv", life: .always)
    override var radius: (value: Double, range: Bounds) { (0.1, .nonNegative) }
    override var options: [Option] { super.options + [k, alpha, scope, layerwise] }
    override var slots: [Slot] { [clean, across] }

    private var unit: Unit { scope.isChoice("tensor") ? .tensor : .all }

    override func ascend(_ step: Step) -> Next {
        if (step.number - 1) % Int64(k.int) != 0 && step.has(across) {
            return step.descend(along: step.reusing(across, alpha.value, by: unit))
        }
        step.assign(clean, step.gradient)
        climb(step, along: step.gradient, by: layerwise.isOn ? .tensor : .all, relative: layerwise.isOn)
        return .ask(descend)
    }

    override func descend(_ step: Step) -> Next {
        step.assign(across, step.across(step.gradient, step[clean], by: unit, areGradients: true))
        return step.descend(along: step.gradient)
    }
}

extension Step {
    /// g + alpha |g| / (|gv| + 1e-8) gv, g the gradient; norms over everything or by tensor.
    func reusing(_ gv: Slot, _ alpha: Double, by unit: Unit = .all) -> Vector {
        let (kept, length) = norms(self[gv], and: gradient, by: unit), ratio = Coefficient.combine(length, kept) { $0 / ($1 + 1e-8) }
        return gradient + alpha * ratio * self[gv]
    }
}
