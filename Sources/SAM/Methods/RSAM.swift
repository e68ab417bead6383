/// rsam: SAM that climbs from a random point near the weights.
///     z = sigma ||w|| of the row times normal noise;  g at w + z;  direction = gradient at w + z + rho unit(g)
/// The noise is in every tensor, whatever `part`. The paper's coefficients are not established: the defaults are this library's.
final class RSAM: Ascent {
    override class var about: About { About("rsam", "SAM that climbs from randomly perturbed weights.", by: "Liu, Mai, Cheng, Chen, Hsieh, You 2022") }

    let sigma = Option("sigma", 0.01, .nonNegative, "Deviation of the noise in units of each row's norm.")
    let seed = Option("seed", count: 0, .between(0, 9007199254740991), "Of every random draw.")
    let noise = Slot("noise")
    override var options: [Option] { super.options + [sigma, seed] }
    override var slots: [Slot] { [noise] }
    override var traits: Traits { super.traits.union(.rows) }

    override func begin(_ step: Step) -> Next {
        step.assign(noise, step.filterNoise(sigma.value))
        step.displace(by: step[noise])
        return .ask(ascend)
    }

    override func ascend(_ step: Step) -> Next {
        step.displace(by: step[noise] + within(step, ascent(step, along: step.gradient)))
        return .ask(descend)
    }
}
