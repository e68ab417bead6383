import CSAM
import CSAMShims

/// entropy_sgd: the gradient of the local entropy, by Langevin steps around the weights. From x = m = w, `langevin` times:
///     x' = x - inner_lr (g - gamma (w - x)) + sqrt(inner_lr) noise z, g the gradient at x, z normal of draw t langevin + i
///     m' = (1 - average) m + average x';  at the end direction = gamma (w - m)
/// Each evaluation but the first is on a further batch. From memory of the paper.
final class EntropySGD: Method {
    override class var about: About {
        About("entropy_sgd", "Descends along the gradient of the local entropy, estimated by Langevin steps around the weights.",
              by: "Chaudhari, Choromanska, Soatto, LeCun, Baldassi, Borgs, Chayes, Sagun, Zecchina 2017")
    }

    let langevin = Option("langevin", count: 5, .atLeast(1), "Langevin steps, each with an evaluation.")
    let gamma = Option("gamma", 0.01, .nonNegative, "Pull back to the weights; scales the direction.")
    let innerLR = Option("inner_lr", 0.1, .nonNegative, "Length of a Langevin step per gradient.")
    let noise = Option("noise", 1e-4, .nonNegative, "Deviation of the noise of a Langevin step, times sqrt(inner_lr).")
    let average = Option("average", 0.75, .share, "Weight of the newest point in the running mean.")
    let seed = Option("seed", count: 0, .between(0, 9007199254740991), "Of every random draw.")
    /// x - w and m - w.
    let offset = Slot("offset"), mean = Slot("mean_offset")
    override var options: [Option] { [langevin, gamma, innerLR, noise, average, seed] }
    override var slots: [Slot] { [offset, mean] }
    override var evaluations: Int { langevin.int }

    override func begin(_ step: Step) -> Next { .ask({ self.move($0, 1) }) }

    private func move(_ step: Step, _ i: Int) -> Next {
        let z = step.random(SAM_NORMAL, .noise, draw: step.number &* Int64(langevin.int) &+ Int64(i - 1))
        let g = i == 1 ? step.gradient : step.gradient + gamma.value * step[offset]
        let moved = innerLR.value.squareRoot() * noise.value * z - innerLR.value * g
        step.assign(offset, i == 1 ? moved : step[offset] + moved)
        step.assign(mean, i == 1 ? average.value * step[offset] : (1 - average.value) * step[mean] + average.value * step[offset])
        if i == langevin.int { return step.descend(along: -gamma.value * step[mean]) }
        step.displace(by: step[offset])
        return .ask({ self.move($0, i + 1) }, bits: SAM_NEXT_BATCH)
    }
}
