import CSAM

/// proximal_point: min over u of L(u) + |u - w|^2 / (2 eta), by `inner` gradient steps from u = w. Its own update:
///     u = u - lr (gradient at u + (u - w) / eta);  w = u at the end
final class ProximalPoint: Method {
    override class var about: About {
        About("proximal_point", "The proximal point method, each step solved by a few gradient steps on its batch.",
              by: "Rockafellar 1976")
    }

    let lr = Option("lr", 0.01, .nonNegative, perGroup: true, "Learning rate of the inner steps.")
    let eta = Option("eta", 1, .positive, "Step of the proximal method: the larger, the weaker the pull to w.")
    let inner = Option("inner", count: 5, .atLeast(1), "Inner gradient steps, one evaluation each.")
    private let u = Slot("u")
    private var done = 0
    override var options: [Option] { [lr, eta, inner] }
    override var slots: [Slot] { [u] }
    override var evaluations: Int { inner.int }
    override var traits: Traits { super.traits.union(.ownOptimizer) }

    override func begin(_ step: Step) -> Next {
        done = 0
        return .ask(advance)
    }

    private func advance(_ step: Step) -> Next {
        let pull = 1 / eta.value * (step[u] - step.iterate)
        step.assign(u, done == 0 ? step.iterate - step[lr] * step.gradient : step[u] - step[lr] * (pull + step.gradient))
        done += 1
        if done == inner.int {
            step.update(to: step[u])
            return .done
        }
        step.place(at: step[u])
        return .ask(advance)
    }
}

/// proxy_prox: min over u of <g - p(w), u> + P(u) + |u - w|^2 / (2 eta), P a cheap proxy of the loss, the auxiliary objective, and p its
/// gradient, by `inner` gradient steps from u = w; the first needs no proxy. Its own update:
///     u = w - lr g, then u = u - lr (p(u) - p(w) + g + (u - w) / eta);  w = u at the end
final class ProxyProx: Method {
    override class var about: About {
        About("proxy_prox", "Proximal steps on a cheap proxy of the loss whose gradient is corrected at the iterate.",
              by: "Woodworth, Mishchenko, Bach 2023")
    }

    let lr = Option("lr", 0.01, .nonNegative, perGroup: true, "Learning rate of the inner steps.")
    let eta = Option("eta", 1, .positive, "Step of the proximal method: the larger, the weaker the pull to w.")
    let inner = Option("inner", count: 5, .atLeast(1), "Inner steps, one evaluation of the proxy each but the first.")
    private let u = Slot("u"), correction = Slot("correction")
    private var done = 0
    override var options: [Option] { [lr, eta, inner] }
    override var slots: [Slot] { [u, correction] }
    override var evaluations: Int { inner.int > 1 ? inner.int + 1 : 1 }
    override var traits: Traits { super.traits.union(inner.int > 1 ? [.ownOptimizer, .auxiliary] : .ownOptimizer) }

    override func begin(_ step: Step) -> Next { .ask(start) }

    private func start(_ step: Step) -> Next {
        done = 1
        step.assign(u, step.iterate - step[lr] * step.gradient)
        step.assign(correction, step.gradient)
        return inner.int == 1 ? finish(step) : .ask(correct, bits: SAM_AUXILIARY)
    }

    private func correct(_ step: Step) -> Next {
        step.assign(correction, step[correction] - step.gradient)
        step.place(at: step[u])
        return .ask(advance, bits: SAM_AUXILIARY)
    }

    private func advance(_ step: Step) -> Next {
        let pull = 1 / eta.value * (step[u] - step.iterate)
        step.assign(u, step[u] - step[lr] * (pull + step.gradient + step[correction]))
        done += 1
        if done == inner.int { return finish(step) }
        step.place(at: step[u])
        return .ask(advance, bits: SAM_AUXILIARY)
    }

    private func finish(_ step: Step) -> Next {
        step.update(to: step[u])
        return .done
    }
}
