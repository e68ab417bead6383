import CSAM
import CSAMShims

extension Failure {
    static func callback(_ sentence: Sentence) -> Failure { Failure(SAM_ERROR_CALLBACK, sentence) }
    static func cancelled(_ sentence: Sentence) -> Failure { Failure(SAM_ERROR_CANCELLED, sentence) }
}

/// What a measure has spent, its limit, and the host's view of it.
final class Ledger {
    /// Callbacks that ran the model: losses alone (with example_losses, logits and forward_ones), losses with gradients (with
    /// backpropagate_logits), products with a matrix, single examples, trainings.
    private(set) var losses = 0, gradients = 0, products = 0, examples = 0, trainings = 0
    var evaluations: Int { losses + gradients + products + examples + trainings }
    /// Gradients of those that went into finding the difference step.
    var stepGradients = 0
    /// Losses or gradients of trial points that were not finite; those in a row.
    private(set) var nonfinite = 0
    private var inRow = 0

    enum Kind { case loss, gradient, product, example, training, nothing }

    private let host: sam_objective
    /// 0: none.
    private let limit: Int
    /// Whether the limit ended the work: the failure that said so is no failure of the call.
    private(set) var isSpent = false

    private var fraction = 0.0, from = 0.0, begun = 0, expected = 0
    var stage: StaticString = "begin"

    init(_ host: sam_objective, limit: Int) {
        self.host = host
        self.limit = limit
    }

    /// From here on so many evaluations are expected in this stage, which ends at that fraction of the whole.
    func expect(_ count: Int, _ stage: StaticString, until end: Double = 1) {
        self.stage = stage
        from = fraction
        begun = evaluations
        expected = count
        self.end = end
    }
    private var end = 1.0

    /// Whether the limit allows so many more.
    func allows(_ count: Int) -> Bool { limit == 0 || evaluations + count <= limit }

    /// Before every callback: the limit, then the host's progress.
    func announce(_ kind: Kind) throws(Failure) {
        if kind != .nothing && !allows(1) {
            isSpent = true
            throw .state("max_evaluations = \(limit) is reached")
        }
        if expected > 0 {
            let share = min(1, Double(evaluations - begun) / Double(expected))
            fraction = max(fraction, min(1, from + (end - from) * share))
        }
        if let progress = host.progress {
            let answer = progress(host.context, fraction, Name(stage).bytes)
            if answer != 0 { throw .cancelled("progress answered \(answer): the measure ended at \(evaluations) evaluations, in stage \"\(stage)\"") }
        }
        switch kind {
        case .loss: losses += 1
        case .gradient: gradients += 1
        case .product: products += 1
        case .example: examples += 1
        case .training: trainings += 1
        case .nothing: break
        }
    }

    /// What a callback answered; the calls of the library that it may have made leave this one what it can take.
    func check(_ answer: Int32, _ name: StaticString, batch: Int = -1) throws(Failure) {
        if answer == 0 { return try reserve() }
        if batch >= 0 { throw .callback("\(name) answered \(answer) for batch \(batch): the host's own code, 0 is success") }
        throw .callback("\(name) answered \(answer): the host's own code, 0 is success")
    }

    /// A trial point's number was not finite; the fifth in a row ends the measure.
    func sawNonfinite(_ what: StaticString, _ value: Double) throws(Failure) {
        nonfinite += 1
        inRow += 1
        if inRow == 5 { throw .nonfinite("\(what) is \(value) at the fifth trial point in a row: expected finite numbers") }
    }
    func sawFinite() { inRow = 0 }

    /// Runs to its end, or until the limit is reached: whether it came to its end.
    func within(_ body: () throws(Failure) -> Void) throws(Failure) -> Bool {
        do throws(Failure) {
            try body()
            return true
        } catch {
            if isSpent { return false }
            throw error
        }
    }
}
