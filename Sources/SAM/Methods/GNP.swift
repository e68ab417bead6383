/// gnp: a penalty on the gradient's norm, by a mixture of the clean and the perturbed gradient.
///     direction = (1 - alpha) g + alpha gp;  with normalized_clean g / (|g| + 1e-12) in g's place
/// alpha 1 is sam, alpha 0 the base.
final class GNP: Ascent {
    override class var about: About {
        About("gnp", "Penalises the gradient's norm: a mixture of the clean and the perturbed gradient.",
              by: "Zhao, Zhang, Hu 2022", exactness: 1)
    }

    let alpha = Option("alpha", 0.8, .nonNegative, "Weight of the perturbed gradient; the clean one has the rest.")
    let normalizedClean = Option("normalized_clean", flag: false, "The clean gradient is normalised in the mixture, as the published configuration does.")
    private let clean = Slot("clean")
    override var options: [Option] { super.options + [alpha, normalizedClean] }
    override var slots: [Slot] { [clean] }

    override func ascend(_ step: Step) -> Next {
        step.assign(clean, step.gradient)
        return super.ascend(step)
    }

    override func descend(_ step: Step) -> Next {
        let size = normalizedClean.isOn ? step.over(Coefficient(1 - alpha.value), step.norm(step[clean])) : Coefficient(1 - alpha.value)
        return step.descend(along: size * step[clean] + alpha.value * step.gradient)
    }
}
