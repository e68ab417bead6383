/// optimistic: optimistic gradient descent, with the gradient's last change as a forecast of the next.
///     direction = g + optimism (g - previous), g at first
final class Optimistic: Method {
    override class var about: About {
        About("optimistic", "Optimistic gradient descent: adds the gradient's last change as a forecast of the next.",
              by: "Popov 1980; Daskalakis, Ilyas, Syrgkanis, Zeng 2018")
    }

    let optimism = Option("optimism", 1, .nonNegative, perGroup: true, "Weight of the gradient's last change.")
    let previous = Slot("previous", life: .always)
    override var options: [Option] { [optimism] }
    override var slots: [Slot] { [previous] }

    override func begin(_ step: Step) -> Next { .ask(descend) }

    private func descend(_ step: Step) -> Next {
        let g = step.gradient, known = step.perPlace { self.previous.present[$0] ? 1 : 0 }
        let next = step.descend(along: g + step[optimism] * known * (g - step[previous]))
        step.assign(previous, g)
        return next
    }
}
