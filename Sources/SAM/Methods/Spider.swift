/// spider: a recursive estimate v of the gradient with less variance: both gradients of a step are of one batch.
///     steps 1, period + 1, ...: v = g;  the others: v = v + g - gradient at the previous iterate
///     direction = v / (|v| + 1e-12), or v
final class Spider: Method {
    override class var about: About {
        About("spider", "Recursive variance-reduced gradients: each step adds the change between the last two iterates.",
              by: "Fang, Li, Lin, Zhang 2018")
    }

    let period = Option("period", count: 10, .atLeast(1), "Steps between two plain gradients.")
    let normalize = Option("normalize", flag: true, "The direction has length 1.")
    let estimate = Slot("v", life: .always), weights = Slot("weights", life: .always)
    private let here = Slot("g")
    override var options: [Option] { [period, normalize] }
    override var slots: [Slot] { [estimate, weights, here] }
    override var evaluations: Int { 2 }

    override func begin(_ step: Step) -> Next { .ask(look) }

    private func look(_ step: Step) -> Next {
        if (step.number - 1) % Int64(period.int) == 0 || !step.has(estimate) {
            step.assign(estimate, step.gradient)
            return descend(step)
        }
        step.assign(here, step.gradient)
        step.place(at: step[weights], unless: weights, first: step.iterate)
        return .ask(correct)
    }

    private func correct(_ step: Step) -> Next {
        step.assign(estimate, step[estimate] + step[here] - step.gradient, first: step[here])
        return descend(step)
    }

    private func descend(_ step: Step) -> Next {
        step.assign(weights, step.iterate)
        let v = step[estimate]
        return step.descend(along: normalize.isOn ? step.over(1, step.norm(v)) * v : v)
    }
}
