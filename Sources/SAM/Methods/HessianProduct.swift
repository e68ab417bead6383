import CSAMShims

/// Products with the Hessian of the step's batch, as a difference of two gradients:
///     H v = (gradient(x + h v) - gradient(x - h v)) / 2h,  h = difference (1 + |x|) / |v|
final class HessianProduct {
    let difference: Option
    private let ahead = Slot("ahead")

    /// initial: the option's default.
    init(_ initial: Double = 1e-3) {
        difference = Option("difference", initial, .share,
                            "Length of the step to both sides in products with the Hessian, relative to 1 + |w|; 0: half the cube root of the coarsest dtype's precision.")
    }

    var slots: [Slot] { [ahead] }

    /// Asks for both evaluations and goes on with H v, valid until the next assignment or evaluation. x and v, not 0, stand in slots
    /// that are kept until then, or are the iterate or random numbers.
    func ask(_ step: Step, at x: Vector, along v: Vector, then: @escaping (Step, Vector) -> Next) -> Next {
        let h = relative(step) * (1 + step.norm(x)) / step.norm(v)
        step.place(at: x + h * v)
        return .ask { [self] step in
            step.assign(ahead, step.gradient)
            step.place(at: x - h * v)
            return .ask { [self] step in then(step, 1 / (2 * h) * (step[ahead] - step.gradient)) }
        }
    }

    private func relative(_ step: Step) -> Double {
        if difference.isOn { return difference.value }
        var precision = 0.0
        for t in step.device.tensors { precision = max(precision, spacing(of: t.storage), isHalf(t.gradientType) ? spacing(of: t.gradientType) : 0) }
        return 0.5 * step.device.kernels.pointee.power!(precision, 1.0 / 3)
    }
}
