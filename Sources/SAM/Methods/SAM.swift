/// sam: the gradient at the worst point of a ball around the weights.
///     e = rho g / |g|;  direction = gradient at w + e
/// With l2, both gradients see the penalty l2/2 |w|^2, the second at w + e, as in the first published code.
final class SharpnessAware: Ascent {
    override class var about: About {
        About("sam", "Sharpness-aware minimisation: the gradient at the worst point of a ball around the weights.",
              by: "Foret, Kleiner, Mobahi, Neyshabur 2021", exactness: 2)
    }

    let l2 = Option("l2", 0, .nonNegative, "Coefficient of a penalty l2/2 |w|^2 in both gradients, the second at the perturbed point; 0: none.")
    override var options: [Option] { super.options + [l2] }

    private func penalised(_ step: Step) -> Vector { l2.isOn ? step.gradient + l2.value * step.point : step.gradient }

    override func ascend(_ step: Step) -> Next {
        climb(step, along: penalised(step))
        return .ask(descend)
    }

    override func descend(_ step: Step) -> Next { step.descend(along: penalised(step)) }
}
