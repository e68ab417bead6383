/// gsam: SAM that also lowers the surrogate gap. "a across b": a without its component along b.
///     perturbed: direction = gp - alpha (g across gp);  clean: direction = g + alpha (gp across g)
/// The radius that follows lr in the paper is a schedule of rho here.
final class GSAM: Ascent {
    override class var about: About {
        About("gsam", "SAM that removes from its direction what would raise the gap between perturbed and clean loss.",
              by: "Zhuang, Gong, Yuan, Cui, Adam, Dvornek, Tatikonda, Duncan, Liu 2022", exactness: 1)
    }

    let alpha = Option("alpha", 0.4, .nonNegative, "Weight of the part that is removed (form perturbed) or added (form clean).")
    let form = Option("form", choices: "perturbed,clean", "perturbed: gp - alpha (g across gp), the published code; clean: g + alpha (gp across g).")
    let clean = Slot("clean")
    override var options: [Option] { super.options + [alpha, form] }
    override var slots: [Slot] { [clean] }

    override func ascend(_ step: Step) -> Next {
        step.assign(clean, step.gradient)
        return super.ascend(step)
    }

    override func descend(_ step: Step) -> Next {
        let g = step[clean], gp = step.gradient
        return step.descend(along: form.isChoice("perturbed")
            ? gp - alpha.value * step.across(g, gp, areGradients: true)
            : g + alpha.value * step.across(gp, g, areGradients: true))
    }
}
