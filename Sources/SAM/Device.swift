import CSAM
import CSAMShims

/// The memory of one optimizer on the processor, and the passes over it: nothing else touches elements. A pass runs over
/// the tensors that take part in the step, in their order, and splits among threads only between partial sums, so that
/// the number of threads changes no bit.
final class Device {
    let parameters: Parameters
    /// The tensors that are not frozen, as they were registered, and their numbers among all.
    let tensors: [Tensor]
    let places: [Int]
    /// Of each tensor's first scalar among all that are not frozen.
    let index: [Int64]
    let pool: TablePool
    let formulas: Formulas
    let kernels = sam_processor_kernels()!

    /// Tensors that take part in the step under way.
    var active: [Bool]
    /// Tensors that are evaluated at another point than the iterate.
    private(set) var displaced: [Bool]
    /// Whether that point stands in the host's buffer and the iterate in `home`; else the other way round.
    var inPlace = true
    let home = Slot("home")
    /// By Slot.place.
    private(set) var slots: [Slot] = []

    /// What the host's gradients are multiplied by as they are read.
    var gradientFactor = 1.0
    /// Where the mean over micro-batches stands; nil: the gradient is the host's.
    var accumulated: Slot?
    var seed: UInt64 = 0

    /// Partial sums of the pass under way; by tensor and, in passes by row, by row.
    var sums: UnsafeMutablePointer<Double>
    private var sumsCapacity: Int
    private(set) var workingSet = 0

    init(_ parameters: Parameters) throws(Failure) {
        self.parameters = parameters
        var tensors: [Tensor] = [], places: [Int] = [], index: [Int64] = [], next: Int64 = 0, rows: [Int] = []
        for (i, tensor) in parameters.tensors.enumerated() where !tensor.frozen {
            tensors.append(tensor)
            places.append(i)
            index.append(next)
            rows.append(tensor.rows)
            next += Int64(tensor.count)
        }
        self.tensors = tensors
        self.places = places
        self.index = index
        pool = TablePool(rowsOfTensors: rows)
        guard let formulas = Formulas() else { throw .memory("no memory for the code of formulas") }
        self.formulas = formulas
        active = [Bool](repeating: true, count: tensors.count)
        displaced = [Bool](repeating: false, count: tensors.count)
        sumsCapacity = 2 * Device.blocks(tensors, .tensor)
        guard let memory = sam_memory_take(sumsCapacity * 8) else { throw .memory("no memory for partial sums: \(sumsCapacity * 8) bytes") }
        sums = memory.assumingMemoryBound(to: Double.self)
    }

    deinit { sam_memory_give(sums) }

    /// Elements of one unit of a tensor.
    static func length(_ t: Tensor, _ unit: Unit) -> Int { unit == .row && t.rows > 0 ? t.count / t.rows : t.count }
    static func blocks(_ length: Int) -> Int { (length + Int(SAM_SUM_BLOCK) - 1) / Int(SAM_SUM_BLOCK) }

    private static func blocks(_ tensors: [Tensor], _ unit: Unit) -> Int {
        var n = 0
        for t in tensors { n += (unit == .row ? t.rows : 1) * blocks(length(t, unit)) }
        return n
    }

    // MARK: memory

    /// Makes a slot known to expressions.
    func register(_ slot: Slot) {
        if slot.place < 0 {
            slot.place = slots.count
            slots.append(slot)
        }
    }

    /// Finds all memory that a step with these slots needs; afterwards nothing in it can fail for want of memory. Slots that are not
    /// needed any more, and what they held, go.
    func prepare(_ needed: [Slot], byRow: Bool) throws(Failure) {
        for slot in needed {
            if slot.isAllocated && !slot.fits(tensors) { slot.release() }
            if !slot.isAllocated && !slot.allocate(tensors) {
                throw .memory("no memory for \"\(slot.name)\": \(slot.bytes(tensors)) bytes")
            }
        }
        for slot in slots where slot.isAllocated && !needed.contains(where: { $0 === slot }) { slot.release() }
        workingSet = held
        for t in tensors { workingSet += t.count * (t.size + byteCount(of: t.gradientType)) }
        let wanted = sumsWanted(byRow)
        if wanted > sumsCapacity {
            guard let memory = sam_memory_take(wanted * 8) else { throw .memory("no memory for partial sums: \(wanted * 8) bytes") }
            sam_memory_give(sums)
            sums = memory.assumingMemoryBound(to: Double.self)
            sumsCapacity = wanted
        }
    }

    private func sumsWanted(_ byRow: Bool) -> Int { byRow ? 2 * Device.blocks(tensors, .row) : 0 }

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

    var exceedsCache: Bool { Double(workingSet) > 0.7 * Double(sam_processor_last_cache()) }

    func data(_ t: Int) -> UnsafeMutableRawPointer { parameters.tensors[places[t]].data }
    func gradient(_ t: Int) -> UnsafeMutableRawPointer? { parameters.tensors[places[t]].gradient }
    /// The weights between steps, and where the host evaluates now: one of them in the host's buffer.
    func iterate(_ t: Int) -> UnsafeMutableRawPointer { displaced[t] && inPlace ? home.part[t] : data(t) }
    func point(_ t: Int) -> UnsafeMutableRawPointer { displaced[t] && !inPlace ? home.part[t] : data(t) }
    /// Where a displacement is written, and where the iterate is saved before it, if it must be.
    func displacement(_ t: Int) -> UnsafeMutableRawPointer { inPlace ? data(t) : home.part[t] }
    func saving(_ t: Int) -> UnsafeMutableRawPointer? { inPlace && !displaced[t] ? home.part[t] : nil }

    func mark(_ t: Int, displaced: Bool) { self.displaced[t] = displaced }

    /// The host's weights are the iterate again, by copy.
    func restore(_ t: Int) {
        if displaced[t] {
            if inPlace { data(t).copyMemory(from: home.part[t], byteCount: tensors[t].count * tensors[t].size) }
            displaced[t] = false
        }
    }

    func restoreAll() { for t in tensors.indices { restore(t) } }

    /// Zeros in every gradient that is there.
    func clearGradients() {
        for t in tensors.indices {
            if let g = gradient(t) { memset0(g, tensors[t].count * byteCount(of: tensors[t].gradientType)) }
        }
    }

    private func memset0(_ p: UnsafeMutableRawPointer, _ bytes: Int) {
        if bytes > 0 { p.initializeMemory(as: UInt8.self, repeating: 0, count: bytes) }
    }

    // MARK: sums

    /// The sum over everything of the pass that just ran: `width` sums a block, the one at `place`.
    func total(_ pass: Pass, width: Int = 1, place: Int = 0) -> Double {
        let unit: Unit = pass.walksRows ? .row : .tensor
        var sum = 0.0, block = 0
        for t in tensors.indices {
            let n = (unit == .row ? tensors[t].rows : 1) * Device.blocks(Device.length(tensors[t], unit))
            if includes(t, pass) { for b in block..<(block + n) { sum += sums[b * width + place] } }
            block += n
        }
        return sum
    }

    /// The sums by tensor or row, 0 where a tensor takes no part.
    func totals(_ pass: Pass) -> Coefficient {
        let table = pool.make(pass.unit) { _ in 0 }
        guard let table else { return 0 }
        var block = 0, row = 0
        for t in tensors.indices {
            let n = Device.blocks(Device.length(tensors[t], pass.walksRows ? .row : .tensor)), taken = includes(t, pass)
            for _ in 0..<(pass.walksRows ? tensors[t].rows : 1) {
                if taken { for b in block..<(block + n) { table.pointee.values[pass.unit == .row ? row : t] += sums[b] } }
                block += n
                row += 1
            }
        }
        return Coefficient(1, table)
    }

    func includes(_ t: Int, _ pass: Pass) -> Bool { active[t] && (pass.scope.map { $0[t] } ?? true) }
}
