import CSAM

/// split_sam, imbsam, focalsam: a loss of two parts, of which one is made flat. The host's objective is the other part, the
/// auxiliary objective the one that is made flat; both are divided by the whole batch's size.
///     e = rho a / |a|, a the auxiliary gradient at w;  direction = auxiliary gradient at w + e + the host's gradient at w
/// imbsam: the auxiliary objective is the loss of the tail classes. focalsam: it has the weights c = lambda (1 - n_i / n)^gamma of
/// the classes, the host's the weights 1 - c.
final class SplitSAM: Ascent {
    override class var about: About {
        About("split_sam", "SAM on a part of the loss, the auxiliary objective; the rest descends plainly.",
              by: "the common form of imbsam and focalsam")
    }

    private let rest = Slot("rest")
    override var slots: [Slot] { [rest] }
    override var evaluations: Int { 3 }
    override var traits: Traits { super.traits.union(.auxiliary) }

    override func begin(_ step: Step) -> Next { .ask(keep) }

    private func keep(_ step: Step) -> Next {
        step.assign(rest, step.gradient)
        return .ask(ascend, bits: SAM_AUXILIARY)
    }

    override func ascend(_ step: Step) -> Next {
        climb(step, along: step.gradient)
        return .ask(descend, bits: SAM_AUXILIARY)
    }

    override func descend(_ step: Step) -> Next { step.descend(along: step.gradient + step[rest]) }
}
