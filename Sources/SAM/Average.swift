/// The average of the iterates, behind the steps t > average_start with (t - average_start) mod average_period = 0; the first is a copy.
///     ema: a = average_decay a + (1 - average_decay) w          swa: a = a + (w - a) / n, the n-th iterate averaged
final class Average {
    let mean = Slot("average", life: .always)
    /// Iterates averaged so far.
    let count = Scalar("averaged")

    /// What is kept with these options.
    func slots(_ shared: SharedOptions) -> [Slot] { shared.average.isOn ? [mean] : [] }

    /// Behind the base, when nothing can fail any more. A tensor without a gradient counts with the weights it has.
    func follow(_ step: Step, _ shared: SharedOptions) {
        let past = step.number - Int64(shared.averageStart.int)
        if !shared.average.isOn || past <= 0 || past % Int64(shared.averagePeriod.int) != 0 { return }
        let n = step.has(mean) ? (count.value ?? 0) + 1 : 1, weight = shared.average.isChoice("ema") ? 1 - shared.averageDecay.value : 1 / n
        step.everywhere {
            step.assign(mean, step[mean] + weight * (step.iterate - step[mean]), first: step.iterate)
        }
        count.value = n
    }
}

extension Optimizer {
    /// The averaged weights of tensor `index` of the parameters, in its type; the iterate where none is averaged yet, or the tensor is frozen.
    func average(_ index: Int, to out: UnsafeMutableRawPointer) throws(Failure) {
        let own = shared.average.isOn ? nil : base?.average(step)
        if !shared.average.isOn && own == nil {
            throw .state("average = none: nothing is averaged; expected average = ema or swa, or a base that keeps an average")
        }
        let data = try point(index), slices = device.slices(index)
        if slices.isEmpty { out.copyMemory(from: data, byteCount: parameters.tensors[index].bytes) }
        for t in slices {
            let to = out + device.facts[t].dataStart
            func copy(_ v: Vector) { step.everywhere { step.copy(v, t, to: to, asHost: true) } }
            if let own, base!.steps.isAllocated, base!.steps.present[t] {
                copy(own)
            } else if average.mean.isAllocated, average.mean.present[t] {
                copy(step[average.mean])
            } else if device.displaced[t] {
                copy(step.iterate)
            } else {
                to.copyMemory(from: device.point(t), byteCount: device.tensors[t].bytes)
            }
        }
    }
}
