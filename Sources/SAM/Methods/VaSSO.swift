/// vasso: SAM along a running mean of gradients, whose direction varies less from batch to batch.
///     d = g at first, then (1 - theta) d + theta g;  e = rho d / |d|;  direction = gradient at w + e
final class VaSSO: Ascent {
    override class var about: About {
        About("vasso", "SAM that climbs along a running mean of the gradients: variance-suppressed ascent.",
              by: "Li, Giannakis 2023", exactness: 2)
    }

    let theta = Option("theta", 0.9, .share, "Weight of the new gradient in the running mean.")
    let mean = Slot("d", life: .early)
    override var options: [Option] { super.options + [theta] }
    override var slots: [Slot] { [mean] }

    override func ascend(_ step: Step) -> Next {
        step.assign(mean, (1 - theta.value) * step[mean] + theta.value * step.gradient, first: step.gradient)
        climb(step, along: step[mean])
        return .ask(descend)
    }
}
