/// async_sam: SAM along the clean gradient of the step before, so that both evaluations can be made at once.
///     e = rho unit(previous), previous the clean gradient of the step before;  direction = gradient at w + e
/// The clean evaluation comes first; the first step is the base's.
final class AsyncSAM: Ascent {
    override class var about: About {
        About("async_sam", "SAM that climbs along the clean gradient of the step before: its two evaluations are independent.",
              by: "Jo, Lim, Lee 2025", exactness: 2)
    }

    let previous = Slot("previous", life: .early)
    override var slots: [Slot] { [previous] }

    override func ascend(_ step: Step) -> Next {
        let known = step.has(previous)
        if known { climb(step, along: step[previous]) }
        step.assign(previous, step.gradient)
        return known ? .ask(descend) : step.descend(along: step.gradient)
    }
}
