/// stiffness: the mean cosine of the gradients of two different examples; sign: of its sign. classes 1: within and between classes (the
/// host's labels, by `logits`). Examples without gradient are left out, counted in `excluded`. All gradients are held: m n doubles.
final class Stiffness: Measure {
    override class var about: About {
        About("stiffness", "The mean cosine of the gradients of two examples.",
              by: "Fort, Nowak, Jastrzebski, Narayanan 2019", needs: [.gradient, .evaluateExample])
    }

    let classes = Setting("classes", flag: false, "Also within and between classes.")
    override var settings: [Setting] { [classes] }
    override func check(_ job: Job) throws(Failure) {
        try Examples.check(job)
        if classes.isOn { try job.objective.needLogits() }
    }

    override func run(_ job: Job) throws(Failure) {
        let examples = try Examples(job), m = examples.count
        job.ledger.expect(m, "examples")
        let gram = try examples.columns().gram(try job.space.vector(), job.ledger)
        var labels: [Int64] = []
        if classes.isOn { for i in 0..<m { labels.append(try examples.logits(i).all.labels[examples.all[i].place]) } }
        var sums = [0.0, 0, 0, 0], counts = [0.0, 0, 0]
        for i in 0..<m where gram[i][i] > 0 {
            for j in 0..<i where gram[j][j] > 0 {
                let cosine = gram[i][j] / (gram[i][i].squareRoot() * gram[j][j].squareRoot())
                sums[0] += cosine
                sums[1] += cosine > 0 ? 1 : cosine < 0 ? -1 : 0
                counts[0] += 1
                if classes.isOn {
                    let k = labels[i] == labels[j] ? 1 : 2
                    sums[k + 1] += cosine
                    counts[k] += 1
                }
            }
        }
        try job.report.set("value", sums[0] / counts[0])
        try job.report.set("sign", sums[1] / counts[0])
        if classes.isOn {
            try job.report.set("within", sums[2] / counts[1])
            try job.report.set("between", sums[3] / counts[2])
        }
        try job.report.set("excluded", (0..<m).filter { gram[$0][$0] == 0 }.count)
    }
}
