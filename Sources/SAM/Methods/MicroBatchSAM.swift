import CSAM

/// sam_m: m-sharpness. Each of `micro_batches` batches climbs alone; the mean of their gradients at w + e is the direction.
///     e_i = rho g_i / |g_i|;  direction = mean of the gradients of batch i at w + e_i
final class MicroBatchSAM: Ascent {
    override class var about: About {
        About("sam_m", "m-sharpness: every micro-batch has a perturbation of its own, the perturbed gradients are averaged.",
              by: "Foret, Kleiner, Mobahi, Neyshabur 2021; Andriushchenko, Flammarion 2022")
    }

    let microBatches = Option("micro_batches", count: 4, .atLeast(1), "Batches of a step, each with a perturbation of its own.")
    private let sum = Slot("sum")
    private var done = 0
    override var options: [Option] { super.options + [microBatches] }
    override var slots: [Slot] { [sum] }
    override var evaluations: Int { 2 * microBatches.int }

    override func begin(_ step: Step) -> Next {
        done = 0
        return .ask(ascend)
    }

    override func descend(_ step: Step) -> Next {
        step.assign(sum, done == 0 ? step.gradient : step[sum] + step.gradient)
        done += 1
        if done == microBatches.int { return step.descend(along: 1 / Double(done) * step[sum]) }
        step.restore()
        return .ask(ascend, bits: SAM_NEXT_BATCH)
    }
}
