import CSAM
import CSAMShims

/// eigen_sam: SAM whose ascent is turned towards the Hessian's eigenvector v of largest absolute eigenvalue.
///     u = g / |g|;  e = rho (u + alpha sign(<g, v>) (v - <u, v> u)), e = rho u before the first v;  direction = gradient at w + e
///     v: power_steps steps of power iteration in steps period + 1, 2 period + 1, ..., from the old v or, at first, normal numbers
/// With a shape T: u = T^2 g / |T g|.
final class EigenSAM: Ascent {
    override class var about: About {
        About("eigen_sam", "SAM whose ascent is turned towards the Hessian's leading eigenvector.",
              by: "Luo, Truong, Pham, Harandi, Phung, Le 2024", exactness: 2)
    }

    let alpha = Option("alpha", 0.2, .nonNegative, "Weight of the eigenvector's part across the gradient.")
    let period = Option("period", count: 100, .atLeast(1), "Steps between two power iterations.")
    let powerSteps = Option("power_steps", count: 5, .atLeast(1), "Products with the Hessian of a power iteration, two evaluations each.")
    let seed = Option("seed", count: 0, .between(0, 9007199254740991), "Of the first vector.")
    private let product = HessianProduct()
    let eigenvector = Slot("v", life: .early)
    private let clean = Slot("clean"), probe = Slot("probe")
    override var options: [Option] { super.options + [alpha, period, powerSteps, product.difference, seed] }
    override var slots: [Slot] { [eigenvector, clean, probe] + product.slots }
    override var evaluations: Int { 2 + 2 * powerSteps.int }

    override func ascend(_ step: Step) -> Next {
        let known = step.has(eigenvector)
        if step.number == 1 || (step.number - 1) % Int64(period.int) != 0 {
            return known ? turn(step, step.gradient, step[eigenvector]) : super.ascend(step)
        }
        step.assign(clean, step.gradient)
        step.assign(probe, known ? step[eigenvector] : step.random(SAM_NORMAL, .probes))
        return iterate(step, 0)
    }

    private func iterate(_ step: Step, _ done: Int) -> Next {
        if done == powerSteps.int {
            step.assign(eigenvector, step[probe])
            return turn(step, step[clean], step[probe])
        }
        return product.ask(step, at: step.iterate, along: step[probe]) { [self] step, image in
            step.assign(probe, image)
            let length = step.norm(step[probe])
            if length == 0 {
                climb(step, along: step[clean])
                return .ask(descend)
            }
            step.assign(probe, 1 / (length + 1e-12) * step[probe])
            return iterate(step, done + 1)
        }
    }

    private func turn(_ step: Step, _ g: Vector, _ v: Vector) -> Next {
        let u = ascent(step, along: g, radius: 1), product = step.dot(g, v)
        let weight = alpha.value * (product > 0 ? 1 : product < 0 ? -1 : 0)
        step.displace(by: step[rho] * ((1 - weight * step.dot(u, v)) * u + weight * v), in: reach(step))
        return .ask(descend)
    }
}
