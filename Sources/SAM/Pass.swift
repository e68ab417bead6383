import CSAM
import CSAMShims

/// One walk over the elements: what is computed, and where it goes.
struct Pass {
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
    /// move: the sums are of what moved from `home`.
    var fromHome = false
    /// By tensor: who takes part, beside `active`.
    var scope: [Bool]?
    var slot: Slot?
    /// evaluate: in the slot's place, the host's buffer of the one tensor in the scope.
    var out: UnsafeMutableRawPointer?
    /// That buffer is of the host's type.
    var rounds = false
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
    func run(_ pass: inout Pass) {
        if hasRows(pass.a) { pass.walksRows = true }
        if let b = pass.b, hasRows(b) { pass.walksRows = true }
        var total = 0
        for t in 0..<count where includes(t, pass) { total += facts[t].count }
        let threads = total >= 1_000_000 && !pass.isSerial ? sam_threads_wanted() : 1
        withUnsafePointer(to: &pass) { pass in
            var job = Job(device: Unmanaged.passUnretained(self), pass: pass, total: total)
            withUnsafeMutablePointer(to: &job) { job in
                sam_parallel(threads, { context, thread, threads, scratch in
                    let job = context!.assumingMemoryBound(to: Job.self)
                    job.pointee.device._withUnsafeGuaranteedRef { $0.work(job.pointee.pass, job.pointee.total, Int(thread), Int(threads), scratch!) }
                }, job)
            }
        }
    }

    struct Job {
        let device: Unmanaged<Device>
        let pass: UnsafePointer<Pass>
        let total: Int
    }

    private func hasRows(_ v: Vector) -> Bool {
        for i in 0..<v.count {
            if let table = v[i].number.table, table.pointee.unit == .row { return true }
        }
        return false
    }

    /// The part of one thread: elements total * thread / threads up to the next thread's, moved down to the start of a sum.
    private func work(_ pass: UnsafePointer<Pass>, _ total: Int, _ thread: Int, _ threads: Int, _ scratch: UnsafeMutableRawPointer) {
        let from = total / threads * thread, to = thread == threads - 1 ? total : total / threads * (thread + 1), byRow = pass.pointee.walksRows
        if threads == 1 && !byRow {
            for t in 0..<count where facts[t].count > 0 && includes(t, pass.pointee) {
                piece(pass, t, facts[t].firstRow, 0, facts[t].count, facts[t].firstBlock, scratch)
            }
            return
        }
        var position = 0
        for t in 0..<count where facts[t].count > 0 && includes(t, pass.pointee) {
            let n = facts[t].count, low = max(from - position, 0), high = min(to - position, n)
            position += n
            if low >= high { continue }
            let length = byRow ? facts[t].rowLength : n
            let start = low == 0 ? 0 : snap(low, length), end = high == n ? n : snap(high, length)
            if byRow {
                walk(pass, t, start, end, scratch)
            } else if start < end {
                piece(pass, t, facts[t].firstRow, start, end, facts[t].firstBlock + start / Int(SAM_SUM_BLOCK), scratch)
            }
        }
    }

    /// The start of the partial sum in which an element lies.
    private func snap(_ element: Int, _ length: Int) -> Int {
        element / length * length + element % length / Int(SAM_SUM_BLOCK) * Int(SAM_SUM_BLOCK)
    }

    private func walk(_ pass: UnsafePointer<Pass>, _ t: Int, _ start: Int, _ end: Int, _ scratch: UnsafeMutableRawPointer) {
        let length = facts[t].rowLength
        var at = start
        while at < end {
            let r = at / length, stop = min((r + 1) * length, end)
            let block = facts[t].firstRowBlock + r * Device.blocks(length) + at % length / Int(SAM_SUM_BLOCK)
            piece(pass, t, facts[t].firstRow + r, at, stop, block, scratch)
            at = stop
        }
    }

    private func piece(_ pass: UnsafePointer<Pass>, _ t: Int, _ row: Int, _ start: Int, _ end: Int, _ block: Int, _ scratch: UnsafeMutableRawPointer) {
        let f = facts + t, double = Int(f.pointee.type) == SAM_F64, half = f.pointee.isHalf, size = double ? 8 : 4, hostSize = half ? 2 : size
        let codes = (scratch + Int(SAM_SCRATCH_BYTES) - 2 * Int(SAM_CODE_LENGTH) * MemoryLayout<sam_instruction>.stride)
            .assumingMemoryBound(to: sam_instruction.self)
        let p = (UnsafeMutableRawPointer(codes) - Int(SAM_PIECE_BYTES)).assumingMemoryBound(to: sam_piece.self)
        sam_piece_clear(p)
        p.pointee.code = UnsafePointer(codes)
        p.pointee.length = resolve(pass, isSecond: isFirst(pass, t), t, row, start, codes)
        p.pointee.count = Int64(end - start)
        p.pointee.index = f.pointee.index + Int64(start)
        p.pointee.scratch = scratch
        p.pointee.sums = sums + block
        p.pointee.stream = exceedsCache ? 1 : 0
        switch pass.pointee.kind {
        case .evaluate:
            if let out = pass.pointee.out {
                p.pointee.to = out + start * (half && pass.pointee.rounds ? 2 : size)
                if half && pass.pointee.rounds { return halfPiece(pass, t, start, p) }
            } else {
                p.pointee.to = pass.pointee.slot!.writing(t) + start * size
            }
            (double ? kernels.pointee.evaluate_f64 : kernels.pointee.evaluate_f32)!(p)
        case .dot:
            if pass.pointee.b != nil && pass.pointee.unless == nil {
                let others = codes + Int(SAM_CODE_LENGTH)
                p.pointee.other = UnsafePointer(others)
                p.pointee.other_length = resolve(pass, isSecond: true, t, row, start, others)
            }
            (double ? kernels.pointee.dot_f64 : kernels.pointee.dot_f32)!(p)
        case .displace, .move:
            weights(p, t, start, hostSize, moves: pass.pointee.kind == .move)
            if pass.pointee.fromHome { p.pointee.from = UnsafeRawPointer(home.part[t] + start * hostSize) }
            p.pointee.absolute = pass.pointee.absolute ? 1 : 0
            p.pointee.sums = sums + 2 * block
            if half { return halfPiece(pass, t, start, p) }
            (double ? kernels.pointee.displace_f64 : kernels.pointee.displace_f32)!(p)
        case .histogram:
            p.pointee.to = UnsafeMutableRawPointer(pass.pointee.counts)
            p.pointee.prefix = pass.pointee.prefix
            p.pointee.shift = Int32(pass.pointee.shift)
            (double ? kernels.pointee.histogram_f64 : kernels.pointee.histogram_f32)!(p)
        case .mask:
            p.pointee.to = pass.pointee.slot!.writing(t) + start * size
            p.pointee.prefix = pass.pointee.prefix
            p.pointee.remaining = pass.pointee.remaining
            (double ? kernels.pointee.mask_f64 : kernels.pointee.mask_f32)!(p)
        case .descend:
            let base = pass.pointee.rule!
            weights(p, t, start, hostSize, moves: true)
            base.fill(&p.pointee, tensor: t, start: start * size, group: Int(f.pointee.group))
            if half { return halfPiece(pass, t, start, p) }
            (double ? base.rule.pointee.descend_f64 : base.rule.pointee.descend_f32)!(p)
        }
    }

    /// Where the weights are read and written: the point to evaluate, or for good.
    private func weights(_ p: UnsafeMutablePointer<sam_piece>, _ t: Int, _ start: Int, _ hostSize: Int, moves: Bool) {
        p.pointee.from = UnsafeRawPointer(iterate(t) + start * hostSize)
        p.pointee.to = (moves ? data(t) : displacement(t)) + start * hostSize
        if !moves && !(facts[t].isHalf && halves.isExact), let save = saving(t) { p.pointee.save = save + start * hostSize }
    }

    /// Whether the pass's second formula takes the place of the first.
    private func isFirst(_ pass: UnsafePointer<Pass>, _ t: Int) -> Bool {
        guard let slot = pass.pointee.unless else { return false }
        return !slot.present[t]
    }

    /// The code with its operands' places in memory and its numbers; the length.
    private func resolve(_ pass: UnsafePointer<Pass>, isSecond: Bool, _ t: Int, _ row: Int, _ start: Int, _ out: UnsafeMutablePointer<sam_instruction>) -> Int64 {
        let count = isSecond ? pass.pointee.b!.count : pass.pointee.a.count
        for i in 0..<count {
            let step = isSecond ? pass.pointee.b![i] : pass.pointee.a[i]
            var number = step.number.value
            if let table = step.number.table {
                number *= table.pointee.values[table.pointee.unit == .row ? row : t]
            }
            out[i].operation = Int32(step.operation)
            out[i].value = number
            out[i].data = nil
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
        return Int64(count)
    }

    private func operand(_ operand: Int, _ t: Int, _ start: Int, _ out: inout sam_instruction) {
        let f = facts + t
        out.type = f.pointee.type
        let data: UnsafeMutableRawPointer
        switch operand {
        case Vector.Operand.gradient:
            if let accumulated {
                data = accumulated.part[t]
            } else if let g = gradient(t) {
                data = g
                out.type = f.pointee.gradientType
                out.value *= gradientFactor
            } else {
                out.type = 0
                return
            }
        case Vector.Operand.iterate:
            if let exact = halves.exact(t, f.pointee.isHalf) {
                data = UnsafeMutableRawPointer(exact)
            } else {
                data = iterate(t)
                out.type = f.pointee.storage
            }
        case Vector.Operand.point:
            data = point(t)
            out.type = f.pointee.storage
        default: data = slots[operand - Vector.Operand.slots].reading(t)
        }
        out.data = UnsafeRawPointer(data + start * byteCount(of: out.type))
    }
}
