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

    let host: sam_objective
    /// 0: none.
    private let limit: Int
    /// Whether the limit ended the work: the failure that said so is no failure of the call.
    private(set) var isSpent = false
    /// Whether a callback never returned: the host is not called any more.
    var isLeft = false
    /// The status by which the limit's failure is known; it is never the answer of a call.
    private static let limitStatus = -100
    /// Scalar operations of the library's own since the host's progress was asked.
    private var worked = 0
    /// So many, some tenths of a second, are done at the most before it is asked again.
    private static let share = 1 << 28

    private var fraction = 0.0, from = 0.0, begun = 0, expected = 0
    var stage: StaticString = "begin"

    /// The host's floating-point environment, for callbacks.
    let environment: UnsafeMutablePointer<sam_environment>

    init(_ host: sam_objective, limit: Int, _ environment: UnsafeMutablePointer<sam_environment>) {
        self.host = host
        self.limit = limit
        self.environment = environment
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
    func allows(_ count: Int) -> Bool { limit == 0 || count <= limit - evaluations }

    /// Before every callback: the limit, then the host's progress.
    func announce(_ kind: Kind) throws(Failure) {
        if kind != .nothing && !allows(1) {
            isSpent = true
            throw spent
        }
        worked = 0
        if expected > 0 {
            let share = min(1, Double(evaluations - begun) / Double(expected))
            fraction = max(fraction, min(1, from + (end - from) * share))
        }
        if let progress = host.progress {
            var asked = hostCall(progress, Int(SAM_CALL_PROGRESS), host.context)
            asked.fraction = fraction
            asked.pointer.0 = UnsafeMutableRawPointer(mutating: Name(stage).bytes)
            let answer = try call(asked)
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

    /// The limit's failure: it ends the work, and the call succeeds with what was found.
    var spent: Failure { Failure(Ledger.limitStatus, "max_evaluations = \(limit) is reached") }
    func isLimit(_ failure: Failure) -> Bool { failure.status == Int32(Ledger.limitStatus) }

    /// Before so many scalar operations of the library's own: the host's progress is asked where it was not for long.
    func work(_ operations: Int) throws(Failure) {
        worked += min(operations, Ledger.share)
        if worked >= Ledger.share { try announce(.nothing) }
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
            if isLimit(error) { return false }
            throw error
        }
    }
}
