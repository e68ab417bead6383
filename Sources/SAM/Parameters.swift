import CSAM
import CSAMShims

/// One tensor of the host.
struct Tensor {
    let name: Name
    /// Of the host's weights and gradients.
    let storage: Int32, gradientType: Int32
    let role: Int32, group: Int32
    let shape: [Int]
    /// Scalars.
    let count: Int
    let frozen: Bool
    /// Leading axes that only stack tensors.
    var stackedAxes = 0
    /// Of a part of a stack: its number, and of how many.
    var slice = 0, slices = 1

    /// Slices of the first axis; a tensor of rank 0 or 1 is one, an empty one has none.
    var rows: Int { count == 0 ? 0 : shape.count > 1 ? shape[0] : 1 }
    /// Of arithmetic and state: f64 for f64, else f32; and bytes of one such number.
    var type: Int32 { Int32(Int(storage) == SAM_F64 ? SAM_F64 : SAM_F32) }
    var size: Int { byteCount(of: type) }
    /// Whether the host's weights have 16 bits.
    var isHalf: Bool { SAM.isHalf(storage) }
    /// Of the host's weights, and of their gradient.
    var bytes: Int { count * byteCount(of: storage) }
    var gradientBytes: Int { count * byteCount(of: gradientType) }
}

/// Where a tensor's buffers stand.
struct Host {
    var data: UnsafeMutableRawPointer
    var gradient: UnsafeMutableRawPointer?
    /// Whether it ever had a gradient.
    var hadGradient: Bool
    /// Of the whole gradient.
    var gradientBytes = 0
}

/// Bytes of one scalar of a type of sam.h.
func byteCount(of type: Int32) -> Int { Int(type) == SAM_F64 ? 8 : isHalf(type) ? 2 : 4 }
func isHalf(_ type: Int32) -> Bool { Int(type) == SAM_BF16 || Int(type) == SAM_F16 }

/// The spacing of a type's numbers behind 1.
func spacing(of type: Int32) -> Double {
    switch Int(type) {
    case SAM_F64: return Double.ulpOfOne
    case SAM_BF16: return 0x1p-7
    case SAM_F16: return 0x1p-10
    default: return Double(Float.ulpOfOne)
    }
}

/// The name of a type in messages and states.
func typeName(_ type: Int32) -> StaticString {
    switch Int(type) {
    case SAM_F64: return "f64"
    case SAM_BF16: return "bf16"
    case SAM_F16: return "f16"
    default: return "f32"
    }
}

/// The host's buffers: tensors with their groups and roles. Optimizers keep it alive.
///
/// Buffers are registered in place and stay the host's. A set and all optimizers over it are used by one thread at a time; different sets at once are safe.
public final class Parameters {
    private(set) var tensors: [Tensor] = []
    /// By tensor.
    private(set) var hosts: UnsafeMutablePointer<Host> = .allocate(capacity: 8)
    private var room = 8
    private var names = NameIndex()
    private var groupNames: [Name] = []
    /// Whether a tensor that is not empty waits for its first gradient, and whether one has had its own.
    private var isLate = false, hadGradient = false
    /// Where weights lie; where gradients do, and whether that is known of all that are bound now (Overlaps.swift).
    var weights = Intervals(), gradients = Intervals(), areGradientsApart = true
    /// Optimizers made over these tensors: from the first on none can be added.
    var optimizers = 0
    /// Optimizers in the middle of a step.
    var stepping = 0
    /// Measures under way.
    var measuring = 0
    /// The stack that the measure under way runs on.
    var beside: OpaquePointer?
    var besideGeneration: UInt64 = 0
    #if !hasFeature(Embedded)
    /// Owners of buffers.
    var kept: [AnyObject] = []
    #endif

    /// An empty set.
    public init() {}

    deinit {
        for tensor in tensors { UnsafeMutablePointer(mutating: tensor.name.bytes).deallocate() }
        for name in groupNames { UnsafeMutablePointer(mutating: name.bytes).deallocate() }
        hosts.deallocate()
        names.deallocate()
        weights.deallocate()
        gradients.deallocate()
    }

    /// No gradient was ever there, and some are to come: with the first evaluation, as hosts do that make them in their first backward pass.
    var awaitsGradients: Bool { isLate && !hadGradient }

    /// Tensors.
    var tensorCount: Int { tensors.count }
    /// Groups, the first (0) included.
    var groups: Int { groupNames.count + 1 }
    /// What a call over the set may have to make objects for: tensors, groups, and their names where those are long.
    var objects: Int { tensors.count + sliceCount / 4 + groups + nameBytes / 64 }
    private var nameBytes = 0, sliceCount = 0

    /// Scalars that are not frozen.
    private(set) var size = 0

    /// A copy of the tensor's description; its number.
    func add(_ p: sam_parameter) throws(Failure) -> Int {
        if optimizers > 0 { throw .state("a tensor cannot be added: an optimizer of these parameters exists") }
        if measuring > 0 { throw .state("a tensor cannot be added: a measure of these parameters is under way") }
        guard let given = p.name else { throw .argument("name = NULL: expected a string") }
        let name = Name(at: given)
        if given[0] == 0 { throw .argument("name = \"\": expected a name of at least one byte") }
        if names.contains(name, { tensors[$0].name }) {
            throw .argument("name = \"\(name)\": a tensor of that name exists already; names are unique")
        }
        let gradientType = p.gradient_dtype == 0 ? p.dtype : p.gradient_dtype
        try check(type: p.dtype, "dtype", name)
        try check(type: gradientType, "gradient_dtype", name)
        if p.role < 0 || p.role > 3 {
            throw .argument("role = \(p.role) of \"\(name)\": expected SAM_WEIGHT 0, SAM_BIAS 1, SAM_NORM 2 or SAM_EMBEDDING 3")
        }
        if p.group < 0 || p.group >= Int32(groups) {
            throw .argument("group = \(p.group) of \"\(name)\": expected 0 to \(groups - 1); add groups first")
        }
        let (shape, count) = try shapeAndCount(p, name)
        let bytes = count.multipliedReportingOverflow(by: 8)
        if bytes.overflow || bytes.partialValue > Int.max / 64 || size > Int.max / 64 - bytes.partialValue {
            throw .argument("shape of \"\(name)\": \(count) elements exceed the address space")
        }
        guard let data = p.data ?? (count == 0 ? UnsafeMutableRawPointer(bitPattern: 64) : nil) else {
            throw .argument("data = NULL of \"\(name)\": expected the tensor's buffer")
        }
        try checkStack(p, name, shape)
        if p.trained != 0 && p.trained != 1 {
            throw .argument("trained = \(p.trained) of \"\(name)\": expected 0, or 1 where the gradient comes later")
        }
        let tensor = Tensor(name: try copy(name), storage: p.dtype, gradientType: gradientType, role: p.role, group: p.group,
                            shape: shape, count: count, frozen: p.gradient == nil && p.trained == 0, stackedAxes: Int(p.stacked_axes))
        do throws(Failure) {
            try checkOverlap(tensor, -1, data, p.gradient, moves: true)
            try checkGradient(tensor, p.gradient)
        } catch {
            UnsafeMutablePointer(mutating: tensor.name.bytes).deallocate()
            nameBytes -= name.count
            throw error
        }
        if tensors.count == room {
            let larger = UnsafeMutablePointer<Host>.allocate(capacity: 2 * room)
            for i in 0..<room { larger[i] = hosts[i] }
            hosts.deallocate()
            (hosts, room) = (larger, 2 * room)
        }
        let index = tensors.count
        hosts[index] = Host(data: data, gradient: p.gradient, hadGradient: false, gradientBytes: tensor.gradientBytes)
        tensors.append(tensor)
        names.insert(tensor.name, index) { tensors[$0].name }
        weights.insert(UInt(bitPattern: data), UInt(bitPattern: data) + UInt(tensor.bytes), index)
        if let g = p.gradient { gradients.insert(UInt(bitPattern: g), UInt(bitPattern: g) + UInt(tensor.gradientBytes), index) }
        if !tensor.frozen { size += tensor.count }
        sliceCount += tensor.sliceCount
        gradients.makeRoom(tensors.count)
        noteGradient(index)
        return index
    }

    private func noteGradient(_ index: Int) {
        if tensors[index].frozen || tensors[index].count == 0 { return }
        if hosts[index].gradient != nil {
            hosts[index].hadGradient = true
            hadGradient = true
        } else if !hosts[index].hadGradient {
            isLate = true
        }
    }

    private func checkStack(_ p: sam_parameter, _ name: Name, _ shape: [Int]) throws(Failure) {
        if p.stacked_axes < 0 || p.stacked_axes > p.rank {
            throw .argument("stacked_axes = \(p.stacked_axes) of \"\(name)\": expected 0 to \(p.rank), so many leading axes that only stack tensors")
        }
        var slices = 1
        for i in 0..<Int(p.stacked_axes) {
            let product = slices.multipliedReportingOverflow(by: shape[i])
            slices = product.overflow ? Int.max : product.partialValue
        }
        if slices > Parameters.mostSlices {
            throw .argument("stacked_axes = \(p.stacked_axes) of \"\(name)\" makes \(slices) tensors: expected \(Parameters.mostSlices) at the most")
        }
    }
    private static let mostSlices = 1 << 20

    private func check(type: Int32, _ what: StaticString, _ name: Name) throws(Failure) {
        if type < Int32(SAM_F32) || type > Int32(SAM_F16) {
            throw .argument("\(what) = \(type) of \"\(name)\": expected SAM_F32 1, SAM_F64 2, SAM_BF16 3 or SAM_F16 4")
        }
    }

    private func shapeAndCount(_ p: sam_parameter, _ name: Name) throws(Failure) -> ([Int], Int) {
        if p.rank < 0 || p.rank > 8 { throw .argument("rank = \(p.rank) of \"\(name)\": expected 0 to 8") }
        if p.rank > 0 && p.shape == nil {
            throw .argument("shape = NULL of \"\(name)\": expected \(p.rank) lengths")
        }
        var shape: [Int] = [], count = 1, empty = false
        for i in 0..<Int(p.rank) {
            let length = Int(p.shape[i])
            if length < 0 { throw .argument("shape[\(i)] = \(length) of \"\(name)\": expected a length >= 0") }
            shape.append(length)
            if length == 0 { empty = true; continue }
            let product = count.multipliedReportingOverflow(by: length)
            if product.overflow && !empty {
                var later = false
                for k in i..<Int(p.rank) where p.shape[k] == 0 { later = true }
                if !later { throw .argument("shape of \"\(name)\": the number of elements overflows") }
            }
            count = product.partialValue
        }
        return (shape, empty ? 0 : count)
    }

    func addGroup(_ given: UnsafePointer<CChar>) throws(Failure) -> Int {
        if optimizers > 0 { throw .state("a group cannot be added: an optimizer of these parameters exists") }
        let name = Name(at: given)
        if given[0] == 0 { throw .argument("name = \"\": expected a name of at least one byte") }
        for known in groupNames where known == name {
            throw .argument("name = \"\(name)\": a group of that name exists already; names are unique")
        }
        groupNames.append(try copy(name))
        return groupNames.count
    }

    /// New places of a tensor's buffers; data nil: where it was.
    func bind(_ index: Int, data: UnsafeMutableRawPointer?, gradient: UnsafeMutableRawPointer?) throws(Failure) {
        if index < 0 || index >= tensors.count {
            throw .argument("index = \(index): expected 0 to \(tensors.count - 1), what sam_parameters_add answered")
        }
        if tensors[index].frozen && gradient != nil {
            throw .state("gradient of \"\(tensors[index].name)\": the tensor was added without one, it is frozen for good")
        }
        let moves = data != nil && data != hosts[index].data, bindsGradient = gradient != hosts[index].gradient
        if !moves && !bindsGradient { return }
        if moves && stepping > 0 { throw .state("data of \"\(tensors[index].name)\" cannot move in the middle of a step") }
        let old = hosts[index].data, new = data ?? old
        try checkOverlap(tensors[index], index, new, gradient, moves: moves)
        if moves {
            weights.remove(UInt(bitPattern: old), index)
            weights.insert(UInt(bitPattern: new), UInt(bitPattern: new) + UInt(tensors[index].bytes), index)
            hosts[index].data = new
        }
        if bindsGradient {
            hosts[index].gradient = gradient
            areGradientsApart = false
        }
        noteGradient(index)
    }

    /// A copy of a name, however long.
    private func copy(_ name: Name) throws(Failure) -> Name {
        let n = name.count
        try secure(bytes: n + 1, for: "a name")
        nameBytes += n
        let copy = UnsafeMutablePointer<CChar>.allocate(capacity: n + 1)
        for i in 0...n { copy[i] = name.bytes[i] }
        return Name(at: copy)
    }
}
