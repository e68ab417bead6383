/// What turns a direction into an update of the weights and of its own state.
/// A child is one file: its name and paper, its options, what it keeps, and `descend`. One line in BaseRegistry makes it known.
class Base {
    class var about: About { About("", "") }

    required init() {}

    var name: Name { Name(Self.about.name) }
    var options: [Option] { [] }
    /// What a step with the present options needs or keeps, without `steps`.
    var slots: [Slot] { [] }
    /// All numbers that it keeps between steps.
    var scalars: [Scalar] { [] }
    /// The steps that each tensor has made.
    final let steps = Slot("steps", life: .always, extent: .doubles { _ in 1 })
    /// Whether it can be used: a rule must fit the kernels' table.
    var isComplete: Bool { true }
    /// Evaluations of its own, at most, behind the method's.
    var evaluations: Int { 0 }
    final var asks: Bool { evaluations > 0 }
    /// Whether one of them is of the auxiliary objective.
    var needsAuxiliary: Bool { false }
    /// Whether it goes through dense algebra, whose kernels are given a stack of their own.
    var usesMatrices: Bool { false }
    /// Its running mean or sum of directions; nil where it keeps none.
    var firstMoment: Slot? { nil }
    /// The average of iterates that the base keeps itself, as a formula in what is kept; nil where it keeps none.
    func average(_ step: Step) -> Vector? { nil }
    /// The learning rate.
    final var lr: Option { options[0] }
    final func option(_ name: StaticString) -> Option? { options.first { $0.name == Name(name) } }

    /// From the iterate, along d: writes the weights and the state. All that can fail was found when the step began; what is
    /// kept is written behind the last evaluation.
    func descend(_ step: Step, along d: Vector) -> Next { .done }
}

extension Base {
    /// The number, from 1, of the step that a tensor is making; `count` makes it the last one done.
    func stepNumber(_ t: Int) -> Int { Int(steps.part[t].load(as: Double.self)) + 1 }

    func count(_ step: Step) {
        for t in 0..<step.device.count where step.device.active[t] {
            steps.part[t].storeBytes(of: Double(stepNumber(t)), as: Double.self)
            steps.wrote(t)
        }
    }
}

/// What the formulas of bases share.
extension Base {
    /// w (1 - lr weight_decay), and w itself where nothing decays.
    func decayed(_ step: Step, _ decay: Option, rate: Coefficient? = nil) -> Vector {
        decay.isUsed ? ((rate ?? step[lr]) * step[decay]).map { 1 - $0 } * step.iterate : step.iterate
    }

    /// 1 - beta^t, t a tensor's own step.
    func correction(_ step: Step, _ beta: Option) -> Coefficient {
        step.perPlace { 1 - raised(beta[Int(step.device.tensors[$0].group)], Int64(self.stepNumber($0))) }
    }

    /// 1 - beta.
    func rest(_ step: Step, _ beta: Option) -> Coefficient { step[beta].map { 1 - $0 } }

    /// The weights are v, and the step is counted.
    func finish(_ step: Step, _ v: Vector) -> Next { finish(step, moved: step.move(to: v)) }

    /// The weights were moved by parts.
    func finish(_ step: Step, moved squares: Double) -> Next {
        step.settle(moved: squares)
        count(step)
        return .done
    }
}
