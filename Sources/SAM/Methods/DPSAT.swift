import CSAM
import CSAMShims

/// dp_sat: private SAM that climbs along what is private already.
///     e = rho unit(previous private direction), or rho unit(previous weights - w) (ascent momentum); first step: none
///     direction = (sum over `examples` batches of min(1, C / (|g| + 1e-6)) g + noise_multiplier C normal) / divisor, g at w + e
/// Each batch is one unit of privacy. The generator is not a cryptographic one, and accounting for the privacy is the host's.
final class DPSAT: Ascent {
    override class var about: About {
        About("dp_sat", "Differentially private SAM: clipped gradients with noise, the ascent along the private direction of the step before.",
              by: "Park, Kim, Choi, Lee 2023")
    }

    let bound = Option("max_grad_norm", 0.1, .positive, "C, the longest that the gradient of one unit may be.")
    let multiplier = Option("noise_multiplier", 1, .nonNegative, "Deviation of the noise in units of max_grad_norm.")
    let examples = Option("examples", count: 8, .atLeast(1), "Units in a step: evaluations, each on a batch of its own.")
    let expected = Option("expected_examples", 0, .nonNegative, "What the sum is divided by: the expected number of units; 0: examples.")
    let source = Option("ascent", choices: "gradient,momentum",
                        "What the ascent follows: the private direction of the step before, or back to the weights before it.")
    let seed = Option("seed", count: 0, .between(0, 9007199254740991), "Of every random draw.")
    let total = Slot("total"), direction = Slot("private", life: .always), weights = Slot("weights", life: .always)
    override var options: [Option] { super.options + [bound, multiplier, examples, expected, source, seed] }
    override var slots: [Slot] { [total, followsWeights ? weights : direction] }
    override var evaluations: Int { examples.int }

    private var followsWeights: Bool { source.isChoice("momentum") }

    override func begin(_ step: Step) -> Next {
        if followsWeights {
            if step.has(weights) { climb(step, along: step[weights] - step.iterate, unless: weights, first: 0.0 * step.iterate) }
        } else if step.has(direction) {
            climb(step, along: step[direction])
        }
        return .ask({ self.gather($0, 1) })
    }

    private func gather(_ step: Step, _ count: Int) -> Next {
        let clipped = min(1, bound.value / (step.norm(step.gradient) + 1e-6)) * step.gradient
        step.assign(total, count == 1 ? multiplier.value * bound.value * step.random(SAM_NORMAL, .privacy) + clipped : step[total] + clipped)
        if count < examples.int { return .ask({ self.gather($0, count + 1) }, bits: SAM_NEXT_BATCH) }
        step.assign(total, step[total] / (expected.value > 0 ? expected.value : examples.value))
        step.assign(followsWeights ? weights : direction, followsWeights ? step.iterate : step[total])
        return step.descend(along: step[total])
    }
}
