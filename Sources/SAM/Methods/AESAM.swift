/// ae_sam: SAM where the gradient's norm stands out (GradientOutlier), the base in the other steps.
final class AESAM: Ascent {
    override class var about: About {
        About("ae_sam", "SAM only in steps whose gradient norm stands out of its running mean and deviation.",
              by: "Jiang, Yang, Zhang, Kwok 2023", exactness: 2)
    }

    let outlier = GradientOutlier()
    override var options: [Option] { super.options + outlier.options }
    override var scalars: [Scalar] { outlier.scalars }

    override func ascend(_ step: Step) -> Next {
        outlier.includes(step) ? super.ascend(step) : step.descend(along: step.gradient)
    }
}

/// ae_looksam: ae_sam whose other steps reuse the part gv of the last SAM step's direction that was across its gradient:
///     direction = g + alpha |g| / (|gv| + 1e-8) gv, and g before the first SAM step
final class AELookSAM: Ascent {
    override class var about: About {
        About("ae_looksam", "SAM in steps whose gradient norm stands out; the others reuse the part of its direction across the gradient.",
              by: "Jiang, Yang, Zhang, Kwok 2023", exactness: 1)
    }

    let outlier = GradientOutlier()
    let alpha = Option("alpha", 0.7, .nonNegative, "Weight of the reused part.")
    let clean = Slot("clean"), across = Slot("gv", life: .always)
    override var options: [Option] { super.options + [alpha] + outlier.options }
    override var slots: [Slot] { [clean, across] }
    override var scalars: [Scalar] { outlier.scalars }

    override func ascend(_ step: Step) -> Next {
        if outlier.includes(step) {
            step.assign(clean, step.gradient)
            return super.ascend(step)
        }
        return step.descend(along: step.has(across) ? step.reusing(across, alpha.value) : step.gradient)
    }

    override func descend(_ step: Step) -> Next {
        step.assign(across, step.across(step.gradient, step[clean], areGradients: true))
        return step.descend(along: step.gradient)
    }
}
