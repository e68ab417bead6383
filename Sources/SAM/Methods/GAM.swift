/// gam: gradient norm aware minimisation, four gradients:
///     g0 at w;  g1 at w + rho unit(g0);  e1 = rho_norm unit(g1 - g0);  g2 at w + e1;  g3 at w + e1 + rho unit(g2)
///     difference: direction = g0 + alpha (g3 - g2), the paper's, its Hessian product as a difference
///     projected:  q = weight1 g1 + weight3 g3;  direction = q - gamma ((g0 + weight2 g2) across q), the published code
final class GAM: Ascent {
    override class var about: About {
        About("gam", "Minimises the largest gradient norm in a ball beside the loss: first-order flatness.",
              by: "Zhang, Xu, Yu, Zou, Cui 2023", exactness: 2)
    }

    let rhoNorm = Option("rho_norm", 0.2, .nonNegative, perGroup: true, "Length of the step up the gradient's norm.")
    let form = Option("form", choices: "difference,projected", "difference: the paper's direction; projected: the published code's.")
    let alpha = Option("alpha", 0.5, .nonNegative, "Form difference: weight of the gradient norm.")
    let gamma = Option("gamma", 0.03, .nonNegative, "Form projected: weight of what is taken off.")
    let weight1 = Option("weight1", 0.6, .nonNegative, "Form projected: weight of g1.")
    let weight2 = Option("weight2", 0.5, .nonNegative, "Form projected: weight of g2.")
    let weight3 = Option("weight3", 0.4, .nonNegative, "Form projected: weight of g3.")
    let g0 = Slot("g0"), g1 = Slot("g1"), g2 = Slot("g2"), e1 = Slot("e1")
    override var radius: (value: Double, range: Bounds) { (0.02, .nonNegative) }
    override var options: [Option] { super.options + [rhoNorm, form, alpha, gamma, weight1, weight2, weight3] }
    override var slots: [Slot] { [g0, g2, e1] + (form.isChoice("projected") ? [g1] : []) }
    override var evaluations: Int { 4 }

    override func ascend(_ step: Step) -> Next {
        step.assign(g0, step.gradient)
        climb(step, along: step.gradient)
        return .ask(climbNorm)
    }

    private func climbNorm(_ step: Step) -> Next {
        if form.isChoice("projected") { step.assign(g1, step.gradient) }
        step.assign(e1, step.gradient - step[g0])
        step.assign(e1, ascent(step, along: step[e1], radius: step[rhoNorm]))
        step.displace(by: step[e1], in: reach(step))
        return .ask(climbAgain)
    }

    private func climbAgain(_ step: Step) -> Next {
        step.assign(g2, step.gradient)
        step.displace(by: step[e1] + ascent(step, along: step.gradient), in: reach(step))
        return .ask(descend)
    }

    override func descend(_ step: Step) -> Next {
        if form.isChoice("difference") {
            step.assign(e1, step.gradient - step[g2])       // exactly 0 where the two are one
            return step.descend(along: step[g0] + alpha.value * step[e1])
        }
        step.assign(g1, weight1.value * step[g1] + weight3.value * step.gradient)
        return step.descend(along: step[g1] - gamma.value * step.across(step[g0] + weight2.value * step[g2], step[g1]))
    }
}
