/// truncated_model: the minimiser of the loss's linear model, cut at its lower bound: a Polyak step no longer than lr. Its own update:
///     w = w - min(lr, max(loss - l_star, 0) / |g|^2) g;  no gradient: no move
final class TruncatedModel: Method {
    override class var about: About {
        About("truncated_model", "Gradient descent with a Polyak step that the learning rate bounds: a truncated model of the loss.",
              by: "Asi, Duchi 2019")
    }

    let lr = Option("lr", 1, .nonNegative, perGroup: true, "Longest step.")
    let lowest = Option("l_star", 0, .any, "Lower bound of the loss.")
    override var options: [Option] { [lr, lowest] }
    override var traits: Traits { super.traits.union(.ownOptimizer) }

    override func begin(_ step: Step) -> Next { .ask(move) }

    private func move(_ step: Step) -> Next {
        let square = step.gradientSquares()
        if square == 0 { return .done }
        let polyak = max(step.loss - lowest.value, 0) / square
        step.update(to: step.iterate - step[lr].map { min($0, polyak) } * step.gradient)
        return .done
    }
}
