import CSAM
import CSAMShims

/// The micro-batches of one evaluation.
struct Window {
    /// The number of the first, and how many are done.
    var start: Int64 = 0, done = 0
    /// Batches used since creation.
    var used: Int64 = 0
    /// Of the present evaluation.
    var bits = 0, isNew = false, isFirst = false
    /// The gradients were read since the last return.
    var hasRead = false
    var loss = 0.0
    var asked: Int64 { start + Int64(done) }
}

extension Optimizer {
    /// Begins a step, or delivers the evaluation just made. Answers what to evaluate next (bits of sam.h), 0: the step is
    /// complete. After a failure the weights are the iterate and the step never was.
    func step(_ loss: Double) throws(Failure) -> Int32 {
        if !isStepping { try prepareToBegin() }
        return try inArena { () throws(Failure) in
            do throws(Failure) {
                return Int32(isStepping ? try deliver(loss) : try begin())
            } catch {
                if isStepping { abandon() }
                throw error
            }
        }
    }

    /// Ends the step under way, if there is one: the weights are the iterate, nothing else changed but the number of the next batch.
    public func cancel() {
        inOwnEnvironment { _ in
            if isStepping { inArena { abandon() } }
        }
    }

    /// Which batch is evaluated now; between steps, the next one.
    var batch: Int64 { isStepping ? window.asked : window.used }

    private var current: Method {
        let t = step.number - Int64(shared.startStep.int)
        return t >= 0 && t % Int64(shared.every.int) == 0 ? method : plain
    }

    /// What can refuse a step, and all memory that it needs, before anything begins.
    private func prepareToBegin() throws(Failure) {
        if parameters.stepping > 0 { throw .state("another optimizer of the same parameters is in the middle of a step: finish or cancel it first") }
        try parameters.verify()
        inArena { followSchedules() }
        if !isStale { return }
        try reserve(objects: parameters.objects)
        try prepare()
    }

    private func begin() throws(Failure) -> Int {
        let step = step, device = device                    // read once: a reference that can change is counted wherever it is read
        if device.halves.isExact { device.fillExact() }
        // what has no gradient now is not perturbed before the first evaluation either; that one decides. Where no gradient ever was
        // the first evaluation is what makes them
        let areAwaited = parameters.awaitsGradients
        for t in 0..<device.count {
            device.active[t] = areAwaited || device.gradient(t) != nil
            device.began[t] = device.active[t]
        }
        step.begin(step.metrics.steps + 1)
        step.intercept = shared.microBatches.int > 1 && current === method ? micro(1) : nil
        window.isFirst = true
        isStepping = true
        parameters.stepping += 1
        return try go(current.begin(step), step, device)
    }

    /// All slots of a step with the present options.
    private var needed: [Slot] {
        if let base, base.asks { for slot in method.slots { slot.isWrittenEarly = true } }
        let engine = step.ownSlots(of: method) + (shared.accumulate.int > 1 || shared.microBatches.int > 1 ? [mean] : [])
        return method.slots + device.halves.slots(device.tensors) + (base.map { $0.slots + [$0.steps] } ?? []) + average.slots(shared) + engine
            + (method.displaces || base?.asks == true ? [device.home] : [])
    }

    func prepare() throws(Failure) {
        try prepareStack()
        try shared.check(shared.microBatches, shared.microBatches.value, of: self)
        device.follow(shared)
        let needed = needed
        for slot in needed { device.register(slot) }
        try device.prepare(needed, byRow: method.usesRows, evaluations: evaluations)
        device.gradientFactor = (shared.maximize.isOn ? -1 : 1) / shared.gradientScale.value
        device.seed = UInt64(seed.value)
        looks = !shared.nonfinite.isChoice("propagate")
        scalars = method.scalars + (base?.scalars ?? []) + [average.count]
        isStale = false
        if device.halves.isExact { device.fillExact() }
    }

    /// The slots of a step with the present options, which need not be those that memory was found for.
    private func planning<Result>(_ body: ([Slot]) -> Result) -> Result {
        let setting = device.halves.setting
        defer { device.halves.setting = setting }
        device.follow(shared)
        return body(needed)
    }

    /// An option was set that may change what is kept: what the next step will not go on with goes at once, so that a state written before that
    /// step has what the step would begin with.
    func drop() {
        if isStale && device.slots.isEmpty { return }
        planning { device.drop(except: $0) }
    }

    /// Bytes that a step holds between steps and in them: of memory in the size of the parameters, and partial sums.
    var memory: Int {
        isStale ? planning { device.planned($0, byRow: method.usesRows) } : device.held
    }

    private func failure(_ fault: Device.Fault) -> Failure {
        switch fault {
        case .slot(let name):
            return .state("slot \"\(name)\" is used in a step of method \"\(methodName)\" and not among the slots that the method or the base names")
        case .sums(let bytes): return .memory("no memory for partial sums: \(bytes) bytes")
        }
    }

    private func go(_ next: Next, _ step: Step, _ device: Device) throws(Failure) -> Int {
        device.flush()
        if let fault = device.fault { throw failure(fault) }
        if device.pool.exhausted || device.formulas.exhausted { throw .memory("no memory for a table of the step: \(device.pool.count(.row) * 8) bytes") }
        switch next {
        case .done:
            step.complete()
            average.follow(step, shared)
            device.close(keeping: true)
            for scalar in scalars { scalar.keep() }
            step.metrics.plainNaN()
            if step.metrics.update_norm.isNaN { device.plainNaN() }
            step.metrics.steps += 1
            completed = step.metrics
            end()
            clear()
            return 0
        case .ask(let continuation, let bits):
            waiting = continuation
            window.isNew = window.isFirst || bits & SAM_NEXT_BATCH != 0
            window.bits = bits | SAM_EVALUATE | (step.isPerturbed ? SAM_PERTURBED : 0)
            if window.isNew { window.start = window.used }
            window.done = 0
            window.loss = 0
            clear()
            return ask()
        }
    }

    private func ask() -> Int {
        window.used = max(window.used, window.asked + 1)
        return window.bits | (window.isNew && window.done > 0 ? SAM_NEXT_BATCH : 0)
    }

    private func deliver(_ loss: Double) throws(Failure) -> Int {
        let count = shared.accumulate.int, step = step, device = device
        step.metrics.evaluations += 1
        if parameters.awaitsGradients && window.bits & SAM_LOSS_ONLY == 0 { throw whereAwaited() }
        window.loss += loss / Double(count)
        if looks && !loss.isFinite { return try refuse(.nonfinite("loss = \(loss) of batch \(window.asked): expected a finite number")) }
        let hasGradient = window.bits & SAM_LOSS_ONLY == 0
        if hasGradient { try parameters.verify() }
        noteMissing()
        if hasGradient {
            window.hasRead = true
            if count > 1 { accumulate(1 / Double(count)) }
        }
        window.done += 1
        if window.done < count {
            clear()
            return ask()
        }
        window.done -= 1                                    // sam_batch answers the one just evaluated
        step.arrived()
        step.loss = shared.maximize.isOn ? -window.loss : window.loss
        if window.isFirst {
            step.metrics.loss = window.loss
            device.decide()
            window.isFirst = false
        }
        if step.isPerturbed { step.metrics.perturbed_loss = window.loss }
        if hasGradient && looks && !step.gradientSquares().isFinite { return try refuse(nonfinite()) }
        let perturbed = step.isPerturbed, auxiliary = window.bits & SAM_AUXILIARY != 0
        if hasGradient && !auxiliary { step.noteNorm(perturbed) }
        let continuation = waiting!
        let next = continuation(step)
        if hasGradient && !auxiliary { step.noteNorm(perturbed) }
        return try go(next, step, device)
    }

    /// At the first evaluation: a tensor without a gradient is left out of the step. Before any was there losses alone move all tensors.
    private func noteMissing() {
        if !window.isFirst || parameters.awaitsGradients { return }
        for t in 0..<device.count {
            let there = device.gradient(t) != nil
            device.active[t] = window.done == 0 ? there : device.active[t] || there
        }
    }

    /// mean = mean + gradient / count
    private func accumulate(_ weight: Double) {
        device.accumulated = nil
        func add() { step.assign(mean, window.done == 0 ? weight * step.gradient : step[mean] + weight * step.gradient) }
        if window.isFirst { step.everywhere(add) } else { add() }
        device.accumulated = mean
    }

    /// m-sharpness: the directions of `count` micro-batches are averaged, each from a perturbation of its own.
    private func micro(_ done: Int) -> (Step, Vector) -> Next? {
        { [unowned(unsafe) self] step, v in
            let count = shared.microBatches.int
            step.assign(mean, done == 1 ? v : step[mean] + v)
            if done < count {
                step.restore()
                step.intercept = micro(done + 1)
                if case .ask(let continuation, let bits) = method.begin(step) { return .ask(continuation, bits: bits | SAM_NEXT_BATCH) }
            }
            step.intercept = nil
            return step.descend(along: 1 / Double(count) * step[mean])
        }
    }

    /// What was read is cleared where the host wants it.
    private func clear() {
        if window.hasRead && shared.zeroGradient.isOn { device.clearGradients() }
        window.hasRead = false
    }

    /// The sentence is made only where it is wanted.
    private func refuse(_ failure: @autoclosure () -> Failure) throws(Failure) -> Int {
        if !shared.nonfinite.isChoice("skip") { throw failure() }
        abandon()
        step.metrics.skipped += 1
        return 0
    }

    private func abandon() {
        device.restoreAll()
        device.close(keeping: false)
        for scalar in scalars { scalar.forget() }
        end()
        clear()
    }

    private func end() {
        device.accumulated = nil
        device.fault = nil
        waiting = nil
        isStepping = false
        parameters.stepping -= 1
    }

    private func whereAwaited() -> Failure {
        let first = device.tensors.first { $0.count > 0 }!
        return .state("gradient of \"\(first.name)\" = NULL at batch \(window.asked), and no other tensor has had one: expected sam_parameters_bind with the gradients before the first evaluation that asks for them is delivered")
    }
}
