import CSAM

/// effective_model_complexity: the most examples that the host's training still fits: mean training error over `restarts` seeds at most `error`. Found by
/// doubling from 1, then bisection, up to `high` (0: sam_objective.examples). flag 1: the error is not monotone beside the answer: one fewer does
/// not fit, or one more does. errors [runs, 2]: examples and mean error, in the order of the runs. No number fits: 0.
final class EffectiveModelComplexity: Measure {
    override class var about: About {
        About("effective_model_complexity", "The most examples that training still fits.",
              by: "Nakkiran, Kaplun, Bansal, Yang, Barak, Sutskever 2020", needs: .train)
    }

    let error = Setting("error", 0.1, .share, "Training error that counts as a fit."), restarts = Setting("restarts", count: 3, .between(1, 1000), "Seeds: the setting seed and the next ones.")
    let high = Setting("high", count: 0, .between(0, 9007199254740992), "The most examples; 0: the objective's.")
    override var settings: [Setting] { [error, restarts, high] }
    override var baseline: Baseline { .none }
    override func check(_ job: Job) throws(Failure) { if high.int == 0 && job.objective.host.examples == 0 { throw job.objective.missing("examples") } }

    override func run(_ job: Job) throws(Failure) {
        let most = high.int > 0 ? high.int : Int(job.objective.host.examples)
        var seen: [Double] = [], low = 0, top = 1, flag = false
        func fits(_ count: Int) throws(Failure) -> Bool {
            var mean = 0.0
            for r in 0..<restarts.int {
                var error = Double.nan
                let seed = UInt64(job.seed) + UInt64(r)             // here: in the callback's environment nothing is computed
                try job.ledger.announce(.training)
                try job.ledger.check(job.ledger.call { job.objective.host.train!(job.objective.host.context, Int64(count), seed, &error) }, "train")
                if !error.isFinite { throw .nonfinite("the error of train with \(count) examples is \(error): expected a finite number") }
                mean += error / restarts.value
            }
            seen += [Double(count), mean]
            return mean <= error.value
        }
        job.converged = try job.within { () throws(Failure) in
            while try fits(top) {
                low = top
                if top == most { break }
                top = min(2 * top, most)
            }
            if low == most { return }
            while top - low > 1 {
                let middle = low + (top - low) / 2
                if try fits(middle) { low = middle } else { top = middle }
            }
            if low > 1 { if try !fits(low - 1) { flag = true } }
            if low + 2 <= most { if try fits(low + 2) { flag = true } }
        }
        try job.report.set("value", low)
        try job.report.set("flag", flag)
        try job.report.set("errors", seen, shape: [seen.count / 2, 2])
    }
}
