import CSAM

/// What methods that climb share: the radius and the shape of the ball, and the ascent in it.
///     two:      e = rho T^2 v / (|T v| + 1e-12), and 0 where |T v| = 0
///     infinity: e = rho T sign(v)
/// T, the shape (`scaling`), is taken at the iterate. "element": |w| + eta, "tensor": ||w|| of the tensor + eta, both on
/// tensors of role weight and embedding and on norm tensors with "weight" in their name, elsewhere 1; "square": |w|, "filter":
/// ||w|| of the row + eta, both on every tensor; "plain_norm": e = rho |w| v / (|v| + 1e-12). The norm runs over all
/// groups whose rho is not 0, and over the tensors of `part`.
class Ascent: Method {
    final let rho: Option, scaling: Option, eta: Option, ascentNorm: Option, part: Option

    required init() {
        rho = Option("rho", 0.05, .nonNegative, perGroup: true, "Radius of the ascent.")
        scaling = Option("scaling", choices: "none,element,tensor,square,filter,plain_norm", perGroup: true,
                         "Shape of the ball: none 1; element |w| + eta; tensor its norm + eta; square |w|; filter the row's norm + eta; plain_norm |w|, outside the norm.")
        eta = Option("eta", 0.01, .nonNegative, perGroup: true, "Added to the weights' size by scaling element, tensor and filter.")
        ascentNorm = Option("ascent_norm", choices: "two,infinity",
                            "Norm of the ball: two, or infinity, where every element moves by rho T; scaling plain_norm has the first alone.")
        part = Option("part", choices: "all,norm,rest",
                      "Which tensors are perturbed and counted in the radius: all, those of role norm, the others.")
        super.init()
        rho.preset(radius.value, radius.range)
    }

    /// Default and range of rho.
    var radius: (value: Double, range: Bounds) { (0.05, .nonNegative) }

    override var options: [Option] { [rho, scaling, eta, ascentNorm, part] }
    override var evaluations: Int { 2 }
    override var traits: Traits { super.traits.union(uses("filter") ? .rows : []) }

    /// Whether a group has the choice, which is not "none".
    final private func uses(_ choice: StaticString) -> Bool {
        if !scaling.isUsed { return false }
        for group in scaling.values.indices where scaling.isChoice(choice, group: group) { return true }
        return false
    }

    override func begin(_ step: Step) -> Next { .ask(ascend) }

    func ascend(_ step: Step) -> Next {
        climb(step, along: step.gradient)
        return .ask(descend)
    }

    func descend(_ step: Step) -> Next { step.descend(along: step.gradient) }

    /// Weights = iterate + e, e along v; along `first` in tensors whose part of `unless` was never written.
    final func climb(_ step: Step, along v: Vector, unless: Slot? = nil, first: Vector? = nil, by unit: Unit = .all,
               relative: Bool = false, normalized: Bool = true) {
        let scope = reach(step), shape = ball(step)
        var size: Coefficient = step[rho]
        if normalized && !isInfinity {
            let counted = uses("plain_norm") ? nil : shape
            func scaled(_ v: Vector) -> Vector { counted.map { $0 * v } ?? v }
            if unit == .all {
                size = step.over(size, step.norm(scaled(v), in: scope, unless: unless, first: first.map(scaled)))
            } else if relative {
                let (weights, lengths) = step.norms(step.iterate, and: scaled(v), by: unit)
                size = size * .combine(weights, lengths) { $1 == 0 ? 0 : $0 / $1 }
            } else {
                size = size * step.norms(scaled(v), by: unit).map { $0 == 0 ? 0 : 1 / ($0 + 1e-12) }
            }
        }
        step.displace(by: sized(step, v, shape, size), in: scope, unless: unless, first: first.map { sized(step, $0, shape, size) })
    }

    /// The same with another length in the place of |T v|.
    final func climb(_ step: Step, along v: Vector, over length: Coefficient) {
        let size = isInfinity ? step[rho] : .combine(step[rho], length) { $1 == 0 ? 0 : $0 / ($1 + 1e-12) }
        step.displace(by: sized(step, v, ball(step), size), in: reach(step))
    }

    /// e itself, along v; rho T^2 v where it is not normalised.
    final func ascent(_ step: Step, along v: Vector, radius: Coefficient? = nil, normalized: Bool = true) -> Vector {
        let rho = radius ?? step[self.rho]
        return sized(step, v, ball(step), isInfinity || !normalized ? rho : step.over(rho, length(step, of: v)))
    }

    /// |T v| over the tensors that are perturbed.
    final func length(_ step: Step, of v: Vector) -> Double { step.norm(counted(step, v), in: reach(step)) }

    /// |T v| by tensor.
    final func lengths(_ step: Step, of v: Vector) -> Coefficient { step.norms(counted(step, v), by: .tensor) }

    final private func counted(_ step: Step, _ v: Vector) -> Vector { uses("plain_norm") ? v : ball(step).map { $0 * v } ?? v }

    final private var isInfinity: Bool { ascentNorm.isOn && !uses("plain_norm") }

    /// size T^2 v; size T sign(v) (infinity); size |w| v (plain_norm).
    final private func sized(_ step: Step, _ v: Vector, _ shape: Vector?, _ size: Coefficient) -> Vector {
        if uses("plain_norm") { return size * (step.iterate.magnitude * v) }
        if isInfinity { return size * (shape.map { $0 * v.sign } ?? v.sign) }
        return size * (shape.map { $0.twice(v) } ?? v)
    }

    /// T; nil: 1 everywhere.
    final func ball(_ step: Step) -> Vector? {
        if !scaling.isUsed || uses("plain_norm") { return nil }
        func choice(_ t: Tensor, _ name: StaticString) -> Bool { scaling.isChoice(name, group: Int(t.group)) }
        // T = a |w| + b
        let a = step.perTensor { choice($0, "square") || choice($0, "element") && self.isScaled($0) ? 1 : 0 }
        var b = step.perTensor {
            choice($0, "square") || choice($0, "filter") ? 0
                : (choice($0, "element") || choice($0, "tensor")) && self.isScaled($0) ? self.eta[Int($0.group)] : 1
        }
        if uses("tensor") {
            b = b + step.perTensor { choice($0, "tensor") && self.isScaled($0) ? 1 : 0 } * step.norms(step.iterate, by: .tensor)
        }
        if uses("filter") {
            b = b + step.perTensor { choice($0, "filter") ? 1 : 0 } * (step.norms(step.iterate, by: .row) + step[eta])
        }
        return a.isZero ? Vector(constant: b) : a * step.iterate.magnitude + b
    }

    /// Official ASAM scales what has "weight" in its name: the roles weight and embedding, and a norm layer's weight.
    final private func isScaled(_ t: Tensor) -> Bool {
        Int(t.role) == SAM_WEIGHT || Int(t.role) == SAM_EMBEDDING || (Int(t.role) == SAM_NORM && t.name.contains("weight"))
    }

    /// The tensors that are perturbed; nil: all.
    final func reach(_ step: Step) -> [Bool]? {
        let whole = !part.isOn
        if whole && (rho.values.count == 1 || rho.values.allSatisfy { $0 != 0 }) { return nil }
        let norm = part.isChoice("norm")
        return step.device.tensors.map { t in
            (whole || (Int(t.role) == SAM_NORM) == norm) && (self.rho.values.count == 1 || self.rho[Int(t.group)] != 0)
        }
    }
}
