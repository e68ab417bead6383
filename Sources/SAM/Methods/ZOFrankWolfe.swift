import CSAMShims

/// zo_frank_wolfe: Frank-Wolfe in a ball around 0, from losses alone. Its own update.
///     y' = (1 - r) y + r estimate, r = min(1, 4 / (t + 8)^(2/3));  w' = w + 2 / (t + 8) (v - w), v the least of <y', v> in the ball:
///     l2: -radius y' / |y'|;  linf: -radius sign(y');  l1: -radius sign at the largest |y'|, the first of equals
/// The constants are from memory of the paper.
final class ZOFrankWolfe: Method {
    override class var about: About {
        About("zo_frank_wolfe", "Frank-Wolfe in a ball with a running mean of gradients estimated from losses: no projection, no backward pass.",
              by: "Sahu, Zaheer, Kar 2019")
    }

    let zeroth = ZerothOrder()
    let radius = Option("radius", 1, .positive, "Radius of the ball that the weights move towards.")
    let ball = Option("ball", choices: "l2,l1,linf", "Norm of the ball.")
    let mean = Slot("y", life: .always), corner = Slot("corner")
    override var options: [Option] { [zeroth.mu, zeroth.directions, radius, ball, zeroth.seed] }
    override var slots: [Slot] { zeroth.slots + [mean] + (ball.isChoice("l1") ? [corner] : []) }
    override var evaluations: Int { zeroth.evaluations }
    override var traits: Traits { super.traits.union(.ownOptimizer) }

    override func begin(_ step: Step) -> Next { zeroth.estimate(step, draw: step.number, then: move) }

    private func move(_ step: Step) -> Next {
        let t = Double(step.number), r = min(1, 4 / step.device.kernels.pointee.power!(t + 8, 2.0 / 3))
        step.assign(mean, (1 - r) * step[mean] + r * step[zeroth.sum])
        step.update(to: step.iterate + 2 / (t + 8) * (vertex(step) - step.iterate))
        return .done
    }

    private func vertex(_ step: Step) -> Vector {
        let y = step[mean]
        if ball.isChoice("linf") { return -radius.value * y.sign }
        if ball.isChoice("l1") {
            step.assign(corner, largest: 1, of: y.magnitude)
            return -radius.value * (y.sign * step[corner])
        }
        let length = step.norm(y)
        return (length == 0 ? 0 : -radius.value / length) * y
    }
}
