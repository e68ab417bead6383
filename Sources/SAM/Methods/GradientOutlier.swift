/// Whether a step's squared gradient norm q stands out among those before it:
///     mean' = delta mean + (1 - delta) q;  variance' = delta variance + (1 - delta) (q - mean')^2, both from 0
///     x = min(t / total_steps, 1);  q >= mean' + (x lambda1 + (1 - x) lambda2) sqrt(variance')
final class GradientOutlier {
    let delta = Option("delta", 0.9, .share, "Memory of the running mean and variance of the squared gradient norm.")
    let lambda1 = Option("lambda1", -1, .any, "Threshold at the end, in deviations above the mean.")
    let lambda2 = Option("lambda2", 1, .any, "Threshold at the start, in deviations above the mean.")
    let totalSteps = Option("total_steps", count: 1000, .atLeast(1), "Steps over which the threshold goes from lambda2 to lambda1.")
    let mean = Scalar("mean"), variance = Scalar("variance")
    var options: [Option] { [delta, lambda1, lambda2, totalSteps] }
    var scalars: [Scalar] { [mean, variance] }

    /// Of the gradient just evaluated, which is counted.
    func includes(_ step: Step) -> Bool {
        let q = step.gradientSquares(), memory = delta.value
        let m = memory * (mean.value ?? 0) + (1 - memory) * q
        let v = memory * (variance.value ?? 0) + (1 - memory) * (q - m) * (q - m)
        mean.value = m
        variance.value = v
        let x = min(Double(step.number) / totalSteps.value, 1)
        return q >= m + (x * lambda1.value + (1 - x) * lambda2.value) * v.squareRoot()
    }
}
