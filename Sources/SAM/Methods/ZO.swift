import CSAM
import CSAMShims

/// zo: direction = estimate of the gradient from losses alone (ZerothOrder), + noise / sqrt(n) times normal noise, n scalars.
final class ZO: Method {
    override class var about: About {
        About("zo", "The gradient estimated from losses along random directions: no backward pass.",
              by: "Nesterov, Spokoiny 2017; the noise: Ren, Tang, Li 2023")
    }

    let zeroth = ZerothOrder()
    let noise = Option("noise", 0, .nonNegative, "Length of isotropic noise added to the direction; 0: none.")
    override var options: [Option] { zeroth.options + [noise] }
    override var slots: [Slot] { zeroth.slots }
    override var evaluations: Int { zeroth.evaluations }

    override func begin(_ step: Step) -> Next { zeroth.estimate(step, draw: step.number, then: descend) }

    private func descend(_ step: Step) -> Next {
        let d = step[zeroth.sum]
        if !noise.isOn { return step.descend(along: d) }
        return step.descend(along: d + noise.value / Double(step.count()).squareRoot() * step.random(SAM_NORMAL, .noise))
    }
}

/// zo_sgd: w' = w - lr (slope z + weight_decay w), z normal; no decay on the roles bias and norm. Its own update; two losses a step.
final class ZOSGD: Method {
    override class var about: About {
        About("zo_sgd", "Stochastic gradient descent along one random direction by two losses: fine-tuning with forward passes alone.",
              by: "Malladi, Gao, Nichani, Damian, Lee, Chen, Arora 2023")
    }

    let zeroth = ZerothOrder()
    let lr = Option("lr", 1e-6, .nonNegative, perGroup: true, "Learning rate.")
    let decay = Option("weight_decay", 0, .nonNegative, perGroup: true, "Weight decay, added to the direction; not on the roles bias and norm.")
    override var options: [Option] { [lr, zeroth.mu, decay, zeroth.seed] }
    override var evaluations: Int { 2 }
    override var traits: Traits { super.traits.union(.ownOptimizer) }

    override func begin(_ step: Step) -> Next {
        zeroth.slope(step, along: probe) { step, slope in
            let decay = step.perTensor { Int($0.role) == SAM_BIAS || Int($0.role) == SAM_NORM ? 0 : self.decay[Int($0.group)] }
            step.update(to: step.iterate - step[self.lr] * (slope * self.probe(step) + decay * step.iterate))
            return .done
        }
    }

    private func probe(_ step: Step) -> Vector { step.random(SAM_NORMAL, .probes) }
}

/// zo_ascent_sam: SAM whose ascent needs no gradient: e = rho sign(slope) unit(z), z normal; direction = gradient at w + e.
final class ZOAscentSAM: Ascent {
    override class var about: About {
        About("zo_ascent_sam", "SAM that climbs along a random direction, up by two losses: one backward pass a step.",
              by: "the ascent of SAM by the slope of MeZO: Malladi, Gao, Nichani, Damian, Lee, Chen, Arora 2023", exactness: 2)
    }

    let zeroth = ZerothOrder()
    override var options: [Option] { super.options + [zeroth.mu, zeroth.seed] }
    override var evaluations: Int { 3 }

    override func begin(_ step: Step) -> Next {
        zeroth.slope(step, along: probe) { step, slope in
            self.climb(step, along: (slope > 0 ? 1.0 : slope < 0 ? -1.0 : 0.0) * self.probe(step))
            return .ask(self.descend)
        }
    }

    private func probe(_ step: Step) -> Vector { step.random(SAM_NORMAL, .probes) }
}

/// zo_sam: SAM without gradients: e = rho unit(estimate at w), direction = estimate at w + e. Draws 2t and 2t + 1.
final class ZOSAM: Ascent {
    override class var about: About {
        About("zo_sam", "SAM with both gradients estimated from losses along random directions.",
              by: "SAM by the estimates of Nesterov, Spokoiny 2017")
    }

    let zeroth = ZerothOrder()
    let e = Slot("e")
    override var options: [Option] { super.options + zeroth.options }
    override var slots: [Slot] { zeroth.slots + [e] }
    override var evaluations: Int { 2 * zeroth.evaluations }

    override func begin(_ step: Step) -> Next { zeroth.estimate(step, draw: 2 * step.number, then: ascend) }

    override func ascend(_ step: Step) -> Next {
        step.assign(e, within(step, ascent(step, along: step[zeroth.sum])))
        return zeroth.estimate(step, at: { [e] in $0.iterate + $0[e] }, draw: 2 * step.number + 1, then: descend)
    }

    override func descend(_ step: Step) -> Next { step.descend(along: step[zeroth.sum]) }
}
