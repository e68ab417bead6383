import CSAM
import CSAMShims

private func known(_ handle: OpaquePointer?) throws(Failure) -> Parameters { try object(handle, SAM_HANDLE_PARAMETERS, "parameters") }

/// The set of a handle; memory for what the call makes is found, by the number of its tensors and groups.
func parameters(_ handle: OpaquePointer?) throws(Failure) -> Parameters {
    let found = try known(handle)
    try reserve(objects: found.objects)
    return found
}

@c @implementation @_documentation(visibility: internal)
public func sam_parameters_create(_ out: UnsafeMutablePointer<OpaquePointer?>?) -> Int32 {
    answer { () throws(Failure) in
        let out = try given(out, "out", "where the handle goes")
        out.pointee = nil
        out.pointee = try newHandle(of: Parameters(), SAM_HANDLE_PARAMETERS)
        return Int32(SAM_OK)
    }
}

@c @implementation @_documentation(visibility: internal)
public func sam_parameters_add(_ handle: OpaquePointer?, _ parameter: UnsafePointer<sam_parameter>?) -> Int32 {
    answer { () throws(Failure) in
        let set = try parameters(handle)
        return Int32(try set.add(try read(try given(parameter, "parameter", "a sam_parameter"), "sam_parameter", first: 64, ends: [68])))
    }
}

@c @implementation @_documentation(visibility: internal)
public func sam_parameters_add_group(_ handle: OpaquePointer?, _ name: UnsafePointer<CChar>?) -> Int32 {
    answer { () throws(Failure) in Int32(try parameters(handle).addGroup(try given(name, "name", "a string"))) }
}

@c @implementation @_documentation(visibility: internal)
public func sam_parameters_bind(_ handle: OpaquePointer?, _ index: Int32, _ data: UnsafeMutableRawPointer?,
                                _ gradient: UnsafeMutableRawPointer?) -> Int32 {
    answer { () throws(Failure) in
        try parameters(handle).bind(Int(index), data: data, gradient: gradient)
        return Int32(SAM_OK)
    }
}

@c @implementation @_documentation(visibility: internal)
public func sam_parameters_count(_ handle: OpaquePointer?) -> Int64 {
    answer(reserving: false) { () throws(Failure) in Int64(try known(handle).tensors.count) }
}

@c @implementation @_documentation(visibility: internal)
public func sam_parameters_size(_ handle: OpaquePointer?) -> Int64 {
    answer(reserving: false) { () throws(Failure) in Int64(try known(handle).size) }
}

@c @implementation @_documentation(visibility: internal)
public func sam_parameters_recover(_ handle: OpaquePointer?) -> Int32 {
    answer { () throws(Failure) in
        try parameters(handle).recover()
        return Int32(SAM_OK)
    }
}

@c @implementation @_documentation(visibility: internal)
public func sam_parameters_destroy(_ handle: OpaquePointer?) {
    if let kept = sam_handle_take(handle.map { UnsafeRawPointer($0) }, Int32(SAM_HANDLE_PARAMETERS)) {
        Unmanaged<Parameters>.fromOpaque(kept).release()
    }
}
