import CSAM
import CSAMShims

/// Passes over weights of 16 bits, in loops of their own where the kernels have them. Else a block at a time is in f32, in a thread's scratch;
/// there the kernels of f32 run, and what they wrote is rounded to where the weights stand: the same bits. Where a copy in f32 is kept, it is
/// read in the place of the weights, and stepped.
extension Device {
    /// A piece of tensor t that begins at element `start`: of kind displace, move or descend, or evaluate into the host's type. Its pointers
    /// to weights are to the host's type, its code and state as for f32.
    func halfPiece(_ pass: UnsafePointer<Pass>, _ t: Int, _ start: Int, _ whole: UnsafePointer<sam_piece>) {
        let type = facts[t].storage, moves = pass.pointee.kind == .move || pass.pointee.kind == .descend, exact = pass.pointee.kind == .evaluate ? nil : halves.exact(t, true)
        let rounding = moves ? self.rounding : halves.last(t, self.rounding)
        if !rounding.isStochastic, let loop = pass.pointee.kind == .descend ? pass.pointee.rule!.rule.pointee.descend_half : kernels.pointee.displace_half,
           pass.pointee.kind != .evaluate {
            var p = whole.pointee
            (p.half, p.half_from, p.half_to) = (type, p.from.assumingMemoryBound(to: UInt16.self), p.to.assumingMemoryBound(to: UInt16.self))
            p.from = exact.map { UnsafeRawPointer($0 + start) }
            p.to = moves ? exact.map { UnsafeMutableRawPointer($0 + start) } : nil
            return loop(&p)
        }
        let floats = (whole.pointee.scratch + Int(SAM_REGISTER_BYTES) * (Int(SAM_REGISTERS) + 2)).assumingMemoryBound(to: Float.self)
        let here = floats, there = floats + Int(SAM_HALF_BLOCK), bits = UnsafeMutableRawPointer(there + Int(SAM_HALF_BLOCK))
        let width = pass.pointee.kind == .descend ? 1 : 2, sums = whole.pointee.sums!
        var p = whole.pointee, offset = 0, first = 0.0, second = 0.0
        p.save = nil
        p.stream = 0
        while offset < Int(whole.pointee.count) {
            let n = min(Int(SAM_HALF_BLOCK), Int(whole.pointee.count) - offset), from = exact.map { $0 + start + offset } ?? here
            let to = whole.pointee.to + 2 * offset, next = moves ? exact.map { $0 + start + offset } ?? there : there
            if exact == nil, let host = whole.pointee.from { kernels.pointee.widen!(type, host + 2 * offset, here, Int64(n)) }
            if let save = whole.pointee.save { (save + 2 * offset).copyMemory(from: whole.pointee.from + 2 * offset, byteCount: 2 * n) }
            var two = (0.0, 0.0)
            withUnsafeMutablePointer(to: &two) { two in
                p.count = Int64(n)
                p.from = UnsafeRawPointer(from)
                p.to = UnsafeMutableRawPointer(next)
                p.sums = UnsafeMutableRawPointer(two).assumingMemoryBound(to: Double.self)
                switch pass.pointee.kind {
                case .evaluate: kernels.pointee.evaluate_f32!(&p)
                case .descend: pass.pointee.rule!.rule.pointee.descend_f32!(&p)
                default: kernels.pointee.displace_f32!(&p)
                }
            }
            if pass.pointee.kind == .evaluate {
                kernels.pointee.round!(type, next, to, Int64(n))
            } else {
                round(t, next, to: to, n, from: start + offset, rounding)
                var moved = width == 1 ? two.0 : two.1
                if !moves || exact == nil {             // what the 16 bits moved, in the place of what f32 did
                    if exact != nil {
                        round(t, from, to: bits, n, from: start + offset, rounding)
                        kernels.pointee.widen!(type, bits, here, Int64(n))
                    }
                    kernels.pointee.widen!(type, to, there, Int64(n))
                    moved = kernels.pointee.moved!(there, here, Int64(n))
                }
                first += width == 1 ? moved : two.0
                second += moved
                if (offset + n) % Int(SAM_SUM_BLOCK) == 0 || offset + n == Int(whole.pointee.count) {
                    let block = offset / Int(SAM_SUM_BLOCK)
                    sums[width * block] = first
                    if width == 2 { sums[2 * block + 1] = second }
                    (first, second) = (0, 0)
                }
            }
            advance(&p, by: n)
            offset += n
        }
    }

    /// `from`, f32, rounded to the host's type; of tensor t from element `start` on.
    func round(_ t: Int, _ numbers: UnsafePointer<Float>, to: UnsafeMutableRawPointer, _ count: Int, from start: Int, _ rounding: Rounding) {
        if rounding.isStochastic {
            kernels.pointee.round_random!(facts[t].storage, numbers, to, Int64(count), rounding.seed, rounding.draw, facts[t].index + Int64(start))
        } else {
            kernels.pointee.round!(facts[t].storage, numbers, to, Int64(count))
        }
    }

    /// What the piece reads and keeps, `n` elements further on.
    private func advance(_ p: inout sam_piece, by n: Int) {
        let code = UnsafeMutablePointer(mutating: p.code!)
        for i in 0..<Int(p.length) {
            if let data = code[i].data { code[i].data = data + n * byteCount(of: code[i].type) }
        }
        for i in 0..<Int32(SAM_RULE_SLOTS) {
            if let slot = sam_piece_slot_at(&p, i) { sam_piece_slot(&p, i).pointee = slot + 4 * n }
        }
        p.index += Int64(n)
    }
}
