import CSAM
import CSAMShims

func optimizer(_ handle: OpaquePointer?) throws(Failure) -> Optimizer { try object(handle, SAM_HANDLE_OPTIMIZER, "optimizer") }

/// The same for a call that makes objects, by the number of tensors and groups.
func optimizer(reserving handle: OpaquePointer?) throws(Failure) -> Optimizer {
    let found = try optimizer(handle)
    try reserve(objects: found.parameters.objects)
    return found
}

@c @implementation @_documentation(visibility: internal)
public func sam_optimizer_create(_ handle: OpaquePointer?, _ method: UnsafePointer<CChar>?, _ base: UnsafePointer<CChar>?,
                                 _ out: UnsafeMutablePointer<OpaquePointer?>?) -> Int32 {
    answer { () throws(Failure) in
        let out = try given(out, "out", "where the handle goes")
        out.pointee = nil
        let made = Optimizer(try .of(try parameters(handle), method: Name(at: try given(method, "method", "a name of the catalogue's methods")),
                                 base: base.map { Name(at: $0) }))
        out.pointee = try newHandle(of: made, SAM_HANDLE_OPTIMIZER)
        return Int32(SAM_OK)
    }
}

@c @implementation @_documentation(visibility: internal)
public func sam_step(_ handle: OpaquePointer?, _ loss: Double) -> Int32 {
    answer(reserving: false) { () throws(Failure) in
        let optimizer: Unmanaged<Optimizer> = try held(handle, SAM_HANDLE_OPTIMIZER, "optimizer")
        return try optimizer._withUnsafeGuaranteedRef { optimizer in Result { () throws(Failure) in try optimizer.step(loss) } }.get()
    }
}

@c @implementation @_documentation(visibility: internal)
public func sam_batch(_ handle: OpaquePointer?) -> Int64 {
    answer(reserving: false) { () throws(Failure) in try optimizer(handle).batch }
}

@c @implementation @_documentation(visibility: internal)
public func sam_optimizer_point(_ handle: OpaquePointer?, _ index: Int32, _ data: UnsafeMutablePointer<UnsafeMutableRawPointer?>?) -> Int32 {
    answer(reserving: false) { () throws(Failure) in
        let optimizer = try optimizer(handle)
        try given(data, "data", "where the pointer goes").pointee = try optimizer.point(Int(index))
        return Int32(SAM_OK)
    }
}

@c @implementation @_documentation(visibility: internal)
public func sam_cancel(_ handle: OpaquePointer?) -> Int32 {
    answer(reserving: false) { () throws(Failure) in
        try optimizer(handle).cancel()
        return Int32(SAM_OK)
    }
}

@c @implementation @_documentation(visibility: internal)
public func sam_optimizer_metrics(_ handle: OpaquePointer?, _ metrics: UnsafeMutablePointer<sam_metrics>?) -> Int32 {
    answer(reserving: false) { () throws(Failure) in
        let optimizer = try optimizer(handle)
        try fill(try given(metrics, "metrics", "a sam_metrics"), "sam_metrics", members: "888888888888", optimizer.metrics)
        return Int32(SAM_OK)
    }
}

@c @implementation @_documentation(visibility: internal)
public func sam_optimizer_evaluations(_ handle: OpaquePointer?) -> Int32 {
    answer(reserving: false) { () throws(Failure) in Int32(clamping: try optimizer(handle).evaluations) }
}

@c @implementation @_documentation(visibility: internal)
public func sam_optimizer_destroy(_ handle: OpaquePointer?) {
    if let kept = sam_handle_take(handle.map { UnsafeRawPointer($0) }, Int32(SAM_HANDLE_OPTIMIZER)) {
        let optimizer = Unmanaged<Optimizer>.fromOpaque(kept)
        optimizer.takeUnretainedValue().cancel()
        optimizer.release()
    }
}
