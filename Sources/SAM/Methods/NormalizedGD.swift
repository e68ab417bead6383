import CSAMShims

/// normalized_gd: the gradient, or its running mean m, divided by a power of its norm; 0 where m = 0.
///     direction = m / (|m|^beta + delta);  m = g, or with `average`: g at first, then average m + (1 - average) g
final class NormalizedGD: Method {
    override class var about: About {
        About("normalized_gd", "Gradient descent with the gradient, or its running mean, divided by a power of its norm.",
              by: "Nesterov 1984; Cutkosky, Mehta 2020; Chen, Zhou, Liang, Lu 2023")
    }

    let beta = Option("beta", 1, .share, "Power of the norm: 1 normalises, 0 is the base.")
    let delta = Option("delta", 0, .nonNegative, "Added to the divisor.")
    let average = Option("average", 0, .share, "Decay of the running mean; 0: none, and no state.")
    let mean = Slot("m", life: .always)
    override var options: [Option] { [beta, delta, average] }
    override var slots: [Slot] { keeps ? [mean] : [] }

    private var keeps: Bool { average.isOn }

    override func begin(_ step: Step) -> Next { .ask(descend) }

    private func descend(_ step: Step) -> Next {
        let g = step.gradient
        if keeps { step.assign(mean, average.value * step[mean] + (1 - average.value) * g, first: g) }
        let m = keeps ? step[mean] : g, length = step.norm(m)
        let size = length == 0 ? 0 : 1 / (step.device.kernels.pointee.power!(length, beta.value) + delta.value)
        return step.descend(along: size * m)
    }
}
