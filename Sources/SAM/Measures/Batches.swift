import CSAMShims

extension Job {
    /// Batches to look at one by one, with their weights: all of them in their order where there are no more than `samples`, else so many at
    /// random, each as likely as it weighs.
    func batches(_ samples: Int) throws(Failure) -> (all: [(part: Part, weight: Double)], isAll: Bool) {
        let items = part.items
        if samples >= items.count { return (items.indices.map { (part.only($0), items[$0].weight) }, true) }
        try secure(samples, times: 16, for: "the batches of the samples")
        let u = try Flat(samples)
        space.kernels.pointee.random!(Int32(SAM_UNIFORM), space.seed, 6, 1, 0, Int64(samples), u.at)
        return ((0..<samples).map { k in
            var left = u[k], i = 0
            while i < items.count - 1 && left >= items[i].weight {
                left -= items[i].weight
                i += 1
            }
            return (part.only(i), 1 / Double(samples))
        }, false)
    }
}
