/// What turns a direction into an update of the weights and of its own state.
class Base {
    let name: Name
    init(name: Name) { self.name = name }

    var options: [Option] { [] }
    /// The vectors that a step with the present options needs.
    var slots: [Slot] { [] }
    /// Evaluations of its own, at most, behind the method's.
    var evaluations: Int { 0 }
    var asks: Bool { evaluations > 0 }
    /// Its running mean or sum of directions; nil where it keeps none.
    var firstMoment: Slot? { nil }
    /// The learning rate.
    var lr: Option { options[0] }
    func option(_ name: StaticString) -> Option? { options.first { $0.name == Name(name) } }

    /// From the iterate, along d: writes the weights and the state.
    func descend(_ step: Step, along d: Vector) -> Next { .done }
}
