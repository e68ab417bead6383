/// zo_recursive: a recursive estimate of the gradient from losses alone:
///     steps 1, period + 1, ...: v = estimate at w;  others: v' = v + estimate at w - estimate at the weights before, same batch and probes
///     direction = v.  The paper's constants are not established.
final class ZORecursive: Method {
    override class var about: About {
        About("zo_recursive", "A recursive zeroth-order estimate: differences between steps, renewed every period.",
              by: "Chen, Xu, Luo 2023")
    }

    let zeroth = ZerothOrder(distribution: 1)
    let period = Option("period", count: 10, .atLeast(1), "Steps between two estimates from nothing.")
    let before = Slot("before"), direction = Slot("v", life: .always), weights = Slot("weights", life: .always)
    override var options: [Option] { zeroth.options + [period] }
    override var slots: [Slot] { zeroth.slots + [before, direction, weights] }
    override var evaluations: Int { (period.int > 1 ? 2 : 1) * zeroth.evaluations }

    override func begin(_ step: Step) -> Next { zeroth.estimate(step, draw: step.number, then: look) }

    private func look(_ step: Step) -> Next {
        if (step.number - 1) % Int64(period.int) == 0 || !step.has(direction) {
            step.assign(direction, step[zeroth.sum])
            return finish(step)
        }
        return zeroth.estimate(step, at: { [weights] in $0[weights, initially: $0.iterate] }, draw: step.number, into: before) { step in
            let here = step[self.zeroth.sum]
            step.assign(self.direction, step[self.direction] + (here - step[self.before]), first: here)
            return self.finish(step)
        }
    }

    private func finish(_ step: Step) -> Next {
        step.assign(weights, step.iterate)
        return step.descend(along: step[direction])
    }
}
