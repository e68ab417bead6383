import CSAM

private func place(_ index: Int32, _ count: Int) throws(Failure) -> Int {
    if index < 0 || Int(index) >= count {
        if count == 0 { throw .argument("index = \(index): there is none of that kind") }
        throw .argument("index = \(index): expected 0 to \(count - 1)")
    }
    return Int(index)
}

@c @implementation @_documentation(visibility: internal)
public func sam_catalog_count(_ kind: Int32) -> Int32 {
    answer { () throws(Failure) in Int32(try Catalog.entries(kind).count) }
}

@c @implementation @_documentation(visibility: internal)
public func sam_catalog_entry(_ kind: Int32, _ index: Int32, _ out: UnsafeMutablePointer<sam_entry>?) -> Int32 {
    answer { () throws(Failure) in
        let all = try Catalog.entries(kind)
        let entry = all[try place(index, all.count)]
        let out = try given(out, "out", "a sam_entry")
        try fill(out, "sam_entry", members: "888844444",
                 sam_entry(struct_size: out.pointee.struct_size, name: entry.name.bytes, summary: entry.summary.bytes,
                           reference: entry.reference.bytes, evaluations: Int32(entry.evaluations),
                           state_per_parameter: Int32(entry.state), options: Int32(entry.options.count),
                           needs: UInt32(entry.needs), exactness: Int32(entry.exactness)))
        return Int32(SAM_OK)
    }
}

@c @implementation @_documentation(visibility: internal)
public func sam_catalog_option(_ kind: Int32, _ name: UnsafePointer<CChar>?, _ index: Int32, _ out: UnsafeMutablePointer<sam_option>?) -> Int32 {
    answer { () throws(Failure) in
        let all = try Catalog.entries(kind)
        let options: [Option]
        if Int(kind) == SAM_SHARED {
            options = all.map { $0.options[0] }
        } else {
            options = all[try Catalog.find(kind, Name(at: try given(name, "name", "a name of the catalogue")), "name")].options
        }
        let option = options[try place(index, options.count)]
        let out = try given(out, "out", "a sam_option")
        try fill(out, "sam_option", members: "8884488888",
                 sam_option(struct_size: out.pointee.struct_size, name: option.name.bytes, summary: option.summary.bytes,
                            kind: option.kind.rawValue, per_group: option.perGroup ? 1 : 0, initial: option.initial, low: option.low,
                            high: option.high, open: option.open, choices: option.choices?.bytes))
        return Int32(SAM_OK)
    }
}
