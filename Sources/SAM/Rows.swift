import CSAM
import CSAMShims

/// Pieces of one row each: the first is made, of the others only what differs.
extension Device {
    func walk(_ pass: UnsafePointer<Pass>, _ t: Int, _ start: Int, _ end: Int, _ scratch: UnsafeMutableRawPointer) {
        let length = facts[t].rowLength
        var at = start, before = start, again: sam_pass?
        while at < end {
            let r = at / length, stop = min((r + 1) * length, end)
            let block = facts[t].firstRowBlock + r * Device.blocks(length) + at % length / Int(SAM_SUM_BLOCK)
            if let again {
                again(next(pass, t, facts[t].firstRow + r, at, stop, at - before, block, scratch))
            } else {
                again = piece(pass, t, facts[t].firstRow + r, at, stop, block, scratch)
            }
            (before, at) = (at, stop)
        }
    }

    /// The piece last made, `n` elements further on.
    private func next(_ pass: UnsafePointer<Pass>, _ t: Int, _ row: Int, _ start: Int, _ end: Int, _ n: Int, _ block: Int,
                      _ scratch: UnsafeMutableRawPointer) -> UnsafePointer<sam_piece> {
        let codes = codes(scratch), p = piece(codes), size = n * byteCount(of: facts[t].type)
        advance(pass, isSecond: isFirst(pass, t), t, row, n, codes)
        if p.pointee.other != nil { advance(pass, isSecond: true, t, row, n, codes + Int(SAM_CODE_LENGTH)) }
        p.pointee.count = Int64(end - start)
        p.pointee.index += Int64(n)
        p.pointee.sums = sums + pass.pointee.firstSum + pass.pointee.sumsOfBlock * block
        if let from = p.pointee.from { p.pointee.from = from + size }
        if let to = p.pointee.to { p.pointee.to = to + size }
        if let save = p.pointee.save { p.pointee.save = save + size }
        for i in 0..<Int32(SAM_RULE_SLOTS) {
            if let slot = sam_piece_slot_at(p, i) { sam_piece_slot(p, i).pointee = slot + size }
        }
        return UnsafePointer(p)
    }

    private func advance(_ pass: UnsafePointer<Pass>, isSecond: Bool, _ t: Int, _ row: Int, _ n: Int, _ out: UnsafeMutablePointer<sam_instruction>) {
        let count = isSecond ? pass.pointee.b!.count : pass.pointee.a.count
        for i in 0..<count {
            let step = isSecond ? pass.pointee.b![i] : pass.pointee.a[i]
            if let data = out[i].data { out[i].data = data + n * byteCount(of: out[i].type) }
            if let table = step.number.table, table.pointee.unit == .row { out[i].value = number(step, t, row) }
        }
    }

    /// An instruction's number, as the kernels take it.
    func number(_ step: Vector.Instruction, _ t: Int, _ row: Int) -> Double {
        var number = step.number.value
        if let table = step.number.table { number *= table.pointee.values[table.pointee.unit == .row ? row : t] }
        return step.isOperand && Int(step.operand) == Vector.Operand.gradient && accumulated == nil ? number * gradientFactor : number
    }

    /// Where a thread's code stands, and its piece.
    func codes(_ scratch: UnsafeMutableRawPointer) -> UnsafeMutablePointer<sam_instruction> {
        (scratch + Int(SAM_SCRATCH_BYTES) - 2 * Int(SAM_CODE_LENGTH) * MemoryLayout<sam_instruction>.stride).assumingMemoryBound(to: sam_instruction.self)
    }
    func piece(_ codes: UnsafeMutablePointer<sam_instruction>) -> UnsafeMutablePointer<sam_piece> {
        (UnsafeMutableRawPointer(codes) - Int(SAM_PIECE_BYTES)).assumingMemoryBound(to: sam_piece.self)
    }
}
