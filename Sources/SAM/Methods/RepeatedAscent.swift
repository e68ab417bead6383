/// An ascent of several steps that stays in the ball. u is the point in the ball's own coordinates, e = rho T u, |u| <= 1:
///     u' = project(u + ascent_step unit(T g)), g the gradient at w + e;  project shortens to length 1 what is longer
/// With norm infinity sign takes the place of unit, and each element of u is cut into [-1, 1].
final class RepeatedAscent {
    let ascents = Option("ascents", count: 3, .atLeast(1), "Ascents, each along the gradient where the last one ended.")
    let ascentStep = Option("ascent_step", 1, .positive, "Length of one ascent, in units of rho.")
    let u = Slot("u")

    /// Weights = iterate + rho T u on the ball's surface, u along v.
    func start(_ step: Step, _ method: Ascent, along v: Vector) {
        step.assign(u, method.isBox ? v.sign : v)
        if !method.isBox {
            let length = step.norm(step[u], in: method.reach(step))
            step.assign(u, (length == 0 ? 0 : 1 / length) * step[u])
        }
        step.displace(by: method.pushed(step, step[u]), in: method.reach(step))
    }

    /// Weights = iterate + rho T u', from u, or from the iterate.
    func advance(_ step: Step, _ method: Ascent, fromIterate: Bool, normalize: Bool = true) {
        let scope = method.reach(step), v = method.pulled(step, step.gradient)
        let unit = !normalize ? v : method.isBox ? v.sign : step.over(1, step.norm(v, in: scope)) * v
        let there = fromIterate ? ascentStep.value * unit : step[u] + ascentStep.value * unit
        step.assign(u, method.isBox ? there.clipped(1) : there)
        if !method.isBox {
            let length = step.norm(step[u], in: scope)
            if length > 1 { step.assign(u, 1 / length * step[u]) }
        }
        step.displace(by: method.pushed(step, step[u]), in: scope)
    }
}

/// The ball's own coordinates: e = rho T u.
extension Ascent {
    /// Whether the ball is that of norm infinity.
    var isBox: Bool { ascentNorm.isChoice("infinity") }

    private var isPlain: Bool {
        for group in scaling.values.indices where scaling.isChoice("plain_norm", group: group) { return true }
        return false
    }

    /// What u follows where the loss rises along v: T v; v where the shape stands outside the norm (plain_norm).
    func pulled(_ step: Step, _ v: Vector) -> Vector { ball(step).map { $0 * v } ?? v }

    /// rho T u.
    func pushed(_ step: Step, _ u: Vector) -> Vector {
        step[rho] * ((isPlain ? step.iterate.magnitude : ball(step)).map { $0 * u } ?? u)
    }

    /// e, and 0 in tensors that are not perturbed.
    func within(_ step: Step, _ e: Vector) -> Vector {
        guard let scope = reach(step) else { return e }
        return Coefficient(1, step.device.pool.make(.tensor) { scope[$0] ? 1 : 0 }) * e
    }
}
