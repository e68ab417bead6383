import CSAM
import CSAMShims

/// The memory of one optimizer on the processor, and the passes over it: nothing else touches elements. A pass runs over
/// the tensors that take part in the step, in their order, and splits among threads only between partial sums, so that
/// the number of threads changes no bit.
final class Device {
    /// What a pass needs to know of a tensor.
    struct Facts {
        let type, storage, gradientType, group: Int32
        let isHalf: Bool
        /// Its number among all tensors; scalars; rows, and scalars of one.
        let place, count, rows, rowLength: Int
        /// Bytes of a stacked tensor's weights and gradient in front of this slice.
        let dataStart, gradientStart: Int
        /// Of its first scalar among all that are not frozen.
        let index: Int64
        /// Its first partial sum, in passes by tensor and by row; its first row.
        let firstBlock, firstRowBlock, firstRow: Int
    }

    let parameters: Parameters
    /// The tensors that are not frozen, as they were registered, stacked ones slice by slice; and their numbers among all.
    let tensors: [Tensor]
    let places: [Int]
    /// By tensor; one more behind them, where their partial sums end.
    let facts: UnsafeMutablePointer<Facts>
    let count: Int
    /// Partial sums of a pass by row.
    let rowBlocks: Int
    let pool: TablePool
    let formulas: Formulas
    let kernels = sam_processor_kernels()!
    /// Of the passes on the calling thread, whose stack may be small.
    let scratch: UnsafeMutableRawPointer

    /// Tensors that take part in the step under way, and those that did when it began.
    let active: UnsafeMutablePointer<Bool>
    let began: UnsafeMutablePointer<Bool>
    /// Tensors that are evaluated at another point than the iterate.
    let displaced: UnsafeMutablePointer<Bool>
    var inPlace: Bool { halves.inPlace }
    let home: Slot
    /// By Slot.place.
    private(set) var slots: [Slot] = []
    private var walked = Uncounted([])
    let halves: Halves

    /// What the host's gradients are multiplied by as they are read.
    var gradientFactor = 1.0
    /// Where the mean over micro-batches stands; nil: the gradient is the host's.
    var accumulated: Slot? { willSet { flush() } }
    var seed: UInt64 = 0
    /// The number of the step, as random rounding draws it.
    var draw: UInt32 = 0

    /// Passes that have not run (Queue.swift).
    let waiting: UnsafeMutablePointer<Pass> = .allocate(capacity: Device.room)
    var waitingCount = 0
    /// Partial sums of the passes under way; by tensor and, in passes by row, by row.
    var sums: UnsafeMutablePointer<Double>
    private var sumsCapacity: Int
    /// Whether what a step goes through exceeds the last cache.
    private(set) var exceedsCache = false
    /// A pass by row was run, whoever asked for it.
    private var hasWalkedRows = false
    /// Why the step under way cannot go on: from then on no pass runs.
    var fault: Fault?

    /// What a method or base needs and did not say when memory was found.
    enum Fault {
        /// A slot that is not among `slots` with the present options.
        case slot(Name)
        /// Bytes of partial sums that could not be had.
        case sums(Int)
    }

    init(_ parameters: Parameters) throws(Failure) {
        self.parameters = parameters
        let (tensors, places) = parameters.slices
        self.tensors = tensors
        self.places = places
        count = tensors.count
        let halves = Halves()
        self.halves = halves
        home = Slot("home", extent: .host { t in !(t.isHalf && halves.isExact && halves.inPlace) })
        facts = .allocate(capacity: count + 1)
        var index: Int64 = 0, block = 0, rowBlock = 0, row = 0
        for (t, tensor) in tensors.enumerated() {
            let length = tensor.rows > 0 ? tensor.count / tensor.rows : tensor.count
            facts[t] = Facts(type: tensor.type, storage: tensor.storage, gradientType: tensor.gradientType, group: tensor.group, isHalf: tensor.isHalf,
                             place: places[t], count: tensor.count, rows: tensor.rows, rowLength: length,
                             dataStart: tensor.start * byteCount(of: tensor.storage), gradientStart: tensor.start * byteCount(of: tensor.gradientType),
                             index: index, firstBlock: block, firstRowBlock: rowBlock, firstRow: row)
            index += Int64(tensor.count)
            block += Device.blocks(tensor.count)
            rowBlock += tensor.rows * Device.blocks(length)
            row += tensor.rows
        }
        facts[count] = Facts(type: 0, storage: 0, gradientType: 0, group: 0, isHalf: false, place: 0, count: 0, rows: 0, rowLength: 0, dataStart: 0, gradientStart: 0,
                             index: index, firstBlock: block, firstRowBlock: rowBlock, firstRow: row)
        rowBlocks = rowBlock
        active = .allocate(capacity: max(count, 1))
        began = .allocate(capacity: max(count, 1))
        displaced = .allocate(capacity: max(count, 1))
        active.initialize(repeating: true, count: max(count, 1))
        began.initialize(repeating: true, count: max(count, 1))
        displaced.initialize(repeating: false, count: max(count, 1))
        pool = TablePool(rowsOfTensors: tensors.map { $0.rows })
        guard let formulas = Formulas() else { throw .memory("no memory for the code of formulas") }
        self.formulas = formulas
        guard let scratch = sam_memory_reserve(Int(SAM_SCRATCH_BYTES)) else { throw .memory("no memory for passes: \(Int(SAM_SCRATCH_BYTES)) bytes") }
        self.scratch = scratch
        sumsCapacity = 2 * block
        guard let memory = sam_memory_take(sumsCapacity * 8) else { throw .memory("no memory for partial sums: \(sumsCapacity * 8) bytes") }
        sums = memory.assumingMemoryBound(to: Double.self)
    }

    deinit {
        sam_memory_give(sums)
        sam_memory_give(scratch)
        walked.deallocate()
        waiting.deallocate()
        facts.deallocate()
        active.deallocate()
        began.deallocate()
        displaced.deallocate()
    }

    static func blocks(_ length: Int) -> Int { (length + Int(SAM_SUM_BLOCK) - 1) / Int(SAM_SUM_BLOCK) }

    // MARK: memory

    /// The options that decide which memory is needed.
    func follow(_ shared: SharedOptions) {
        halves.follow(shared)
    }

    /// Makes a slot known to expressions.
    func register(_ slot: Slot) {
        if slot.place < 0 {
            slot.place = slots.count
            slots.append(slot)
        }
    }

    /// The step is complete, or given up: what it wrote stays, or goes.
    func close(keeping: Bool) {
        flush()
        let walked = walked
        for i in 0..<walked.count { walked.with(i) { keeping ? $0.keep() : $0.forget() } }
    }

    /// The first evaluation is there: it decides who takes part. What the step's beginning wrote holds of those that did then.
    func decide() {
        for t in 0..<count where active[t] != began[t] {
            flush()
            for slot in slots { active[t] ? slot.joined(t, tensors[t]) : slot.left(t) }
            if !active[t] { restore(t) }
        }
    }

    /// What is kept between steps and these slots' step will not go on with goes now: options that change what is kept do it when they are set.
    func drop(except needed: [Slot]) {
        for slot in slots where slot.isAllocated && slot.life != .step {
            if !slot.fits(tensors) || !needed.contains(where: { $0 === slot }) { slot.release() }
        }
    }

    /// Finds all memory that a step with these slots needs; afterwards nothing in it can fail for want of memory. Slots that are not
    /// needed any more, and what they held, go.
    func prepare(_ needed: [Slot], byRow: Bool, evaluations: Int = 1) throws(Failure) {
        if walked.count != slots.count {
            walked.deallocate()
            walked = Uncounted(slots)
        }
        for slot in needed {
            if slot.isAllocated && !slot.fits(tensors) { slot.release() }
            if !slot.isAllocated && !slot.allocate(tensors) {
                throw .memory("no memory for \"\(slot.name)\": \(slot.bytes(tensors)) bytes")
            }
        }
        for slot in slots where slot.isAllocated && !needed.contains(where: { $0 === slot }) { slot.release() }
        var workingSet = held
        for t in tensors { workingSet += t.bytes + t.count * byteCount(of: t.gradientType) }
        if !pool.prepare(byRow, evaluations) { throw .memory("no memory for the tables of a step: \(pool.bytes(byRow, evaluations)) bytes") }
        exceedsCache = Double(workingSet) > 0.7 * Double(sam_processor_last_cache())
        if !setSums(sumsWanted(byRow)) { throw .memory("no memory for partial sums: \(sumsWanted(byRow) * 8) bytes") }
    }

    private func sumsWanted(_ byRow: Bool) -> Int {
        let blocks = facts[count].firstBlock
        return 2 * (byRow || hasWalkedRows ? max(blocks, rowBlocks) : blocks)
    }

    /// Room for so many partial sums, and no more; false where there is no memory for more. The sums that are there stay.
    private func setSums(_ wanted: Int) -> Bool {
        if wanted == sumsCapacity { return true }
        guard let memory = sam_memory_take(wanted * 8) else { return wanted < sumsCapacity }
        memory.copyMemory(from: sums, byteCount: 8 * min(wanted, sumsCapacity))
        sam_memory_give(sums)
        sums = memory.assumingMemoryBound(to: Double.self)
        sumsCapacity = wanted
        return true
    }

    /// Whether there is room for the sums of a pass that end there: found now where nobody said that a pass by row would come.
    func hasSums(_ end: Int) -> Bool {
        if end <= sumsCapacity { return true }
        hasWalkedRows = true
        return setSums(max(end, sumsWanted(true)))
    }

    /// Whether an expression can read and write the slot. Where it is not among the slots of the step, the step cannot go on.
    func has(_ slot: Slot) -> Bool {
        if slot.place >= 0 && slot.isAllocated { return true }
        if fault == nil { fault = .slot(slot.name) }
        return false
    }

    /// Bytes of slots and partial sums: held now, and after `prepare` with these slots.
    var held: Int {
        var bytes = sumsCapacity * 8
        for slot in slots where slot.isAllocated { bytes += slot.held }
        return bytes
    }
    func planned(_ needed: [Slot], byRow: Bool) -> Int {
        var bytes = sumsWanted(byRow) * 8
        for slot in needed { bytes += slot.bytes(tensors) }
        return bytes
    }
}
