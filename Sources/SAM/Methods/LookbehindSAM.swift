import CSAM

/// lookbehind_sam: k ascents, each from where the last one ended, k steps of the base, and part of the way back.
///     a = w;  k times: a = a + rho unit(gradient at a), d_i = gradient at a;  then k base steps from w along d_1, ..., d_k
///     w' = (1 - alpha) w + alpha (where the base steps ended);  alpha < 0: (1 + cosine of first and last move) / 2 by tensor
/// On one batch d_i is also the next ascent's gradient; with `fresh` that gradient is evaluated anew on a further batch.
final class LookbehindSAM: Ascent {
    override class var about: About {
        About("lookbehind_sam", "Several ascents in a row and as many base steps along what they met, then part of the way back.",
              by: "Mordido, Malviya, Baratin, Chandar 2024")
    }

    let k = Option("k", count: 5, .between(1, 1000), "Ascents, and base steps; each ascent but the last keeps a vector within the step.")
    let alpha = Option("alpha", 0.5, .between(-.infinity, 1), "Share of the way that the base steps made; below 0: from the cosine of first and last move, by tensor.")
    let fresh = Option("fresh", flag: false, "A further batch for each ascent but the first.")
    let offset = Slot("offset"), slow = Slot("slow"), move = Slot("move")
    private var descents: [Slot] = []
    override var options: [Option] { super.options + [k, alpha, fresh] }
    override var slots: [Slot] {
        while descents.count < k.int - 1 { descents.append(Slot("descent")) }
        return [offset, slow] + descents[..<(k.int - 1)] + (alpha.value < 0 ? [move] : [])
    }
    override var evaluations: Int { fresh.isOn ? 2 * k.int : k.int + 1 }
    override var traits: Traits { super.traits.union(.repeatsBase) }

    override func begin(_ step: Step) -> Next { .ask({ self.ascend($0, 1) }) }

    private func ascend(_ step: Step, _ i: Int) -> Next {
        let e = ascent(step, along: step.gradient)
        step.assign(offset, i == 1 ? e : step[offset] + e)
        step.displace(by: step[offset], in: reach(step))
        return .ask({ self.gather($0, i) })
    }

    private func gather(_ step: Step, _ i: Int) -> Next {
        if i == k.int { return finish(step) }
        step.assign(descents[i - 1], step.gradient)
        return fresh.isOn ? .ask({ self.ascend($0, i + 1) }, bits: SAM_NEXT_BATCH) : ascend(step, i + 1)
    }

    private func finish(_ step: Step) -> Next {
        step.assign(slow, step.iterate)
        for i in 1...k.int {
            step.baseStep(along: i == k.int ? step.gradient : step[descents[i - 1]])
            if i == 1 && alpha.value < 0 { step.assign(move, step.iterate - step[slow]) }
        }
        let share = alpha.value < 0 ? agreement(step) : Coefficient(alpha.value)
        step.update(to: (1 - share) * step[slow] + share * step.iterate)
        step.metrics.update_norm = step.norm(step.iterate - step[slow])
        return .done
    }

    /// (1 + cosine) / 2 of the first move and of all moves together, by tensor.
    private func agreement(_ step: Step) -> Coefficient {
        let moved = step.iterate - step[slow]
        let lengths = step.norms(step[move], by: .tensor) * step.norms(moved, by: .tensor)
        return .combine(step.dots(step[move], moved, by: .tensor), lengths) { (1 + $0 / max($1, 1e-8)) / 2 }
    }
}
