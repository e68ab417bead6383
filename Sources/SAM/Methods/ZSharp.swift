/// zsharp: SAM along what is left of the gradient when, in every tensor of rank 2 or more, only the entries far from its mean stay:
/// those with |g - mean| strictly above the floor(z_quantile (n - 1))-th of the sorted values. Other tensors, and those of one
/// element, stay whole.
///     global: e = rho f / |f|, f what is left; along g where nothing is
///     tensor: a filtered tensor has e = rho f / |f| of it; the others, and those of which nothing is left, their part of rho g / |g|
final class ZSharp: Ascent {
    override class var about: About {
        About("zsharp", "SAM along the gradient's outliers: in each tensor only entries far from the mean are kept.",
              by: "Yun 2025", exactness: 2)
    }

    let quantile = Option("z_quantile", 0.95, .fraction, "Share of a tensor's entries that are filtered out.")
    let scope = Option("norm_scope", choices: "global,tensor", "Whose norm the radius is divided by: all that is left, or each tensor's, as in the published code.")
    private let far = Slot("far")
    override var options: [Option] { super.options + [quantile, scope] }
    override var slots: [Slot] { [far] }

    override func ascend(_ step: Step) -> Next {
        let g = step.gradient, tensors = step.device.tensors
        func isFiltered(_ t: Int) -> Bool { tensors[t].shape.count > 1 && tensors[t].count > 1 }
        let counts = step.perTensor { Double(max($0.count, 1)) }
        let distance = (g + (-step.dots(g, Vector(constant: 1), by: .tensor) / counts)).magnitude
        let least = step.kths(distance) {
            isFiltered($0) ? tensors[$0].count - Int(self.quantile.value * Double(tensors[$0].count - 1)) : nil
        }
        step.assign(far, Vector.above(distance, Vector(constant: least)) * g)
        if scope.isChoice("global") {
            let left = length(step, of: step[far])
            if left == 0 { climb(step, along: g) } else { climb(step, along: step[far], over: Coefficient(left)) }
            return .ask(descend)
        }
        let left = lengths(step, of: step[far]), filtered = step.perPlace { isFiltered($0) ? 1 : 0 }
        let whole = length(step, of: g)
        step.assign(far, step[far] + .combine(left, filtered) { $0 == 0 && $1 == 1 ? 1 : 0 } * g)
        climb(step, along: step[far], over: .combine(left, filtered) { $0 != 0 && $1 == 1 ? $0 : whole })
        return .ask(descend)
    }
}
