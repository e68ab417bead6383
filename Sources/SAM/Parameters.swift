import CSAM
import CSAMShims

/// One tensor of the host.
struct Tensor {
    let name: Name
    let type: Int32, gradientType: Int32
    let role: Int32, group: Int32
    let shape: [Int]
    /// Scalars.
    let count: Int
    let frozen: Bool
    var data: UnsafeMutableRawPointer
    var gradient: UnsafeMutableRawPointer?

    /// Slices of the first axis; a tensor of rank 0 or 1 is one, an empty one has none.
    var rows: Int { count == 0 ? 0 : shape.count > 1 ? shape[0] : 1 }
    var size: Int { byteCount(of: type) }
}

/// Bytes of one scalar of a type of sam.h.
func byteCount(of type: Int32) -> Int { Int(type) == SAM_F64 ? 8 : 4 }

/// The host's buffers: tensors with their groups and roles. Optimizers keep it alive.
public final class Parameters {
    private(set) var tensors: [Tensor] = []
    private var groupNames: [Name] = []
    /// Optimizers made over these tensors: from the first on none can be added.
    var optimizers = 0
    /// Optimizers in the middle of a step.
    var stepping = 0
    /// Measures under way.
    var measuring = 0

    public init() {}

    deinit {
        for tensor in tensors { UnsafeMutablePointer(mutating: tensor.name.bytes).deallocate() }
        for name in groupNames { UnsafeMutablePointer(mutating: name.bytes).deallocate() }
    }

    /// Groups, the first (0) included.
    var groups: Int { groupNames.count + 1 }

    /// Scalars that are not frozen.
    var size: Int {
        var n = 0
        for tensor in tensors where !tensor.frozen { n += tensor.count }
        return n
    }

    /// A copy of the tensor's description; its number.
    func add(_ p: sam_parameter) throws(Failure) -> Int {
        if optimizers > 0 { throw .state("a tensor cannot be added: an optimizer of these parameters exists") }
        if measuring > 0 { throw .state("a tensor cannot be added: a measure of these parameters is under way") }
        guard let given = p.name else { throw .argument("name = NULL: expected a string") }
        let name = Name(at: given)
        if given[0] == 0 { throw .argument("name = \"\": expected a name of at least one byte") }
        for tensor in tensors where tensor.name == name {
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
        let tensor = Tensor(name: Parameters.copy(name), type: p.dtype, gradientType: gradientType, role: p.role, group: p.group,
                            shape: shape, count: count, frozen: p.gradient == nil, data: data, gradient: p.gradient)
        do throws(Failure) { try checkOverlap(tensor, data, except: -1) } catch {
            UnsafeMutablePointer(mutating: tensor.name.bytes).deallocate()
            throw error
        }
        tensors.append(tensor)
        return tensors.count - 1
    }

    private func check(type: Int32, _ what: StaticString, _ name: Name) throws(Failure) {
        switch Int(type) {
        case SAM_F32, SAM_F64: return
        case SAM_BF16, SAM_F16:
            throw .unsupported("\(what) = \(type) of \"\(name)\": 16-bit types are not in this version; expected SAM_F32 1 or SAM_F64 2")
        default: throw .argument("\(what) = \(type) of \"\(name)\": expected SAM_F32 1 or SAM_F64 2")
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

    private func checkOverlap(_ tensor: Tensor, _ data: UnsafeMutableRawPointer, except: Int) throws(Failure) {
        let start = UInt(bitPattern: data), length = UInt(tensor.count * tensor.size)
        if length > UInt.max - start {
            throw .argument("data of \"\(tensor.name)\": \(Int(length)) bytes from there exceed the address space")
        }
        for (i, other) in tensors.enumerated() where i != except {
            let first = UInt(bitPattern: other.data), end = first + UInt(other.count * other.size)
            if length > 0 && other.count > 0 && start < end && first < start + length {
                throw .argument("data of \"\(tensor.name)\" overlaps that of \"\(other.name)\": register a tied weight once, with the summed gradient")
            }
        }
    }

    func addGroup(_ given: UnsafePointer<CChar>) throws(Failure) -> Int {
        if optimizers > 0 { throw .state("a group cannot be added: an optimizer of these parameters exists") }
        let name = Name(at: given)
        if given[0] == 0 { throw .argument("name = \"\": expected a name of at least one byte") }
        for known in groupNames where known == name {
            throw .argument("name = \"\(name)\": a group of that name exists already; names are unique")
        }
        groupNames.append(Parameters.copy(name))
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
        if let data, data != tensors[index].data {
            if stepping > 0 { throw .state("data of \"\(tensors[index].name)\" cannot move in the middle of a step") }
            try checkOverlap(tensors[index], data, except: index)
            tensors[index].data = data
        }
        tensors[index].gradient = gradient
    }

    private static func copy(_ name: Name) -> Name {
        let n = name.count
        let copy = UnsafeMutablePointer<CChar>.allocate(capacity: n + 1)
        for i in 0...n { copy[i] = name.bytes[i] }
        return Name(at: copy)
    }
}
