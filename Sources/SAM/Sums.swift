/// What the partial sums of a pass add up to, in their order.
extension Device {
    /// The sum over everything of the pass that just ran: of a block's sums the one at `place`.
    func total(_ pass: Pass, place: Int = 0) -> Double {
        let byRow = pass.walksRows, width = pass.sumsOfBlock
        var sum = 0.0
        for t in 0..<count where includes(t, pass) {
            let f = facts + t, end = byRow ? f[1].firstRowBlock : f[1].firstBlock
            var b = byRow ? f.pointee.firstRowBlock : f.pointee.firstBlock
            while b < end {
                sum += sums[pass.firstSum + b * width + place]
                b += 1
            }
        }
        return sum
    }

    /// The sums by tensor or row, 0 where a tensor takes no part.
    func totals(_ pass: Pass) -> Coefficient {
        let table = pool.make(pass.unit) { _ in 0 }
        guard let table else { return 0 }
        for t in 0..<count where includes(t, pass) {
            let length = pass.walksRows ? facts[t].rowLength : facts[t].count, n = Device.blocks(length)
            var block = pass.firstSum + (pass.walksRows ? facts[t].firstRowBlock : facts[t].firstBlock)
            for r in 0..<(pass.walksRows ? facts[t].rows : 1) {
                let to = pass.unit == .row ? facts[t].firstRow + r : t
                for b in block..<(block + n) { table.pointee.values[to] += sums[b] }
                block += n
            }
        }
        return Coefficient(1, table)
    }

    func includes(_ t: Int, _ pass: Pass) -> Bool {
        if !active[t] { return false }
        if let scope = pass.scope { return scope[t] }
        return true
    }
}
