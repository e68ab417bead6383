import CSAM
import CSAMShims

/// A pass over a part of one tensor, as the kernels take it.
extension Device {
    /// The kernel, where the pieces that follow are like this one.
    @discardableResult
    func piece(_ pass: UnsafePointer<Pass>, _ t: Int, _ row: Int, _ start: Int, _ end: Int, _ block: Int, _ scratch: UnsafeMutableRawPointer) -> sam_pass? {
        let f = facts + t, double = Int(f.pointee.type) == SAM_F64, half = f.pointee.isHalf, size = double ? 8 : 4, hostSize = half ? 2 : size
        let codes = codes(scratch), p = piece(codes)
        let kernel: sam_pass?
        sam_piece_clear(p)
        p.pointee.code = UnsafePointer(codes)
        p.pointee.length = resolve(pass, isSecond: isFirst(pass, t), t, row, start, codes)
        p.pointee.count = Int64(end - start)
        p.pointee.index = f.pointee.index + Int64(start)
        p.pointee.scratch = scratch
        p.pointee.sums = sums + pass.pointee.firstSum + pass.pointee.sumsOfBlock * block
        p.pointee.stream = exceedsCache && !pass.pointee.isReadSoon ? 1 : 0
        switch pass.pointee.kind {
        case .evaluate:
            if let out = pass.pointee.out {
                p.pointee.to = out + start * (half && pass.pointee.rounds ? 2 : size)
            } else {
                p.pointee.to = pass.pointee.slot!.writing(t) + start * size
                p.pointee.normal = pass.pointee.slot!.life == .step ? 0 : 1
            }
            kernel = half && pass.pointee.rounds ? nil : double ? kernels.pointee.evaluate_f64 : kernels.pointee.evaluate_f32
        case .dot:
            if pass.pointee.b != nil && pass.pointee.unless == nil {
                let others = codes + Int(SAM_CODE_LENGTH)
                p.pointee.other = UnsafePointer(others)
                p.pointee.other_length = resolve(pass, isSecond: true, t, row, start, others)
            }
            kernel = double ? kernels.pointee.dot_f64 : kernels.pointee.dot_f32
        case .displace, .move:
            weights(p, t, start, hostSize, moves: pass.pointee.kind == .move)
            if pass.pointee.fromHome { p.pointee.from = UnsafeRawPointer(home.part[t] + start * hostSize) }
            p.pointee.absolute = pass.pointee.absolute ? 1 : 0
            kernel = half ? nil : double ? kernels.pointee.displace_f64 : kernels.pointee.displace_f32
        case .histogram:
            p.pointee.to = UnsafeMutableRawPointer(pass.pointee.counts)
            p.pointee.prefix = pass.pointee.prefix
            p.pointee.shift = Int32(pass.pointee.shift)
            (double ? kernels.pointee.histogram_f64 : kernels.pointee.histogram_f32)!(p)
            return nil
        case .mask:
            p.pointee.to = pass.pointee.slot!.writing(t) + start * size
            p.pointee.prefix = pass.pointee.prefix
            p.pointee.remaining = pass.pointee.remaining
            (double ? kernels.pointee.mask_f64 : kernels.pointee.mask_f32)!(p)
            return nil
        case .descend:
            let base = pass.pointee.rule!
            weights(p, t, start, hostSize, moves: true)
            if !half && p.pointee.from == UnsafeRawPointer(p.pointee.to) { p.pointee.stream = 0 }       // lines that are read anyway
            base.fill(&p.pointee, tensor: t, start: start * size, group: Int(f.pointee.group))
            kernel = half ? nil : double ? base.rule.pointee.descend_f64 : base.rule.pointee.descend_f32
        }
        if let kernel { kernel(p) } else { halfPiece(pass, t, start, p) }
        return kernel
    }

    /// Where the weights are read and written: the point to evaluate, or for good.
    private func weights(_ p: UnsafeMutablePointer<sam_piece>, _ t: Int, _ start: Int, _ hostSize: Int, moves: Bool) {
        p.pointee.from = UnsafeRawPointer(iterate(t) + start * hostSize)
        p.pointee.to = (moves ? data(t) : displacement(t)) + start * hostSize
        if !moves && !(facts[t].isHalf && halves.isExact), let save = saving(t) { p.pointee.save = save + start * hostSize }
    }

    /// Whether the pass's second formula takes the place of the first.
    func isFirst(_ pass: UnsafePointer<Pass>, _ t: Int) -> Bool {
        guard let slot = pass.pointee.unless else { return false }
        return !slot.isAllocated || !slot.present[t]
    }

    /// The code with its operands' places in memory and its numbers; the length.
    private func resolve(_ pass: UnsafePointer<Pass>, isSecond: Bool, _ t: Int, _ row: Int, _ start: Int, _ out: UnsafeMutablePointer<sam_instruction>) -> Int64 {
        let count = isSecond ? pass.pointee.b!.count : pass.pointee.a.count
        for i in 0..<count {
            let step = isSecond ? pass.pointee.b![i] : pass.pointee.a[i]
            out[i].operation = Int32(step.operation)
            out[i].value = number(step, t, row)
            out[i].data = nil
            switch Int(step.operation) {
            case SAM_OP_LOAD, SAM_OP_ADD_LOAD, SAM_OP_MULTIPLY_LOAD:
                operand(Int(step.operand), pass.pointee.place, t, start, &out[i])
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

    private func operand(_ operand: Int, _ place: Int, _ t: Int, _ start: Int, _ out: inout sam_instruction) {
        let f = facts + t
        out.type = f.pointee.type
        let data: UnsafeMutableRawPointer
        switch operand {
        case Vector.Operand.nothing:
            out.type = 0
            return
        case Vector.Operand.gradient:
            if let accumulated {
                data = accumulated.part[t]
            } else if let g = gradient(t) {
                data = g
                out.type = f.pointee.gradientType
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
        default: data = slots[operand - Vector.Operand.slots].reading(t, in: place)
        }
        out.data = UnsafeRawPointer(data + start * byteCount(of: out.type))
    }
}
