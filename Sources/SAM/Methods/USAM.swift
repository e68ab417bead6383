/// usam: SAM without the normalisation.
///     e = rho g (with a shape T: rho T^2 g);  direction = gradient at w + e
final class USAM: Ascent {
    override class var about: About {
        About("usam", "SAM with a perturbation proportional to the gradient, not normalised.",
              by: "Andriushchenko, Flammarion 2022", exactness: 2)
    }

    override func ascend(_ step: Step) -> Next {
        climb(step, along: step.gradient, normalized: false)
        return .ask(descend)
    }
}
