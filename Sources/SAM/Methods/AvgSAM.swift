import CSAMShims

/// avg_sam: direction = mean of the gradients at w + sigma z_k, z_k normal, k = 1 ... samples. Draw of the k-th: t samples + k - 1.
final class AvgSAM: Method {
    override class var about: About {
        About("avg_sam", "The mean gradient at randomly perturbed weights: lowers the average sharpness.",
              by: "Zhu, He, Chen, Song, Tao 2023", exactness: 2)
    }

    let sigma = Option("sigma", 0.01, .nonNegative, "Deviation of the noise of every weight.")
    let samples = Option("samples", count: 1, .atLeast(1), "Points of which the mean gradient is taken.")
    let seed = Option("seed", count: 0, .between(0, 9007199254740991), "Of every random draw.")
    let mean = Slot("mean_gradient")
    override var options: [Option] { [sigma, samples, seed] }
    override var slots: [Slot] { samples.int > 1 ? [mean] : [] }
    override var evaluations: Int { samples.int }

    override func begin(_ step: Step) -> Next { sample(step, 1) }

    private func sample(_ step: Step, _ k: Int) -> Next {
        step.displace(by: sigma.value * step.random(SAM_NORMAL, .noise, draw: step.number &* Int64(samples.int) &+ Int64(k - 1)))
        return .ask({ self.gather($0, k) })
    }

    private func gather(_ step: Step, _ k: Int) -> Next {
        if samples.int == 1 { return step.descend(along: step.gradient) }
        let g = step.gradient                               // the running mean of equal gradients is that gradient, bit for bit
        step.assign(mean, k == 1 ? g : step[mean] + 1 / Double(k) * (g - step[mean]))
        return k == samples.int ? step.descend(along: step[mean]) : sample(step, k + 1)
    }
}
