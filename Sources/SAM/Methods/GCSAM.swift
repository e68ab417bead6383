/// gcsam: SAM with centralised gradients: every row (slice of the first axis) of a tensor of rank 2 or more without its mean.
///     e = rho c / |c|, c the centralised g;  direction = gradient at w + e, centralised where `descent` is on
final class GCSAM: Ascent {
    override class var about: About {
        About("gcsam", "SAM whose gradients lose the mean of every row: gradient centralisation.",
              by: "Hassan, Vakanski, Zhang, Xian 2025")
    }

    let centralizesDescent = Option("descent", flag: true, "The descent gradient is centralised as well.")
    override var options: [Option] { super.options + [centralizesDescent] }
    override var traits: Traits { super.traits.union(.rows) }

    private func centralized(_ step: Step) -> Vector {
        let lengths = step.perTensor { $0.shape.count > 1 && $0.count > 0 ? Double($0.count / $0.rows) : 0 }
        let sums = step.dots(step.gradient, Vector(constant: 1), by: .row)
        return step.gradient + (-Coefficient.combine(sums, lengths) { $1 == 0 ? 0 : $0 / $1 })
    }

    override func ascend(_ step: Step) -> Next {
        climb(step, along: centralized(step))
        return .ask(descend)
    }

    override func descend(_ step: Step) -> Next {
        step.descend(along: centralizesDescent.isOn ? centralized(step) : step.gradient)
    }
}
