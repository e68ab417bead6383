import CSAM
import CSAMShims

/// o2nc: online learning of the update delta, with gradients taken at a random point of the move. Its own update:
///     g at w + s delta, s = uniform of stream 3;  w = w + delta;  delta = project(delta - lr g) onto |delta| <= radius
/// delta = 0 in the first step and behind each restart: the gradient is at w then. The average of the evaluation points is the host's.
final class O2NC: Method {
    override class var about: About {
        About("o2nc", "Online-to-nonconvex conversion: the update is learnt online, gradients are taken at random points of the move.",
              by: "Cutkosky, Mehta, Orabona 2023")
    }

    let lr = Option("lr", 0.01, .nonNegative, perGroup: true, "Learning rate of the update.")
    let radius = Option("radius", 0.01, .nonNegative, "Largest length of an update.")
    let restart = Option("restart", count: 0, .atLeast(0), "Steps between two restarts from delta = 0; 0: never.")
    let seed = Option("seed", count: 0, .between(0, 9007199254740991), "Of every random draw.")
    let delta = Slot("delta", life: .always)
    override var options: [Option] { [lr, radius, restart, seed] }
    override var slots: [Slot] { [delta] }
    override var traits: Traits { super.traits.union(.ownOptimizer) }

    private func isKnown(_ step: Step) -> Bool {
        step.has(delta) && (restart.int == 0 || (step.number - 1) % Int64(restart.int) != 0)
    }

    override func begin(_ step: Step) -> Next {
        if isKnown(step) { step.displace(by: step.uniform(.decisions) * step[delta]) }
        return .ask(move)
    }

    private func move(_ step: Step) -> Next {
        let known = isKnown(step), change = -step[lr] * step.gradient
        if known { step.update(to: step.iterate + step[delta]) }
        step.assign(delta, known ? step[delta] + change : change)
        let length = step.norm(step[delta])
        if length > radius.value { step.assign(delta, radius.value / length * step[delta]) }
        return .done
    }
}

/// exp_o2nc: o2nc with exponentially distributed scaling of the moves. Its own update:
///     delta = (delta - lr g) beta / (1 + lr mu);  w = w + s delta, s = -ln uniform (stream 3), or 1
/// Unscaled and with mu = 0 it is sgd with momentum beta and rate lr beta.
final class ExponentialO2NC: Method {
    override class var about: About { About("exp_o2nc", "Momentum with moves scaled by exponentially distributed numbers.", by: "Zhang, Cutkosky 2024") }

    let lr = Option("lr", 0.01, .nonNegative, perGroup: true, "Learning rate of the update.")
    let beta = Option("beta", 0.99, .share, perGroup: true, "Decay of the update.")
    let mu = Option("mu", 0, .nonNegative, perGroup: true, "Strength of the regulariser of the update.")
    let scaling = Option("random_scaling", flag: true, "Moves are scaled at random.")
    let seed = Option("seed", count: 0, .between(0, 9007199254740991), "Of every random draw.")
    let delta = Slot("delta", life: .always)
    override var options: [Option] { [lr, beta, mu, scaling, seed] }
    override var slots: [Slot] { [delta] }
    override var traits: Traits { super.traits.union(.ownOptimizer) }

    override func begin(_ step: Step) -> Next { .ask(move) }

    private func move(_ step: Step) -> Next {
        let keep = step[beta] / (1 + step[lr] * step[mu])
        step.assign(delta, keep * (step[delta] - step[lr] * step.gradient))
        let size = scaling.isOn ? -step.device.kernels.pointee.logarithm!(step.uniform(.decisions)) : 1
        step.update(to: step.iterate + size * step[delta])
        return .done
    }
}
