/// sam_sps: SAM with Polyak's step. gp and the loss at w + e, e = rho unit(g):
///     w' = w - min(max(0, loss - l_star - <gp, e>) / |gp|^2, lr) gp, and w where gp = 0
final class SAMSPS: Ascent {
    override class var about: About { About("sam_sps", "SAM with a stochastic Polyak step: the learning rate comes from the loss.", by: "Oikonomou, Loizou 2026") }

    let lr = Option("lr", 1, .nonNegative, perGroup: true, "The largest learning rate.")
    let least = Option("l_star", 0, .any, "The loss at the minimum, or a bound below it.")
    let e = Slot("e")
    override var options: [Option] { [lr, least] + super.options }
    override var slots: [Slot] { [e] }
    override var traits: Traits { super.traits.union(.ownOptimizer) }

    override func ascend(_ step: Step) -> Next {
        step.assign(e, within(step, ascent(step, along: step.gradient)))
        step.displace(by: step[e])
        return .ask(descend)
    }

    override func descend(_ step: Step) -> Next {
        let (product, square) = step.dots(step.gradient, step[e], square: step.gradient)
        let gap = max(0, step.loss - least.value - product.value), rate = step[lr].map { square.value == 0 ? 0 : min(gap / square.value, $0) }
        step.update(to: step.iterate - rate * step.gradient)
        return .done
    }
}
