/// sagm: descends the loss, the perturbed loss and the angle between their gradients together.
///     e = rho unit(g) - alpha g;  direction = (g + gp) / 2, gp at w + e.  With a shape T: T^2 g in place of g in e
final class SAGM: Ascent {
    override class var about: About {
        About("sagm", "Sharpness-aware gradient matching: aligns the gradients of the loss and of the perturbed loss.",
              by: "Wang, Zhang, Lei, Zhang 2023")
    }

    let alpha = Option("alpha", 0.001, .nonNegative, "How far the perturbed point goes back down the gradient.")
    let clean = Slot("clean")
    override var options: [Option] { super.options + [alpha] }
    override var slots: [Slot] { [clean] }

    override func ascend(_ step: Step) -> Next {
        let g = step.gradient
        step.assign(clean, g)
        let back = ball(step).map { $0 * ($0 * g) } ?? g
        step.displace(by: ascent(step, along: g) - alpha.value * back, in: reach(step))
        return .ask(descend)
    }

    override func descend(_ step: Step) -> Next { step.descend(along: 0.5 * step[clean] + 0.5 * step.gradient) }
}
