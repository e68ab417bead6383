/// m_sharpness: a measure of the worst rise with the perturbation found for so many batches together, as a function of how many.
///
/// values [sizes]: for each of `sizes` (absent: 1, 2, 4 and so on up to all batches) the batches are taken in their order, so many at a time,
/// and the measure's values of these groups are averaged with their weights; value: of the first size; gap: first minus last. With true
/// maxima the values do not fall as the groups get smaller.
final class MSharpness: Measure {
    override class var about: About {
        About("m_sharpness", "The worst rise by how many batches share a perturbation.",
              by: "Foret, Kleiner, Mobahi, Neyshabur 2021", needs: [.gradient, .batches])
    }

    let sizes = Setting("sizes", list: .nan, .atLeast(1), "Batches at a time; absent: 1, 2, 4 and so on, and all.")
    let repeated = Repeated.setting("worst_case,sam_gap")
    override var settings: [Setting] { [sizes, repeated] }
    override func makeInner() throws(Failure) -> Measure? { try Repeated.make(repeated) }

    private func sizes(_ batches: Int) -> [Int] {
        if sizes.isGiven { return sizes.list.map { Int($0) } }
        var all: [Int] = [], size = 1
        while size < batches {
            all.append(size)
            size = size > batches / 2 ? batches : 2 * size
        }
        return all + [batches]
    }

    override func check(_ job: Job) throws(Failure) {
        for (i, size) in sizes.list.enumerated() where size > Double(job.objective.batches) || size != size.rounded() {
            throw .range("sizes[\(i)] = \(size): expected a whole number from 1 to the objective's batches = \(job.objective.batches)")
        }
    }

    override func run(_ job: Job) throws(Failure) {
        let items = job.part.items, sizes = sizes(items.count)
        var values: [Double] = []
        _ = try job.within { () throws(Failure) in
            for size in sizes {
                var value = 0.0, from = 0
                while from < items.count {
                    let group = from..<min(from + size, items.count), weight = group.reduce(0) { $0 + items[$1].weight }
                    value += weight * (try job.number(inner!, job.part.merged(group)))
                    from += size
                }
                values.append(value)
            }
        }
        values += [Double](repeating: .nan, count: sizes.count - values.count)
        try job.report.set("value", values[0])
        try job.report.set("values", values)
        try job.report.set("sizes", sizes.map { Double($0) })
        try job.report.set("gap", values[0] - values[values.count - 1])
    }
}
