import CSAM
import CSAMShims

/// What is kept between steps, as a file or buffer in the safetensors format: slots as tensors "section.slot.parameter", everything
/// else as metadata (Metadata.swift).
extension Optimizer {
    /// One tensor's part of a slot.
    private struct Part {
        let section: StaticString, slot: Slot, t: Int
    }

    /// The slots that are kept with the present options.
    private var kept: [(section: StaticString, slot: Slot)] {
        var list: [(section: StaticString, slot: Slot)] = []
        for slot in method.slots where slot.life != .step { list.append(("method", slot)) }
        if let base { for slot in base.slots + [base.steps] where slot.life != .step { list.append(("base", slot)) } }
        for slot in average.slots(shared) + device.halves.slots(device.tensors) { list.append(("shared", slot)) }
        return list
    }

    /// What was written so far and goes into the next step, doubles first so that each lies at a multiple of its size.
    private var parts: [Part] {
        var list: [Part] = []
        for type in [Int32(SAM_F64), Int32(SAM_F32)] {
            for (section, slot) in kept where slot.isAllocated && slot.fits(device.tensors) {
                for t in device.tensors.indices where slot.present[t] && slot.type(device.tensors[t]) == type {
                    list.append(Part(section: section, slot: slot, t: t))
                }
            }
        }
        return list
    }

    private func bytes(_ part: Part) -> Int {
        part.slot.count(part.t) * byteCount(of: part.slot.type(device.tensors[part.t]))
    }

    private func name(_ text: inout StateText, _ section: StaticString, _ slot: Slot, _ t: Int) {
        text.raw(section)
        text.raw(".")
        text.name(slot.name)
        text.raw(".")
        text.name(device.tensors[t].name)
    }

    /// The header, where in it the checksum's digits stand, and the bytes of data behind it.
    private func header(_ parts: [Part]) -> (text: StateText, checksum: Int, data: Int) {
        var text = StateText()
        let checksum = describe(&text)
        var offset = 0
        for part in parts {
            let t = device.tensors[part.t]
            text.member()
            name(&text, part.section, part.slot, part.t)
            text.raw(Int(part.slot.type(t)) == SAM_F64 ? "\":{\"dtype\":\"F64\",\"shape\":[" : "\":{\"dtype\":\"F32\",\"shape\":[")
            for (i, length) in part.slot.shape(part.t, t).enumerated() {
                if i > 0 { text.raw(",") }
                text.integer(Int64(length))
            }
            text.raw("],\"data_offsets\":[")
            text.integer(Int64(offset))
            offset += bytes(part)
            text.raw(",")
            text.integer(Int64(offset))
            text.raw("]}")
        }
        text.close()
        text.pad()
        return (text, checksum, offset)
    }

    private func mustRest(_ what: StaticString) throws(Failure) {
        if isStepping { throw .state("the state cannot be \(what) in the middle of a step: finish or cancel it first") }
    }

    /// Bytes of the state as it is now.
    func stateSize() throws(Failure) -> Int {
        try mustRest("measured")
        let (text, _, data) = header(parts)
        return 8 + text.bytes.count + data
    }

    /// Puts header and data; 0 or an errno.
    private func put(_ writer: inout sam_writer) -> Int32 {
        let parts = parts, (text, checksum, _) = header(parts)
        var length = UInt64(text.bytes.count)
        var failed = sam_writer_put(&writer, &length, 8)
        if failed == 0 { failed = text.bytes.withUnsafeBufferPointer { sam_writer_put(&writer, $0.baseAddress, $0.count) } }
        for part in parts where failed == 0 { failed = sam_writer_put(&writer, part.slot.part[part.t], bytes(part)) }
        return failed == 0 ? sam_writer_finish(&writer, 8 + checksum) : failed
    }

    /// Whole or not at all: what stood at the path stands until the new file is complete.
    func save(to path: UnsafePointer<CChar>) throws(Failure) {
        try mustRest("saved")
        var writer = sam_writer(), failed = sam_writer_file(&writer, path)
        if failed == 0 { failed = put(&writer) }
        if failed != 0 {
            sam_writer_abandon(&writer)
            throw .system(failed, path, "written")
        }
    }

    func write(to buffer: UnsafeMutableRawPointer, _ capacity: Int) throws(Failure) {
        let size = try stateSize()
        if capacity < size { throw .argument("bytes = \(capacity): expected at least \(size), what sam_optimizer_state_size answers") }
        var writer = sam_writer()
        sam_writer_memory(&writer, buffer, capacity)
        _ = put(&writer)
    }

    func load(from path: UnsafePointer<CChar>) throws(Failure) {
        try mustRest("loaded")
        var bytes: UnsafeMutableRawPointer?, count = 0
        let failed = sam_file_read(path, &bytes, &count)
        guard failed == 0, let bytes else { throw .system(failed, path, "read") }
        defer { sam_memory_give(bytes) }
        try restore(StateFile(bytes.assumingMemoryBound(to: UInt8.self), count, "file"))
    }

    func read(_ buffer: UnsafeRawPointer, _ count: Int) throws(Failure) {
        try mustRest("read")
        try restore(StateFile(buffer.assumingMemoryBound(to: UInt8.self), count, "buffer"))
    }

    /// Into a second optimizer of the same kind, whose place this one then takes: whatever fails, this one is as it was.
    private func restore(_ file: StateFile) throws(Failure) {
        let twin = Optimizer(try .of(parameters, method: methodName, base: base?.name))
        try twin.take(file)
        try twin.prepare()
        var isTaken = [Bool](repeating: false, count: file.tensors.count), hint = 0
        for (section, slot) in twin.kept {
            for t in device.tensors.indices {
                guard let i = file.place(of: StateText.of({ twin.name(&$0, section, slot, t) }), hint: hint) else { continue }
                try twin.fill(slot, t, file, file.tensors[i])
                isTaken[i] = true
                hint = i + 1
            }
        }
        for (i, tensor) in file.tensors.enumerated() where !isTaken[i] {
            throw .mismatch("the state has \"\(tensor.name)\", for which this optimizer has no place")
        }
        adopt(twin)
    }

    private func fill(_ slot: Slot, _ t: Int, _ file: StateFile, _ from: StateFile.Tensor) throws(Failure) {
        let expected = bytes(Part(section: "", slot: slot, t: t)), found = from.end - from.start
        if from.type != slot.type(device.tensors[t]) || found != expected {
            throw .mismatch("the state's \"\(from.name)\" has \(found) bytes: expected \(expected)")
        }
        slot.part[t].copyMemory(from: file.data + from.start, byteCount: found)
        slot.restored(t)
    }
}
