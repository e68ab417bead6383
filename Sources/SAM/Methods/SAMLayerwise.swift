/// sam_layerwise: the same relative perturbation in every tensor.
///     relative 1: e of a tensor = rho ||w|| g / ||g||, nothing where either is 0;  relative 0: e of a tensor = rho g / (||g|| + 1e-12)
/// direction = gradient at w + e. With a shape T: T^2 g / ||T g|| in place of g / ||g||.
final class SAMLayerwise: Ascent {
    override class var about: About {
        About("sam_layerwise", "SAM with a perturbation of the same relative length in every tensor.",
              by: "layer-wise radii as in LookLayerSAM: Liu, Mai, Chen, Hsieh, You 2022", exactness: 2)
    }

    let relative = Option("relative", flag: true, "The length in a tensor is rho times its norm; 0: rho.")
    override var options: [Option] { super.options + [relative] }

    override func ascend(_ step: Step) -> Next {
        climb(step, along: step.gradient, by: .tensor, relative: relative.isOn)
        return .ask(descend)
    }
}
