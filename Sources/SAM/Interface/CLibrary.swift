import CSAM
import CSAMShims

let version: StaticString = "1.0.0"

/// Runs a call of the interface: its answer, or the failure's status, with the sentence left for sam_error_message.
func answer<Number: BinaryInteger>(_ body: () throws(Failure) -> Number) -> Number {
    do throws(Failure) {
        return try body()
    } catch {
        var text = error.message
        text.withUTF8 { bytes in
            UnsafeRawPointer(bytes.baseAddress).map { sam_message_write($0.assumingMemoryBound(to: CChar.self), bytes.count) }
        }
        return Number(error.status)
    }
}

/// A pointer that must be there.
func given<T>(_ pointer: T?, _ what: String, _ expected: String) throws(Failure) -> T {
    guard let pointer else { throw .argument(what + " = NULL: expected " + expected) }
    return pointer
}

/// The object of a handle; a null, destroyed or foreign one is refused.
func object<Object: AnyObject>(_ handle: OpaquePointer?, _ kind: Int, _ what: String) throws(Failure) -> Object {
    guard let found = sam_handle_get(handle.map { UnsafeRawPointer($0) }, Int32(kind)) else {
        throw .argument(what + (handle == nil ? " = NULL" : " = \(UInt(bitPattern: handle))") + ": expected a handle from sam_" + what
                        + "_create that was not destroyed")
    }
    return Unmanaged<Object>.fromOpaque(found).takeUnretainedValue()
}

/// Puts an object into the table; the table keeps it alive.
func newHandle<Object: AnyObject>(of object: Object, _ kind: Int) throws(Failure) -> OpaquePointer {
    let kept = Unmanaged.passRetained(object)
    guard let handle = sam_handle_put(kept.toOpaque(), Int32(kind)) else {
        kept.release()
        throw .memory("a handle", 0)
    }
    return OpaquePointer(handle)
}

/// Copies a struct of the host as far as it goes: at least as large as this version's.
func read<T>(_ from: UnsafePointer<T>, _ what: String) throws(Failure) -> T {
    let size = UnsafeRawPointer(from).load(as: Int.self)
    if size < MemoryLayout<T>.size || size > 65536 {
        throw .argument("struct_size = \(UInt(bitPattern: size)) of " + what + ": expected sizeof, \(MemoryLayout<T>.size) in this version")
    }
    return from.pointee
}

/// Fills a struct of the host up to its struct_size, whole members only; `members`: where each begins.
func fill<T>(_ to: UnsafeMutablePointer<T>, _ what: String, members: [Int], _ value: T) throws(Failure) {
    let size = UnsafeRawPointer(to).load(as: Int.self)
    if size < MemoryLayout<Int>.size || size > 65536 {
        throw .argument("struct_size = \(UInt(bitPattern: size)) of " + what + ": expected sizeof, \(MemoryLayout<T>.size) in this version")
    }
    var end = MemoryLayout<Int>.size
    for (i, start) in members.enumerated() {
        let next = i + 1 < members.count ? members[i + 1] : MemoryLayout<T>.size
        if next <= size { end = next } else { break }
        _ = start
    }
    withUnsafeBytes(of: value) { bytes in
        let skip = MemoryLayout<Int>.size
        UnsafeMutableRawPointer(to).advanced(by: skip).copyMemory(from: bytes.baseAddress! + skip, byteCount: end - skip)
    }
}

@c @implementation
public func sam_version() -> UnsafePointer<CChar>? { Name(version).bytes }

@c @implementation
public func sam_abi_version() -> Int32 { SAM_ABI_VERSION }

@c @implementation
public func sam_build_info() -> UnsafePointer<CChar>? {
    #if hasFeature(Embedded)
    let mode = "embedded"
    #else
    let mode = "ordinary"
    #endif
    let openmp = Name(sam_threads_kind()) == Name("openmp") ? "true" : "false"
    var text = "{\"version\": \"" + Name(version).text + "\", \"instruction_set\": \"" + String(cString: sam_processor_set())
        + "\", \"threads\": \(sam_threads_wanted()), \"blas\": \"" + String(cString: sam_blas_kind()) + "\", \"openmp\": " + openmp
        + ", \"swift\": \"" + mode + "\"}"
    return text.withUTF8 { bytes in
        sam_info_write(UnsafeRawPointer(bytes.baseAddress!).assumingMemoryBound(to: CChar.self), bytes.count)
    }
}

@c @implementation
public func sam_error_message() -> UnsafePointer<CChar>? { sam_message_read() }

@c @implementation
public func sam_status_name(_ status: Int32) -> UnsafePointer<CChar>? {
    let names: [StaticString] = [
        "SAM_OK", "SAM_ERROR_ARGUMENT", "SAM_ERROR_NAME", "SAM_ERROR_RANGE", "SAM_ERROR_STATE", "SAM_ERROR_NONFINITE",
        "SAM_ERROR_MEMORY", "SAM_ERROR_IO", "SAM_ERROR_FORMAT", "SAM_ERROR_MISMATCH", "SAM_ERROR_CALLBACK", "SAM_ERROR_CANCELLED",
        "SAM_ERROR_UNSUPPORTED",
    ]
    if status >= 0 { return Name(names[0]).bytes }
    return Name(status > -Int32(names.count) ? names[Int(-status)] : "unknown").bytes
}

@c @implementation
public func sam_set_threads(_ count: Int32) -> Int32 {
    answer { () throws(Failure) in
        if count < 1 || count > 1024 { throw .range("count = \(count): expected 1 to 1024") }
        sam_threads_want(count)
        return Int32(SAM_OK)
    }
}

@c @implementation
public func sam_threads() -> Int32 { sam_threads_wanted() }
