import CSAM
import CSAMShims

/// What a method or base keeps of each tensor: one number for each parameter in the arithmetic type (f32 for f32, f64 for f64),
/// or so many as its extent says.
final class Slot {
    enum Life {
        /// This step: scratch that is not saved.
        case step
        /// From step to step, written when nothing can fail any more: behind the last evaluation.
        case always
        /// From step to step, and written before the last evaluation: a second buffer holds the new vector until the step
        /// is complete, so that a step given up leaves no trace.
        case early
    }

    /// How many numbers a tensor's part has.
    enum Extent {
        /// One for each element, in the arithmetic type: a vector of formulas.
        case elements
        /// One for each element of the tensors that have it, in the host's type.
        case host((Tensor) -> Bool)
        /// One for each element of tensors of 16 bits.
        case halves
        /// So many, in the arithmetic type.
        case numbers((Tensor) -> Int)
        /// So many doubles.
        case doubles((Tensor) -> Int)
        /// Scratch that the tensors share, one after the other: for the one that needs most.
        case shared((Tensor) -> Int), sharedDoubles((Tensor) -> Int)
    }

    let name: Name
    let life: Life
    let extent: Extent
    /// What a tensor's part holds before it was first written.
    let initial: Double
    /// The operand of expressions; -1 before the optimizer knows the slot.
    var place = -1
    /// Of the passes that wait, the first that writes it; -1: none.
    var writer = -1
    /// Whether an evaluation may follow what is written: then a slot of life .always is as one of life .early. Set before memory is found.
    var isWrittenEarly = false

    private var memory: UnsafeMutableRawPointer?
    /// By tensor.
    private(set) var part: UnsafeMutablePointer<UnsafeMutableRawPointer> = .allocate(capacity: 1)
    private var other: UnsafeMutablePointer<UnsafeMutableRawPointer> = .allocate(capacity: 1)
    /// Whether the tensor's part was ever written and kept.
    private(set) var present: UnsafeMutablePointer<Bool> = .allocate(capacity: 1)
    private(set) var written: UnsafeMutablePointer<Bool> = .allocate(capacity: 1)
    /// Numbers of each tensor's part, bytes of all, and whether there are two buffers: as allocated, whatever options say since.
    private var counts: [Int] = []
    private(set) var held = 0
    private var isDoubled = false
    /// Tensors, while there is memory.
    private(set) var tensors = 0

    init(_ name: StaticString, life: Life = .step, initial: Double = 0, extent: Extent = .elements) {
        self.name = Name(name)
        self.life = life
        self.initial = initial
        self.extent = extent
    }

    init(name: Name, life: Life) {
        self.name = name
        self.life = life
        initial = 0
        extent = .elements
    }

    deinit {
        sam_memory_give(memory)
        part.deallocate()
        other.deallocate()
        present.deallocate()
        written.deallocate()
    }

    var isAllocated: Bool { memory != nil }

    /// Numbers of a tensor's part, of what is allocated.
    func count(_ t: Int) -> Int { counts[t] }

    /// Numbers of a tensor's part with the present options.
    private func planned(_ t: Tensor) -> Int {
        switch extent {
        case .elements: return t.count
        case .host(let has): return has(t) ? t.count : 0
        case .halves: return t.isHalf ? t.count : 0
        case .numbers(let count), .doubles(let count), .shared(let count), .sharedDoubles(let count): return count(t)
        }
    }

    /// Of a tensor's part, where it is kept in a file.
    func shape(_ t: Int, _ tensor: Tensor) -> [Int] {
        switch extent {
        case .elements, .halves: return tensor.shape
        default: return [counts[t]]
        }
    }

    func type(_ t: Tensor) -> Int32 {
        switch extent {
        case .doubles, .sharedDoubles: return Int32(SAM_F64)
        case .host: return t.storage
        default: return t.type
        }
    }

    var isShared: Bool {
        switch extent {
        case .shared, .sharedDoubles: return true
        default: return false
        }
    }

    /// Bytes that these tensors need with the present options, each part 64-aligned.
    func bytes(_ tensors: [Tensor]) -> Int {
        var n = 0
        for t in tensors { n = isShared ? max(n, stride(planned(t), t)) : n + stride(planned(t), t) }
        return needsTwo ? 2 * n : n
    }

    private var needsTwo: Bool { life == .early || (life == .always && isWrittenEarly) }

    /// Whether the memory is what the options ask for now.
    func fits(_ tensors: [Tensor]) -> Bool {
        if isDoubled != needsTwo { return false }
        for (i, t) in tensors.enumerated() where counts[i] != planned(t) { return false }
        return true
    }

    /// Every NaN in it is the same.
    func plainNaN(_ tensors: [Tensor]) {
        if isShared { return }
        for (i, t) in tensors.enumerated() { SAM.plainNaN(part[i], type(t), counts[i]) }
    }

    /// A stack in the host's type has no gaps: the host may be given it.
    private func stride(_ count: Int, _ t: Tensor) -> Int {
        let bytes = count * byteCount(of: type(t))
        if case .host = extent, t.slice < t.slices - 1 { return bytes }
        return (bytes + 63) / 64 * 64
    }

    /// False where there is no memory.
    func allocate(_ tensors: [Tensor]) -> Bool {
        let bytes = bytes(tensors)
        guard let memory = sam_memory_take(bytes) else { return false }
        self.memory = memory
        held = bytes
        isDoubled = needsTwo
        counts = tensors.map { planned($0) }
        make(tensors.count)
        var offset = 0
        for copy in 0..<(isDoubled ? 2 : 1) {
            for (i, t) in tensors.enumerated() {
                let start = memory + offset
                if copy == 0 { part[i] = start } else { other[i] = start }
                if initial != 0 { fill(start, i, t, initial) }
                if !isShared { offset += stride(counts[i], t) }
            }
        }
        return true
    }

    private func make(_ n: Int) {
        if n > tensors {
            part.deallocate()
            other.deallocate()
            present.deallocate()
            written.deallocate()
            part = .allocate(capacity: n)
            other = .allocate(capacity: n)
            present = .allocate(capacity: n)
            written = .allocate(capacity: n)
        }
        tensors = n
        present.initialize(repeating: false, count: n)
        written.initialize(repeating: false, count: n)
    }

    /// The memory goes, and what it held.
    func release() {
        sam_memory_give(memory)
        memory = nil
        held = 0
        writer = -1
        for t in 0..<tensors { (present[t], written[t]) = (false, false) }
    }

    /// A tensor's part holds what was kept in another run.
    func restored(_ t: Int) { present[t] = true }

    private func fill(_ start: UnsafeMutableRawPointer, _ t: Int, _ tensor: Tensor, _ value: Double) {
        switch Int(type(tensor)) {
        case SAM_F64: for i in 0..<counts[t] { start.storeBytes(of: value, toByteOffset: 8 * i, as: Double.self) }
        case SAM_F32: for i in 0..<counts[t] { start.storeBytes(of: Float(value), toByteOffset: 4 * i, as: Float.self) }
        default: start.initializeMemory(as: UInt8.self, repeating: 0, count: counts[t] * byteCount(of: type(tensor)))    // slots of 16 bits begin with 0
        }
    }

    /// Tensor t joins the step behind what was written at its beginning: scratch is there as it is in a new slot, not as an earlier step left it.
    func joined(_ t: Int, _ tensor: Tensor) {
        if memory != nil && life == .step && !isShared && !written[t] { fill(part[t], t, tensor, initial) }
    }

    /// Tensor t is left out of the step: what the step's beginning wrote of it goes.
    func left(_ t: Int) { if t < tensors { written[t] = false } }

    /// Where an expression reads the tensor's part: what this step wrote, or else what was kept.
    func reading(_ t: Int, in place: Int = 0) -> UnsafeMutableRawPointer { isDoubled && (written[t] || 0..<place ~= writer) ? other[t] : part[t] }
    func writing(_ t: Int) -> UnsafeMutableRawPointer { isDoubled ? other[t] : part[t] }
    func wrote(_ t: Int) { written[t] = true }
    /// Whether the tensor's part was never written: neither kept, nor in an earlier one of several steps of a base within a step.
    func isNew(_ t: Int) -> Bool { !present[t] && !written[t] }

    /// The step is complete: what it wrote stays.
    func keep() {
        if memory == nil { return }
        for t in 0..<tensors where written[t] {
            if isDoubled { (part[t], other[t]) = (other[t], part[t]) }
            if life != .step { present[t] = true }
            written[t] = false
        }
    }

    /// The step was given up.
    func forget() {
        for t in 0..<tensors { written[t] = false }
    }
}
