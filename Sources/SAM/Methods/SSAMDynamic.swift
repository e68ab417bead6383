import CSAM
import CSAMShims

/// ssam_d: SAM that perturbs a share of the weights; behind steps 1, 1 + update_every, ... some of them are exchanged.
///     e = mask rho g / |g|, the norm of the whole g;  direction = gradient at w + e
///     live = n - ceil(n sparsity) ones, at first the largest of uniform numbers
///     rate = drop_rate (1 + cos(pi min((t - 1) / total_steps, 1))) / 2;  moved = int(min(live rate, n - live))
///     of the live entries all but the live - moved with the highest `drop` scores go; of the dead `moved` with the highest
///     `growth` scores come. Scores at w: |w|, |g| or uniform. Of equal ones the lower index is taken.
/// Draws of stream 2: 0 the first mask, 2t drop, 2t + 1 growth.
final class SSAMDynamic: Ascent {
    override class var about: About {
        About("ssam_d", "Sparse SAM: a share of the weights is perturbed, and exchanged by dropping and growing.",
              by: "Mi, Shen, Ren, Zhou, Sun, Ji, Tao 2022", exactness: 2)
    }

    let sparsity = Option("sparsity", 0.2, .share, "Share of the weights that are not perturbed.")
    let updateEvery = Option("update_every", count: 1000, .atLeast(1), "Steps between two exchanges.")
    let dropRate = Option("drop_rate", 0.5, .share, "Share of the live entries that are exchanged, at first; it falls to 0 along a cosine.")
    let drop = Option("drop", choices: "weight,gradient,random", initial: 1, "Score of the live entries; the lowest go.")
    let growth = Option("growth", choices: "weight,gradient,random", initial: 2, "Score of the dead entries; the highest come.")
    let totalSteps = Option("total_steps", count: 10000, .atLeast(1), "Steps until nothing is exchanged any more.")
    let seed = Option("seed", count: 0, .between(0, 9007199254740991), "Of every random draw.")
    let mask = Slot("mask", life: .early), clean = Slot("clean"), kept = Slot("kept"), grown = Slot("grown")
    override var options: [Option] { super.options + [sparsity, updateEvery, dropRate, drop, growth, totalSteps, seed] }
    override var slots: [Slot] { [mask, clean, kept, grown] }

    private func live(of n: Int) -> Int { n - Int((Double(n) * sparsity.value).rounded(.up)) }

    override func ascend(_ step: Step) -> Next {
        if !step.has(mask) { step.assign(mask, largest: live(of: step.count()), of: step.random(SAM_UNIFORM, .masks, draw: 0)) }
        if isDue(step) { step.assign(clean, step.gradient) }
        step.displace(by: step[mask] * ascent(step, along: step.gradient), in: reach(step))
        return .ask(descend)
    }

    override func descend(_ step: Step) -> Next {
        if isDue(step) { exchange(step) }
        return step.descend(along: step.gradient)
    }

    private func isDue(_ step: Step) -> Bool { (step.number - 1) % Int64(updateEvery.int) == 0 }

    private func exchange(_ step: Step) {
        let n = step.count(), live = live(of: n), old = step[mask]
        let x = min(Double(step.number - 1) / totalSteps.value, 1)
        let rate = dropRate.value * (1 + step.device.kernels.pointee.cosine!(Double.pi * x)) / 2
        let moved = Int(min(Double(live) * rate, Double(n - live)))
        let ones = step.dot(old, old), present = ones >= 0 && ones <= Double(n) ? Int(ones) : n     // differs from live where sparsity or the tensors taking part changed
        let keep = min(live - moved, present), come = min(live - keep, n - present)
        // the score where the mask has 1 (0), -1 elsewhere
        step.assign(kept, largest: keep, of: old * score(step, drop, 2 * step.number) + old + Coefficient(-1))
        step.assign(grown, largest: come, of: (-1.0 * old + Coefficient(1)) * score(step, growth, 2 * step.number + 1) - old)
        step.assign(mask, step[kept] + step[grown])
    }

    private func score(_ step: Step, _ kind: Option, _ draw: Int64) -> Vector {
        if kind.isChoice("weight") { return step.iterate.magnitude }
        return kind.isChoice("gradient") ? step[clean].magnitude : step.random(SAM_UNIFORM, .masks, draw: draw)
    }
}
