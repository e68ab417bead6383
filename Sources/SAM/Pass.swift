import CSAM
import CSAMShims

/// One walk over the elements: what is computed, and where it goes.
final class Pass {
    enum Kind {
        /// slot = expression
        case evaluate
        /// sums of a * b, or of a squared
        case dot
        /// the point to evaluate = iterate + expression, or the expression itself (absolute)
        case displace
        /// host's weights = iterate + expression (or the expression), for good
        case move
        /// a rule's update
        case descend
        /// counts of the expression's keys; a mask of the largest
        case histogram, mask
    }

    let kind: Kind
    var a: Vector
    /// The second factor of a dot product; or what takes the place of `a` in tensors whose part of `unless` was never written.
    var b: Vector?
    var unless: Slot?
    var unit = Unit.all
    /// Whether the walk stops at every row: sums by row, or coefficients by row.
    var walksRows = false
    var absolute = false
    /// By tensor: who takes part, beside `active`.
    var scope: [Bool]?
    var slot: Slot?
    /// evaluate: in the slot's place, the host's buffer of the one tensor in the scope.
    var out: UnsafeMutableRawPointer?
    var rule: RuleBase?
    var counts: UnsafeMutablePointer<UInt64>?
    var prefix: UInt64 = 0
    var shift = 0
    var remaining: UnsafeMutablePointer<Int64>?

    /// Whether the pass counts in the order of the elements, on one thread.
    var isSerial: Bool { kind == .histogram || kind == .mask }

    init(_ kind: Kind, _ a: Vector) {
        self.kind = kind
        self.a = a
    }
}

extension Device {
    func run(_ pass: Pass) {
        if hasRows(pass.a) || (pass.b.map(hasRows) ?? false) { pass.walksRows = true }
        var total = 0
        for t in tensors.indices where includes(t, pass) { total += tensors[t].count }
        let threads = total >= 1_000_000 && !pass.isSerial ? Int(sam_threads_wanted()) : 1
        var job = Job(device: Unmanaged.passUnretained(self), pass: Unmanaged.passUnretained(pass), total: total)
        withUnsafeMutablePointer(to: &job) { job in
            sam_parallel(Int32(threads), { context, thread, threads, scratch in
                let job = context!.assumingMemoryBound(to: Job.self)
                job.pointee.device.takeUnretainedValue().work(job.pointee.pass.takeUnretainedValue(), job.pointee.total,
                                                              Int(thread), Int(threads), scratch!)
            }, job)
        }
    }

    struct Job {
        let device: Unmanaged<Device>
        let pass: Unmanaged<Pass>
        let total: Int
    }

    private func hasRows(_ v: Vector) -> Bool {
        for i in 0..<v.count {
            if let table = v[i].number.table, table.pointee.unit == .row { return true }
        }
        return false
    }

    /// The part of one thread: elements total * thread / threads up to the next thread's, moved down to the start of a sum.
    private func work(_ pass: Pass, _ total: Int, _ thread: Int, _ threads: Int, _ scratch: UnsafeMutableRawPointer) {
        let unit: Unit = pass.walksRows ? .row : .tensor
        let from = total / threads * thread, to = thread == threads - 1 ? total : total / threads * (thread + 1)
        var position = 0, block = 0, row = 0
        for t in tensors.indices {
            let n = tensors[t].count, length = Device.length(tensors[t], unit)
            let blocks = Device.blocks(length)
            if n > 0 && includes(t, pass) {
                let low = max(from - position, 0), high = min(to - position, n)
                if low < high {
                    let start = snap(low, length), end = high == n ? n : snap(high, length)
                    if unit == .row {
                        walk(pass, t, start, end, length, firstBlock: block, firstRow: row, scratch)
                    } else if start < end {
                        piece(pass, t, row, start, end, block + start / Int(SAM_SUM_BLOCK), scratch)
                    }
                }
                position += n
            }
            block += (unit == .row ? tensors[t].rows : 1) * blocks
            row += tensors[t].rows
        }
    }

    /// The start of the partial sum in which an element lies.
    private func snap(_ element: Int, _ length: Int) -> Int {
        element / length * length + element % length / Int(SAM_SUM_BLOCK) * Int(SAM_SUM_BLOCK)
    }

    private func walk(_ pass: Pass, _ t: Int, _ start: Int, _ end: Int, _ length: Int, firstBlock: Int,
                      firstRow: Int, _ scratch: UnsafeMutableRawPointer) {
        var at = start
        while at < end {
            let r = at / length, stop = min((r + 1) * length, end)
            let block = firstBlock + r * Device.blocks(length) + at % length / Int(SAM_SUM_BLOCK)
            piece(pass, t, firstRow + r, at, stop, block, scratch)
            at = stop
        }
    }

    private func piece(_ pass: Pass, _ t: Int, _ row: Int, _ start: Int, _ end: Int, _ block: Int,
                       _ scratch: UnsafeMutableRawPointer) {
        let size = tensors[t].size, double = Int(tensors[t].type) == SAM_F64
        let codes = (scratch + Int(SAM_SCRATCH_BYTES) - 2 * Int(SAM_CODE_LENGTH) * MemoryLayout<sam_instruction>.stride)
            .assumingMemoryBound(to: sam_instruction.self)
        var p = sam_piece()
        p.code = UnsafePointer(codes)
        let isFirst = pass.unless.map { !$0.present[t] } ?? false
        p.length = isFirst ? resolve(pass.b!, t, row, start, codes) : resolve(pass.a, t, row, start, codes)
        if pass.kind == .dot && pass.b != nil && pass.unless == nil {
            let others = codes + Int(SAM_CODE_LENGTH)
            p.other = UnsafePointer(others)
            p.other_length = resolve(pass.b!, t, row, start, others)
        }
        p.count = Int64(end - start)
        p.index = index[t] + Int64(start)
        p.scratch = scratch
        p.sums = sums + block
        p.stream = exceedsCache ? 1 : 0
        switch pass.kind {
        case .evaluate:
            p.to = (pass.out ?? pass.slot!.writing(t)) + start * size
            (double ? kernels.pointee.evaluate_f64 : kernels.pointee.evaluate_f32)!(&p)
        case .dot:
            (double ? kernels.pointee.dot_f64 : kernels.pointee.dot_f32)!(&p)
        case .displace, .move:
            p.from = UnsafeRawPointer(iterate(t) + start * size)
            p.to = (pass.kind == .move ? data(t) : displacement(t)) + start * size
            p.save = pass.kind == .move ? nil : saving(t).map { $0 + start * size }
            p.absolute = pass.absolute ? 1 : 0
            p.sums = sums + 2 * block
            (double ? kernels.pointee.displace_f64 : kernels.pointee.displace_f32)!(&p)
        case .histogram:
            p.to = UnsafeMutableRawPointer(pass.counts)
            p.prefix = pass.prefix
            p.shift = Int32(pass.shift)
            (double ? kernels.pointee.histogram_f64 : kernels.pointee.histogram_f32)!(&p)
        case .mask:
            p.to = pass.slot!.writing(t) + start * size
            p.prefix = pass.prefix
            p.remaining = pass.remaining
            (double ? kernels.pointee.mask_f64 : kernels.pointee.mask_f32)!(&p)
        case .descend:
            p.from = UnsafeRawPointer(iterate(t) + start * size)
            p.to = data(t) + start * size
            pass.rule!.fill(&p, tensor: t, start: start * size, group: Int(tensors[t].group))
            (double ? pass.rule!.rule.pointee.descend_f64 : pass.rule!.rule.pointee.descend_f32)!(&p)
        }
    }

    /// The code with its operands' places in memory and its numbers; the length.
    private func resolve(_ v: Vector, _ t: Int, _ row: Int, _ start: Int, _ out: UnsafeMutablePointer<sam_instruction>) -> Int64 {
        for i in 0..<v.count {
            let step = v[i]
            var number = step.number.value
            if let table = step.number.table {
                number *= table.pointee.values[table.pointee.unit == .row ? row : t]
            }
            out[i].operation = Int32(step.operation)
            out[i].value = number
            switch Int(step.operation) {
            case SAM_OP_LOAD, SAM_OP_ADD_LOAD, SAM_OP_MULTIPLY_LOAD:
                operand(Int(step.operand), t, start, &out[i])
            case SAM_OP_RANDOM:
                out[i].type = Int32(step.operand)
                out[i].seed = seed
                out[i].stream = UInt32(step.stream)
                out[i].draw = step.draw
            default: break
            }
        }
        return Int64(v.count)
    }

    private func operand(_ operand: Int, _ t: Int, _ start: Int, _ out: inout sam_instruction) {
        let size = tensors[t].size
        out.type = tensors[t].type
        switch operand {
        case Vector.Operand.gradient:
            if let accumulated {
                out.data = UnsafeRawPointer(accumulated.part[t] + start * size)
            } else if let g = gradient(t) {
                out.type = tensors[t].gradientType
                out.data = UnsafeRawPointer(g + start * byteCount(of: out.type))
                out.value *= gradientFactor
            } else {
                out.type = 0
                out.data = nil
            }
        case Vector.Operand.iterate: out.data = UnsafeRawPointer(iterate(t) + start * size)
        case Vector.Operand.point: out.data = UnsafeRawPointer(point(t) + start * size)
        default: out.data = UnsafeRawPointer(slots[operand - Vector.Operand.slots].reading(t) + start * size)
        }
    }
}
