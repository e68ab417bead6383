import CSAM

/// adasap: SAM with a radius for each neuron, larger where the neuron matters less. Neurons: rows of tensors of role weight and
/// rank 2 or more, with score s.
///     rho_i = rho_min + (s_max - s_i) / (s_max - s_min) (rho_max - rho_min), rho_max where all scores are equal; elsewhere rho_min
///     e = rho_i T^2 g / |T g|, T as in asam;  direction = gradient at w + e
final class AdaSAP: Ascent {
    override class var about: About {
        About("adasap", "Adaptive sharpness-aware pruning: the less a neuron matters, the larger its perturbation.",
              by: "Bair, Yin, Shen, Molchanov, Alvarez 2024", exactness: 2)
    }

    let rhoMin = Option("rho_min", 0.01, .nonNegative, "Radius of the neuron with the highest score, and of all that is no neuron.")
    let rhoMax = Option("rho_max", 2, .nonNegative, "Radius of the neuron with the lowest score.")
    let score = Option("score", choices: "magnitude,taylor", "What a neuron matters: the norm of its weights, or |<w, g>|.")
    override var options: [Option] { super.options.filter { $0 !== rho } + [rhoMin, rhoMax, score] }
    override var traits: Traits { super.traits.union(.rows) }

    required init() {
        super.init()
        scaling.preset(1)                                   // element
    }

    override func ascend(_ step: Step) -> Next {
        step.displace(by: ascent(step, along: step.gradient, radius: radii(step)), in: reach(step))
        return .ask(descend)
    }

    private func radii(_ step: Step) -> Coefficient {
        let least = rhoMin.value, range = rhoMax.value - rhoMin.value
        let neurons = step.perPlace {
            let t = step.device.tensors[$0]
            return step.device.active[$0] && Int(t.role) == SAM_WEIGHT && t.shape.count > 1 ? 1 : 0
        }
        var low = Double.infinity, high = -Double.infinity
        let scores = Coefficient.combine(score.isChoice("magnitude") ? step.norms(step.iterate, by: .row)
            : step.dots(step.iterate, step.gradient, by: .row).map { Swift.abs($0) }, neurons) {
            if $1 == 1 { (low, high) = (min(low, $0), max(high, $0)) }
            return $0
        }
        return .combine(scores, neurons) {
            if $1 == 0 { return least }
            return high > low ? least + (high - $0) / (high - low) * range : least + range
        }
    }
}
