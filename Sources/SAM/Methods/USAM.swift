/// usam: SAM without the normalisation.
///     e = rho g (with a shape T: rho T^2 g);  direction = gradient at w + e
final class USAM: Ascent {
    override class var name: StaticString { "usam" }
    override class var summary: StaticString { "SAM with a perturbation proportional to the gradient, not normalised." }
    override class var reference: StaticString { "Andriushchenko, Flammarion 2022" }
    override class var exactness: Int { 2 }

    override func ascend(_ step: Step) -> Next {
        climb(step, along: step.gradient, normalized: false)
        return .ask(descend)
    }
}
