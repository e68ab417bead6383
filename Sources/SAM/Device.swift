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
        /// Of its first scalar among all that are not frozen.
        let index: Int64
        /// Its first partial sum, in passes by tensor and by row; its first row.
        let firstBlock, firstRowBlock, firstRow: Int
    }

    let parameters: Parameters
    /// The tensors that are not frozen, as they were registered, and their numbers among all.
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

    /// Tensors that take part in the step under way.
    let active: UnsafeMutablePointer<Bool>
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

    init(_ parameters: Parameters) throws(Failure) {
        self.parameters = parameters
        var tensors: [Tensor] = [], places: [Int] = [], rows: [Int] = []
        for (i, tensor) in parameters.tensors.enumerated() where !tensor.frozen {
            tensors.append(tensor)
            places.append(i)
            rows.append(tensor.rows)
        }
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
                             index: index, firstBlock: block, firstRowBlock: rowBlock, firstRow: row)
            index += Int64(tensor.count)
            block += Device.blocks(tensor.count)
            rowBlock += tensor.rows * Device.blocks(length)
            row += tensor.rows
        }
        facts[count] = Facts(type: 0, storage: 0, gradientType: 0, group: 0, isHalf: false, place: 0, count: 0, rows: 0, rowLength: 0,
                             index: index, firstBlock: block, firstRowBlock: rowBlock, firstRow: row)
        rowBlocks = rowBlock
        active = .allocate(capacity: max(count, 1))
        displaced = .allocate(capacity: max(count, 1))
        active.initialize(repeating: true, count: max(count, 1))
        displaced.initialize(repeating: false, count: max(count, 1))
        pool = TablePool(rowsOfTensors: rows)
        guard let formulas = Formulas() else { throw .memory("no memory for the code of formulas") }
        self.formulas = formulas
        sumsCapacity = 2 * block
        guard let memory = sam_memory_take(sumsCapacity * 8) else { throw .memory("no memory for partial sums: \(sumsCapacity * 8) bytes") }
        sums = memory.assumingMemoryBound(to: Double.self)
    }

    deinit {
        sam_memory_give(sums)
        walked.deallocate()
        waiting.deallocate()
        facts.deallocate()
        active.deallocate()
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

    /// Finds all memory that a step with these slots needs; afterwards nothing in it can fail for want of memory. Slots that are not
    /// needed any more, and what they held, go.
    func prepare(_ needed: [Slot], byRow: Bool) throws(Failure) {
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
        if !pool.prepare(byRow) { throw .memory("no memory for the tables of a step: \(pool.bytes(byRow)) bytes") }
        exceedsCache = Double(workingSet) > 0.7 * Double(sam_processor_last_cache())
        let wanted = sumsWanted(byRow)
        if wanted > sumsCapacity {
            guard let memory = sam_memory_take(wanted * 8) else { throw .memory("no memory for partial sums: \(wanted * 8) bytes") }
            sam_memory_give(sums)
            sums = memory.assumingMemoryBound(to: Double.self)
            sumsCapacity = wanted
        }
    }

    private func sumsWanted(_ byRow: Bool) -> Int { byRow ? 2 * rowBlocks : 0 }

    /// Bytes of slots and partial sums: held now, and after `prepare` with these slots.
    var held: Int {
        var bytes = sumsCapacity * 8
        for slot in slots where slot.isAllocated { bytes += slot.bytes(tensors) }
        return bytes
    }
    func planned(_ needed: [Slot], byRow: Bool) -> Int {
        var bytes = max(sumsCapacity, sumsWanted(byRow)) * 8
        for slot in needed { bytes += slot.bytes(tensors) }
        return bytes
    }
}
