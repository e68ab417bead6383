import CSAM
import CSAMShims

private func report(_ handle: OpaquePointer?) throws(Failure) -> Report {
    guard let handle else { throw .argument("report = NULL: expected a report from sam_measure") }
    guard let found = sam_handle_get(UnsafeRawPointer(handle), Int32(SAM_HANDLE_REPORT)) else {
        throw .argument("report = \(Int(bitPattern: handle)): expected a report from sam_measure that was not destroyed")
    }
    return Unmanaged<Report>.fromOpaque(found).takeUnretainedValue()
}

/// A call of sam_measure (MeasureCall.c), on the stack of its own.
@c @implementation @_documentation(visibility: internal)
public func sam_measure_make(_ made: UnsafeMutablePointer<sam_measure_call>?) {
    let made = made!, call = made.pointee
    made.pointee.status = answerCalling { (host) throws(Failure) in
        if call.hasOut == 0 { throw .argument("out = NULL: expected where the report goes") }
        defer { sam_reserve_trim() }
        let set = try parameters(call.parameters.map { OpaquePointer($0) }), name = Name(at: try given(call.measure, "measure", "a name of the catalogue's measures"))
        let objective = call.objective?.assumingMemoryBound(to: sam_objective.self), settings = call.settings?.assumingMemoryBound(to: sam_setting.self)
        let report = try newHandle(of: try Measuring.run(set, name, objective, settings, call.count, host), SAM_HANDLE_REPORT)
        made.pointee.report = UnsafeMutableRawPointer(report)
        return Int32(SAM_OK)
    }
}

@c @implementation @_documentation(visibility: internal)
public func sam_report_value(_ handle: OpaquePointer?, _ key: UnsafePointer<CChar>?, _ value: UnsafeMutablePointer<Double>?) -> Int32 {
    answer { () throws(Failure) in
        let report = try report(handle), key = Name(at: try given(key, "key", "a key of the report"))
        try given(value, "value", "where the number goes").pointee = try report.number(key)
        return Int32(SAM_OK)
    }
}

@c @implementation @_documentation(visibility: internal)
public func sam_report_array(_ handle: OpaquePointer?, _ key: UnsafePointer<CChar>?, _ values: UnsafeMutablePointer<UnsafePointer<Double>?>?,
                             _ rank: UnsafeMutablePointer<Int32>?, _ shape: UnsafeMutablePointer<UnsafePointer<Int64>?>?) -> Int32 {
    answer { () throws(Failure) in
        let report = try report(handle), key = Name(at: try given(key, "key", "a key of the report"))
        let values = try given(values, "values", "where the pointer goes"), rank = try given(rank, "rank", "where the number of axes goes")
        let shape = try given(shape, "shape", "where the pointer goes")
        let found = try report.array(key)
        values.pointee = found.values
        rank.pointee = Int32(found.rank)
        shape.pointee = found.shape
        return Int32(SAM_OK)
    }
}

@c @implementation @_documentation(visibility: internal)
public func sam_report_key(_ handle: OpaquePointer?, _ index: Int32, _ key: UnsafeMutablePointer<UnsafePointer<CChar>?>?) -> Int32 {
    answer { () throws(Failure) in
        let report = try report(handle), key = try given(key, "key", "where the name goes")
        if index < 0 { throw .argument("index = \(index): expected a number >= 0") }
        key.pointee = nil
        guard let name = report.key(Int(index)) else { return 0 }
        key.pointee = name.bytes
        return 1
    }
}

@c @implementation @_documentation(visibility: internal)
public func sam_report_destroy(_ handle: OpaquePointer?) {
    if let kept = sam_handle_take(handle.map { UnsafeRawPointer($0) }, Int32(SAM_HANDLE_REPORT)) { Unmanaged<Report>.fromOpaque(kept).release() }
}
