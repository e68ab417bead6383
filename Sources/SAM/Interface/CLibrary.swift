import CSAM
import CSAMShims

let version: StaticString = "1.0.0"

/// Runs a call of the interface in an environment of its own: its answer, or the failure's status. `reserving`: whether it makes objects, for which
/// memory is found first.
func answer<Number: BinaryInteger>(reserving: Bool = true, _ body: () throws(Failure) -> Number) -> Number {
    answerCalling(reserving: reserving) { (_) throws(Failure) in try body() }
}

/// The same, where the call calls the host, in its environment.
func answerCalling<Number: BinaryInteger>(reserving: Bool = true, _ body: (UnsafeMutablePointer<sam_environment>) throws(Failure) -> Number) -> Number {
    do throws(Failure) {
        return try inOwnEnvironment { (host) throws(Failure) in
            if reserving { try reserve() }
            return try body(host)
        }
    } catch { return Number(error.status) }
}

/// A pointer that must be there.
func given<T>(_ pointer: T?, _ what: StaticString, _ expected: StaticString) throws(Failure) -> T {
    guard let pointer else { throw .argument("\(what) = NULL: expected \(expected)") }
    return pointer
}

/// The object of a handle; a null, destroyed or foreign one is refused.
func object<Object: AnyObject>(_ handle: OpaquePointer?, _ kind: Int, _ what: StaticString) throws(Failure) -> Object {
    try held(handle, kind, what).takeUnretainedValue()
}

/// The same, not counted: for the time of a call.
func held<Object: AnyObject>(_ handle: OpaquePointer?, _ kind: Int, _ what: StaticString) throws(Failure) -> Unmanaged<Object> {
    guard let handle else { throw .argument("\(what) = NULL: expected a handle from sam_\(what)_create") }
    guard let found = sam_handle_get(UnsafeRawPointer(handle), Int32(kind)) else {
        throw .argument("\(what) = \(Int(bitPattern: handle)): expected a handle from sam_\(what)_create that was not destroyed")
    }
    return Unmanaged<Object>.fromOpaque(found)
}

/// Puts an object into the table; the table keeps it alive.
func newHandle<Object: AnyObject>(of object: Object, _ kind: Int) throws(Failure) -> OpaquePointer {
    let kept = Unmanaged.passRetained(object)
    guard let handle = sam_handle_put(kept.toOpaque(), Int32(kind)) else {
        kept.release()
        throw .memory("no memory for a handle")
    }
    return OpaquePointer(handle)
}

private func checkSize(_ size: Int, atLeast least: Int, _ whole: Int, _ what: StaticString) throws(Failure) {
    if size < least || size > 65536 {
        throw .argument("struct_size = \(size) of \(what): expected sizeof(\(what)), \(whole) in this version")
    }
}

/// A struct of the host, of this version's size or an earlier one's; what that did not have is 0. first: its size in 1.0, the least; ends: where members
/// that came later end, one by one, the last left out. A size within a member is that of the members before it.
func read<T>(_ from: UnsafePointer<T>, _ what: StaticString, first: Int, ends: [Int] = []) throws(Failure) -> T {
    let size = UnsafeRawPointer(from).load(as: Int.self)
    try checkSize(size, atLeast: first, MemoryLayout<T>.size, what)
    var known = first
    for end in ends + [MemoryLayout<T>.size] where end <= size { known = end }
    return withUnsafeTemporaryAllocation(of: T.self, capacity: 1) { whole in
        let bytes = UnsafeMutableRawPointer(whole.baseAddress!)
        bytes.initializeMemory(as: UInt8.self, repeating: 0, count: MemoryLayout<T>.size)
        bytes.copyMemory(from: from, byteCount: known)
        return whole[0]
    }
}

/// Fills a struct of the host up to its struct_size, whole members only; `members`: the bytes of each up to the next, a digit a member.
func fill<T>(_ to: UnsafeMutablePointer<T>, _ what: StaticString, members: StaticString, _ value: T) throws(Failure) {
    let size = UnsafeRawPointer(to).load(as: Int.self), first = MemoryLayout<Int>.size
    try checkSize(size, atLeast: first, MemoryLayout<T>.size, what)
    var end = 0
    for i in 0..<members.utf8CodeUnitCount {
        let next = end + Int(members.utf8Start[i]) - 48
        if next > size { break }
        end = next
    }
    withUnsafeBytes(of: value) { bytes in
        UnsafeMutableRawPointer(to).advanced(by: first).copyMemory(from: bytes.baseAddress! + first, byteCount: end - first)
    }
}

@c @implementation @_documentation(visibility: internal)
public func sam_version() -> UnsafePointer<CChar>? { Name(version).bytes }

@c @implementation @_documentation(visibility: internal)
public func sam_abi_version() -> Int32 { SAM_ABI_VERSION }

@c @implementation @_documentation(visibility: internal)
public func sam_build_info() -> UnsafePointer<CChar>? {
    #if hasFeature(Embedded)
    let mode: StaticString = "embedded"
    #else
    let mode: StaticString = "ordinary"
    #endif
    do throws(Failure) { try reserve() } catch { return nil }      // the first to ask for the kernels makes their tables
    return sam_info(Name(version).bytes, Name(mode).bytes)
}

@c @implementation @_documentation(visibility: internal)
public func sam_error_message() -> UnsafePointer<CChar>? { sam_message_read() }

@c @implementation @_documentation(visibility: internal)
public func sam_status_name(_ status: Int32) -> UnsafePointer<CChar>? {
    let name: StaticString
    switch status >= 0 ? 0 : -Int(status) {
    case 0: name = "SAM_OK"
    case 1: name = "SAM_ERROR_ARGUMENT"
    case 2: name = "SAM_ERROR_NAME"
    case 3: name = "SAM_ERROR_RANGE"
    case 4: name = "SAM_ERROR_STATE"
    case 5: name = "SAM_ERROR_NONFINITE"
    case 6: name = "SAM_ERROR_MEMORY"
    case 7: name = "SAM_ERROR_IO"
    case 8: name = "SAM_ERROR_FORMAT"
    case 9: name = "SAM_ERROR_MISMATCH"
    case 10: name = "SAM_ERROR_CALLBACK"
    case 11: name = "SAM_ERROR_CANCELLED"
    case 12: name = "SAM_ERROR_UNSUPPORTED"
    default: name = "unknown"
    }
    return Name(name).bytes
}

@c @implementation @_documentation(visibility: internal)
public func sam_set_threads(_ count: Int32) -> Int32 {
    answer { () throws(Failure) in
        try setThreads(Int(count))
        return Int32(SAM_OK)
    }
}

func setThreads(_ count: Int) throws(Failure) {
    if count < 1 || count > 1024 { throw .range("count = \(count): expected 1 to 1024") }
    sam_threads_want(Int32(count))
}

@c @implementation @_documentation(visibility: internal)
public func sam_threads() -> Int32 { sam_threads_wanted() }
