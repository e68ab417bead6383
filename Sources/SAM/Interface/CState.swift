import CSAM
import CSAMShims

@c @implementation @_documentation(visibility: internal)
public func sam_optimizer_save(_ handle: OpaquePointer?, _ path: UnsafePointer<CChar>?) -> Int32 {
    answer { () throws(Failure) in
        try optimizer(reserving: handle).save(to: try given(path, "path", "a file's name"))
        return Int32(SAM_OK)
    }
}

@c @implementation @_documentation(visibility: internal)
public func sam_optimizer_load(_ handle: OpaquePointer?, _ path: UnsafePointer<CChar>?) -> Int32 {
    answer { () throws(Failure) in
        defer { sam_reserve_trim() }
        try optimizer(reserving: handle).load(from: try given(path, "path", "a file's name"))
        return Int32(SAM_OK)
    }
}

@c @implementation @_documentation(visibility: internal)
public func sam_optimizer_state_size(_ handle: OpaquePointer?, _ bytes: UnsafeMutablePointer<Int>?) -> Int32 {
    answer { () throws(Failure) in
        let optimizer = try optimizer(reserving: handle)
        try given(bytes, "bytes", "where the number goes").pointee = try optimizer.stateSize()
        return Int32(SAM_OK)
    }
}

@c @implementation @_documentation(visibility: internal)
public func sam_optimizer_state_write(_ handle: OpaquePointer?, _ buffer: UnsafeMutableRawPointer?, _ bytes: Int) -> Int32 {
    answer { () throws(Failure) in
        try optimizer(reserving: handle).write(to: try given(buffer, "buffer", "where the state goes"), bytes)
        return Int32(SAM_OK)
    }
}

@c @implementation @_documentation(visibility: internal)
public func sam_optimizer_state_read(_ handle: OpaquePointer?, _ buffer: UnsafeRawPointer?, _ bytes: Int) -> Int32 {
    answer { () throws(Failure) in
        defer { sam_reserve_trim() }
        try optimizer(reserving: handle).read(try given(buffer, "buffer", "a state"), bytes)
        return Int32(SAM_OK)
    }
}

@c @implementation @_documentation(visibility: internal)
public func sam_optimizer_memory(_ handle: OpaquePointer?, _ bytes: UnsafeMutablePointer<Int64>?) -> Int32 {
    answer { () throws(Failure) in
        let optimizer = try optimizer(reserving: handle)
        try given(bytes, "bytes", "where the number goes").pointee = Int64(optimizer.memory)
        return Int32(SAM_OK)
    }
}

@c @implementation @_documentation(visibility: internal)
public func sam_optimizer_average(_ handle: OpaquePointer?, _ index: Int32, _ out: UnsafeMutableRawPointer?) -> Int32 {
    answer { () throws(Failure) in
        let optimizer = try optimizer(reserving: handle)
        try optimizer.average(Int(index), to: try given(out, "out", "a buffer of the tensor's size"))
        return Int32(SAM_OK)
    }
}
