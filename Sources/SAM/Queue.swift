import CSAM
import CSAMShims

/// Passes that write slots wait until a sum or the weights are wanted; then all that wait run over one part of the vectors after the other,
/// so that what several of them read or write goes through memory once.
extension Device {
    /// Bytes of a vector that passes which run together are in at a time.
    private static let visit = 65536
    /// Passes that wait at most.
    static let room = 8

    /// Behind those that wait. What has a scope or counts runs at once, alone.
    func add(_ pass: inout Pass) {
        let isAlone = prepare(&pass)
        append(pass)
        if isAlone { flush() }
    }

    private func append(_ pass: Pass) {
        if fault != nil { return }
        (waiting + waitingCount).initialize(to: pass)
        waitingCount += 1
    }

    /// So many passes can wait together: sums of the first are there when the last has run.
    func makeRoom(_ passes: Int) { if waitingCount + passes > Device.room { flush() } }

    /// All that waits, and the pass.
    func run(_ pass: inout Pass) {
        _ = prepare(&pass)
        if fault != nil { return }
        if waitingCount == 0 { return withUnsafePointer(to: &pass) { run($0, 1) } }
        append(pass)
        flush()
    }

    /// All that waits.
    func flush() {
        if waitingCount == 0 { return }
        if fault == nil { run(waiting, waitingCount) }
        waiting.deinitialize(count: waitingCount)
        waitingCount = 0
    }

    /// The pass's place behind those that wait; they run before where it cannot run with them. Whether it runs alone.
    private func prepare(_ pass: inout Pass) -> Bool {
        if hasRows(pass.a) { pass.walksRows = true }
        if let b = pass.b, hasRows(b) { pass.walksRows = true }
        let isAlone = pass.scope != nil || pass.isSerial
        if waitingCount > 0 && (isAlone || waitingCount == Device.room || mixes(pass)) { flush() }
        pass.place = waitingCount
        if pass.place > 0 {
            let last = waiting[pass.place - 1]
            pass.firstSum = last.firstSum + last.sumsOfBlock * (last.walksRows ? rowBlocks : facts[count].firstBlock)
            note(pass.a)
            if let b = pass.b { note(b) }
        }
        let end = pass.firstSum + pass.sumsOfBlock * (pass.walksRows ? rowBlocks : facts[count].firstBlock)
        if !hasSums(end) && fault == nil { fault = .sums(end * 8) }
        if pass.kind == .evaluate, let slot = pass.slot, slot.writer < 0 { slot.writer = pass.place }
        return isAlone
    }

    /// Whether sums by row and others would run together with what writes: then their parts do not begin at the same elements.
    private func mixes(_ pass: Pass) -> Bool {
        var writes = false, byRow = false, whole = false
        func look(_ pass: Pass) {
            if pass.kind == .evaluate { writes = true } else if !pass.walksRows { whole = true }
            if pass.walksRows { byRow = true }
        }
        look(pass)
        for i in 0..<waitingCount { look(waiting[i]) }
        return writes && byRow && whole
    }

    /// What is read soon stays in the caches as it is written.
    private func note(_ v: Vector) {
        for i in 0..<v.count {
            let place = Int(v[i].operand) - Vector.Operand.slots
            if !v[i].isOperand || place < 0 { continue }
            let writer = slots[place].writer
            if writer >= 0 { waiting[writer].isReadSoon = true }
        }
    }

    private func hasRows(_ v: Vector) -> Bool {
        for i in 0..<v.count {
            if let table = v[i].number.table, table.pointee.unit == .row { return true }
        }
        return false
    }

    private struct Job {
        let device: Unmanaged<Device>
        let passes: UnsafePointer<Pass>
        let count: Int
        let total: Int
        /// Whether any walks by row.
        var byRow = false
    }

    private func run(_ passes: UnsafePointer<Pass>, _ n: Int) {
        var job = Job(device: Unmanaged.passUnretained(self), passes: passes, count: n, total: scalars(passes))
        for i in 0..<n where passes[i].walksRows { job.byRow = true }
        let threads = job.total >= 1_000_000 && !passes.pointee.isSerial ? sam_threads_wanted() : 1
        withUnsafeMutablePointer(to: &job) { job in
            sam_parallel(threads, { context, thread, threads, scratch in
                let job = context!.assumingMemoryBound(to: Job.self)
                job.pointee.device._withUnsafeGuaranteedRef { $0.work(job, Int(thread), Int(threads), scratch!) }
            }, job, scratch)
        }
        for i in 0..<n where passes[i].kind == .evaluate {
            guard let slot = passes[i].slot else { continue }
            slot.writer = -1
            for t in 0..<count where includes(t, passes[i]) { slot.wrote(t) }
        }
    }

    private func scalars(_ pass: UnsafePointer<Pass>) -> Int {
        var total = 0
        for t in 0..<count where includes(t, pass.pointee) { total += facts[t].count }
        return total
    }

    /// The part of one thread: elements total * thread / threads up to the next thread's.
    private func work(_ job: UnsafePointer<Job>, _ thread: Int, _ threads: Int, _ scratch: UnsafeMutableRawPointer) {
        let total = job.pointee.total, passes = job.pointee.passes, n = job.pointee.count
        let from = total / threads * thread, to = thread == threads - 1 ? total : total / threads * (thread + 1)
        if n == 1 && threads == 1 && !job.pointee.byRow {
            for t in 0..<count where facts[t].count > 0 && includes(t, passes.pointee) {
                piece(passes, t, facts[t].firstRow, 0, facts[t].count, facts[t].firstBlock, scratch)
            }
            return
        }
        var position = 0
        for t in 0..<count where facts[t].count > 0 && includes(t, passes.pointee) {
            let size = facts[t].count, high = min(to - position, size)
            var low = max(from - position, 0)
            position += size
            let length = n == 1 ? size : Device.visit / byteCount(of: facts[t].type)
            while low < high {
                let next = min(low + length, high)
                for i in 0..<n { part(passes + i, t, low, next, job.pointee.byRow, scratch) }
                low = next
            }
        }
    }

    /// Elements of a tensor, both ends moved down to the start of a partial sum.
    private func part(_ pass: UnsafePointer<Pass>, _ t: Int, _ low: Int, _ high: Int, _ byRow: Bool, _ scratch: UnsafeMutableRawPointer) {
        let n = facts[t].count, walks = pass.pointee.walksRows, length = walks || byRow && pass.pointee.kind == .evaluate ? facts[t].rowLength : n
        let start = low == 0 ? 0 : snap(low, length), end = high == n ? n : snap(high, length)
        if walks {
            walk(pass, t, start, end, scratch)
        } else if start < end {
            piece(pass, t, facts[t].firstRow, start, end, facts[t].firstBlock + start / Int(SAM_SUM_BLOCK), scratch)
        }
    }

    /// The start of the partial sum in which an element lies.
    private func snap(_ element: Int, _ length: Int) -> Int {
        element / length * length + element % length / Int(SAM_SUM_BLOCK) * Int(SAM_SUM_BLOCK)
    }
}
