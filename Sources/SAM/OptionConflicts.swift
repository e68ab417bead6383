import CSAMShims

/// Options of which each is right and which do not go together: the second one is refused when it is set, chosen or given a course, so that a
/// step never has to.
///
/// micro_batches goes with a method whose direction keeps nothing from one micro-batch to the next. What a method keeps depends on its options, and
/// an option with a course takes all values from `initial` to `final`.
extension Optimizer {
    /// Changes an option by `change`, unless another one that is set does not go with it: then nothing is changed.
    /// given: says the new value in a sentence.
    func attempt(_ option: Option, given: (inout Sentence.Pieces) -> Void, _ change: () throws(Failure) -> Void) throws(Failure) {
        let before = option.remembered
        try change()
        if shared.microBatches.int > 1 && option !== shared.microBatches && keepsState {
            option.recall(before)
            throw .unsupported("\(option.name) = \(given) does not go with micro_batches = \(shared.microBatches.int): method \"\(methodName)\" then keeps state; expected micro_batches = 1")
        }
    }

    /// That all options go together, of a state that was read.
    func checkTogether() throws(Failure) {
        for option in shared.all {
            try shared.check(option, option.value, of: self)
            for schedule in option.schedules {
                if let schedule { try shared.check(option, schedule.initial + schedule.final, of: self) }
            }
        }
    }

    /// Whether the method's direction keeps anything at any time of its options' courses.
    var keepsState: Bool {
        if method.keepsState { return true }
        let scheduled = method.options.filter { $0.hasSchedule }
        if scheduled.isEmpty { return false }
        let before = scheduled.map { $0.remembered }
        var keeps = false
        for share in [0.0, 0.3, 0.7, 1.0] {                 // the ends, and two places between which no course is 0 in both
            for option in scheduled { option.place(at: share) }
            if method.keepsState { keeps = true }
        }
        for (option, was) in zip(scheduled, before) { option.recall(was) }
        return keeps
    }
}

extension Method {
    fileprivate var keepsState: Bool { state > 0 || !scalars.isEmpty || isOwnOptimizer || repeatsBase || addsBehind }
}
