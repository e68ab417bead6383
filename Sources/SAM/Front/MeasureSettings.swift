#if !hasFeature(Embedded)
import CSAM
import CSAMShims

/// Settings as the engine takes them: structs of sam.h and all that they point to. They must live as long as the structs are used.
final class MeasureSettings {
    private var owned: [UnsafeMutableRawPointer] = []
    private(set) var raw: [sam_setting] = []

    init(_ settings: Options, _ parameters: Parameters) throws(Failure) {
        for (name, value) in settings.pairs {
            let name = UnsafePointer(copy(name.utf8CString))
            switch value.form {
            case .number(let number): raw.append(sam_number(name, number))
            case .choice(let word): raw.append(sam_choice(name, copy(word.utf8CString)))
            case .list(let values): raw.append(sam_list(name, copy(values), Int64(values.count)))
            case .tensors(let arrays): raw.append(sam_tensors(name, try copy(arrays, Name(at: name), parameters)))
            }
        }
    }

    deinit { for place in owned { place.deallocate() } }

    private func room(_ bytes: Int) -> UnsafeMutableRawPointer {
        let place = UnsafeMutableRawPointer.allocate(byteCount: max(bytes, 1), alignment: 16)
        owned.append(place)
        return place
    }

    private func copy<T>(_ values: some Collection<T>) -> UnsafeMutablePointer<T> {
        let place = room(values.count * MemoryLayout<T>.stride).bindMemory(to: T.self, capacity: values.count)
        for (i, value) in values.enumerated() { (place + i).initialize(to: value) }
        return place
    }

    private func copy(_ arrays: [[Double]], _ name: Name, _ parameters: Parameters) throws(Failure) -> UnsafeMutablePointer<UnsafeRawPointer?> {
        if arrays.count != parameters.count { throw .argument("setting \"\(name)\" of \(arrays.count) arrays: expected \(parameters.count), one for each tensor") }
        var starts: [UnsafeRawPointer?] = []
        for (tensor, values) in zip(parameters.tensors, arrays) {
            if values.isEmpty && tensor.frozen {
                starts.append(nil)
                continue
            }
            if values.count != tensor.count { throw .argument("setting \"\(name)\": \(values.count) elements for \"\(tensor.name)\", expected \(tensor.count)") }
            starts.append(UnsafeRawPointer(rounded(values, to: tensor.storage)))
        }
        return copy(starts)
    }

    /// A copy in a type of sam.h.
    private func rounded(_ values: [Double], to type: Int32) -> UnsafeMutableRawPointer {
        if Int(type) == SAM_F64 { return UnsafeMutableRawPointer(copy(values)) }
        let floats = copy(values.map { Float($0) })
        if !isHalf(type) { return UnsafeMutableRawPointer(floats) }
        let halves = room(2 * values.count)
        sam_processor_kernels().pointee.round!(type, floats, halves, Int64(values.count))
        return halves
    }
}
#endif
