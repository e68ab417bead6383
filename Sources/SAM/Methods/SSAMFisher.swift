import CSAM

/// ssam_f: SAM that perturbs only the weights of the largest Fisher information F.
///     e = mask rho g / |g|, the norm of the whole g;  direction = gradient at w + e
///     mask: int(n (1 - sparsity)) ones at the largest F over all tensors, of equal ones the lower index; renewed in steps 2,
///     2 + update_every, ..., and until the first one zeros or ones (`initial`)
///     F: sum of squared gradients of `samples` batches (fisher batches), or of the step's own batch (minibatch)
final class SSAMFisher: Ascent {
    override class var about: About {
        About("ssam_f", "Sparse SAM: only the weights with the largest Fisher information are perturbed.",
              by: "Mi, Shen, Ren, Zhou, Sun, Ji, Tao 2022")
    }

    let sparsity = Option("sparsity", 0.2, .share, "Share of the weights that are not perturbed.")
    let updateEvery = Option("update_every", count: 1000, .atLeast(1), "Steps between two renewals of the mask.")
    let fisher = Option("fisher", choices: "batches,minibatch",
                        "batches: squared gradients of extra batches, single examples if the host makes them so; minibatch: of the step's own batch.")
    let samples = Option("samples", count: 64, .atLeast(1), "Fisher batches: how many batches are summed.")
    let initial = Option("initial", choices: "zeros,ones", "The mask before the first renewal: zeros perturbs nothing, ones everything.")
    let mask = Slot("mask", life: .early), information = Slot("fisher")
    private var isDue = false, done = 0
    override var options: [Option] { super.options + [sparsity, updateEvery, fisher, samples, initial] }
    override var slots: [Slot] { [mask] + (usesBatches ? [information] : []) }
    override var evaluations: Int { usesBatches ? samples.int + 2 : 2 }

    private var usesBatches: Bool { fisher.isChoice("batches") }

    override func begin(_ step: Step) -> Next {
        isDue = step.number > 1 && (step.number - 2) % Int64(updateEvery.int) == 0
        done = 0
        return isDue && usesBatches ? .ask(measure) : .ask(ascend)
    }

    private func measure(_ step: Step) -> Next {
        let square = step.gradient.squared
        step.assign(information, done == 0 ? square : step[information] + square)
        done += 1
        return done < samples.int ? .ask(measure, bits: SAM_NEXT_BATCH) : .ask(ascend, bits: SAM_NEXT_BATCH)
    }

    override func ascend(_ step: Step) -> Next {
        let e = ascent(step, along: step.gradient)
        if isDue {
            let count = Int(Double(step.count()) * (1 - sparsity.value))
            step.assign(mask, largest: count, of: usesBatches ? step[information] : step.gradient.squared)
            step.displace(by: step[mask] * e, in: reach(step))
        } else {
            step.displace(by: step[mask] * e, in: reach(step), unless: mask, first: initial.isChoice("ones") ? e : 0.0 * e)
        }
        return .ask(descend)
    }
}
