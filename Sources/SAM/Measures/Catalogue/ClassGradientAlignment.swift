/// class_gradient_alignment: cosines [K, K] of the gradients of the classes' mean losses; value: the mean over pairs of different classes. A class
/// without examples or without gradient: NaN, left out of the mean, counted in `skipped`.
final class ClassGradientAlignment: Measure {
    override class var about: About { About("class_gradient_alignment", "The cosines of the gradients of different classes.", needs: [.gradient, .classes]) }

    override func run(_ job: Job) throws(Failure) {
        let space = job.space, count = job.objective.classes, columns = try Basis(space, capacity: count), g = try space.vector()
        try secure(count, times: count, of: 40, for: "the cosines of classes")
        var skipped = 0, sum = 0.0, pairs = 0.0
        job.ledger.expect(count &* job.part.items.count, "classes")
        for k in 0..<count {
            let part = try job.objective.part(batch: common.batch.int, classIndex: k)
            if part.items.isEmpty { space.clear(g) } else { _ = try job.objective.evaluate(part, into: g) }
            let size = space.norm(g)
            if size == 0 { skipped += 1 }
            columns.append(g, times: size > 0 ? 1 / size : .nan)
        }
        let gram = try columns.gram(g, job.ledger)
        for i in 0..<count { for j in 0..<i where !gram[i][j].isNaN { (sum, pairs) = (sum + gram[i][j], pairs + 1) } }
        try job.report.set("value", sum / pairs)
        try job.report.set("cosines", gram.flatMap { $0 }, shape: [count, count])
        if skipped > 0 { try job.report.set("skipped", skipped) }
    }
}
