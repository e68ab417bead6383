import CSAM
import CSAMShims

/// What is kept between steps, as a file or buffer in the safetensors format: slots as tensors "section.slot.parameter", everything
/// else as metadata (Metadata.swift). A stacked tensor has one of them, its slices one after the other: they are written by the same passes, for
/// gradient, group, role and shape are the same.
extension Optimizer {
    /// One tensor's part of a slot; of a stacked one that of its first slice.
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
                for (t, tensor) in device.tensors.enumerated() where tensor.slice == 0 && slot.present[t] && slot.type(tensor) == type {
                    list.append(Part(section: section, slot: slot, t: t))
                }
            }
        }
        return list
    }

    /// Of one slice.
    private func bytes(_ slot: Slot, _ t: Int) -> Int { slot.count(t) * byteCount(of: slot.type(device.tensors[t])) }

    private func bytes(_ part: Part) -> Int { device.tensors[part.t].slices * bytes(part.slot, part.t) }

    /// The lengths of the stacked axes in front of a slice's own.
    private func shape(_ part: Part) -> [Int] {
        let tensor = device.tensors[part.t], whole = parameters.tensors[device.places[part.t]]
        return (tensor.slices > 1 ? Array(whole.shape[..<whole.stackedAxes]) : []) + part.slot.shape(part.t, tensor)
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
            for (i, length) in shape(part).enumerated() {
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
        for part in parts {
            for t in part.t..<(part.t + device.tensors[part.t].slices) where failed == 0 {
                failed = sam_writer_put(&writer, part.slot.part[t], bytes(part.slot, t))
            }
        }
        return failed == 0 ? sam_writer_finish(&writer, 8 + checksum) : failed
    }

    /// Whole or not at all: what stood at the path stands until the new file is complete. A file without a name, of which nothing is left where the
    /// process is killed; where such a one cannot get a name, once more with one from the start.
    func save(to path: UnsafePointer<CChar>) throws(Failure) {
        try mustRest("saved")
        var failed = Int32(SAM_NO_LINK)
        for named: Int32 in 0...1 where failed == Int32(SAM_NO_LINK) {
            var writer = sam_writer()
            failed = sam_writer_file(&writer, path, named)
            if failed == 0 { failed = put(&writer) }
            if failed != 0 { sam_writer_abandon(&writer) }
        }
        if failed != 0 { throw .system(failed, path, "written") }
    }

    func write(to buffer: UnsafeMutableRawPointer, _ capacity: Int) throws(Failure) {
        let size = try stateSize()
        if capacity < size { throw .argument("bytes = \(capacity): expected at least \(size), what sam_optimizer_state_size answers") }
        var writer = sam_writer()
        sam_writer_memory(&writer, buffer, capacity)
        _ = put(&writer)
    }

    /// The header is looked at before the rest of the file is read.
    func load(from path: UnsafePointer<CChar>) throws(Failure) {
        try mustRest("loaded")
        var reader = sam_reader()
        defer { sam_reader_close(&reader) }
        var failed = sam_reader_open(&reader, path)
        if failed != 0 { throw .system(failed, path, "read") }
        var file = try StateFile(header: reader.head, Int(reader.head_size), of: Int(reader.size), "file")
        failed = sam_reader_data(&reader)
        if failed != 0 { throw .system(failed, path, "read") }
        try file.take(reader.data, Int(reader.data_size))
        try restore(file)
    }

    func read(_ buffer: UnsafeRawPointer, _ count: Int) throws(Failure) {
        try mustRest("read")
        let bytes = buffer.assumingMemoryBound(to: UInt8.self)
        var file = try StateFile(header: bytes, count, of: count, "buffer")
        try file.take(bytes + file.headerEnd, count - file.headerEnd)
        try restore(file)
    }

    /// Into a second optimizer of the same kind, whose place this one then takes: whatever fails, this one is as it was.
    private func restore(_ file: StateFile) throws(Failure) {
        let twin = Optimizer(try .of(parameters, method: methodName, base: base?.name))
        try twin.take(file)
        try twin.checkTogether()
        try twin.prepare()
        var isTaken = [Bool](repeating: false, count: file.tensors.count), hint = 0
        for (section, slot) in twin.kept {
            for t in device.tensors.indices where device.tensors[t].slice == 0 {
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
        let slices = device.tensors[t].slices
        for i in 0..<slices {
            slot.part[t + i].copyMemory(from: file.data + from.start + i * (found / slices), byteCount: found / slices)
            if slot === base?.steps {                       // a count of steps, which goes into whole numbers
                let steps = slot.part[t + i].load(as: Double.self)
                if !(steps >= 0 && steps <= 0x1p53 && steps == steps.rounded(.towardZero)) {
                    throw .format("the state's \"\(from.name)\" is \(steps): expected a whole number from 0 to 2^53")
                }
            }
            slot.restored(t + i)
        }
    }
}
