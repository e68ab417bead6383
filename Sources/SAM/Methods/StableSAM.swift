/// stable_sam: SAM whose direction has a length renormalised by the two gradients'. Nothing is added in the quotient; 0 where the
/// divisor is 0.
///     perturbed: direction = |g| gp / |gp|;  clean: direction = |gp| g / |g|
final class StableSAM: Ascent {
    override class var about: About {
        About("stable_sam", "SAM with the perturbed gradient rescaled to the clean one's norm.",
              by: "Tan, Zhang, Liu, Wang, Hao 2025; form clean: Andriushchenko, Flammarion 2022", exactness: 1)
    }

    let direction = Option("direction", choices: "perturbed,clean",
                           "perturbed: along the perturbed gradient with the clean one's norm; clean: along the clean one with the perturbed one's norm.")
    private let clean = Slot("clean")
    private var cleanNorm = 0.0
    override var options: [Option] { super.options + [direction] }
    override var slots: [Slot] { isClean ? [clean] : [] }

    private var isClean: Bool { direction.isChoice("clean") }

    override func ascend(_ step: Step) -> Next {
        cleanNorm = step.norm(step.gradient)
        if isClean { step.assign(clean, step.gradient) }
        return super.ascend(step)
    }

    override func descend(_ step: Step) -> Next {
        let perturbedNorm = step.norm(step.gradient)
        func ratio(_ a: Double, _ b: Double) -> Double { b == 0 ? 0 : a / b }
        return step.descend(along: isClean ? ratio(perturbedNorm, cleanNorm) * step[clean] : ratio(cleanNorm, perturbedNorm) * step.gradient)
    }
}
