import CSAM
import CSAMShims

/// esam: SAM with a random part of the perturbation, and descent on the examples whose loss rose most.
///     e = rho g / |g| where uniform <= beta, times 1 / beta, else 0; the norm is of the whole g
/// The draw, of stream 2, has one element for each tensor or each weight. With `selection` the host keeps the examples' losses at w,
/// takes them again at the evaluation that wants the loss alone, and makes the last one on those it selects.
final class ESAM: Ascent {
    override class var about: About {
        About("esam", "Efficient SAM: a random part of the weights is perturbed, and the host may descend on selected examples.",
              by: "Du, Yan, Feng, Zhou, Zhen, Goh, Tan 2022", exactness: 2)
    }

    let beta = Option("beta", 1, .portion, "Chance that a tensor or weight is perturbed; what is perturbed weighs 1 / beta.")
    let granularity = Option("granularity", choices: "tensor,element", "What is drawn as one: a tensor, or each weight.")
    let selection = Option("selection", flag: false, "One more evaluation, of the loss at w + e, by which the host selects examples for the last one.")
    let seed = Option("seed", count: 0, .between(0, 9007199254740991), "Of every random draw.")
    override var options: [Option] { super.options + [beta, granularity, selection, seed] }
    override var evaluations: Int { selection.isOn ? 3 : 2 }

    override func ascend(_ step: Step) -> Next {
        let e = ascent(step, along: step.gradient), share = beta.value
        if granularity.isChoice("tensor") {
            step.displace(by: step.perPlace { step.uniform(.masks, index: $0) <= share ? 1 / share : 0 } * e, in: reach(step))
        } else {
            let left = Vector.above(step.random(SAM_UNIFORM, .masks), Vector(constant: Coefficient(share)))
            step.displace(by: 1 / share * (e * (-1.0 * left + Coefficient(1))), in: reach(step))
        }
        return selection.isOn ? .ask(selected, bits: SAM_LOSS_ONLY) : .ask(descend)
    }

    private func selected(_ step: Step) -> Next { .ask(descend) }
}
