import CSAMShims

/// multistep_sam: SAM with several ascents inside the ball (RepeatedAscent); direction = gradient where the last one ended.
/// `random_start`: the first begins on the ball's surface, along normal noise; no evaluation is clean then.
final class MultistepSAM: Ascent {
    override class var about: About { About("multistep_sam", "SAM with several projected ascents inside the ball.", by: "Andriushchenko, Flammarion 2022", exactness: 2) }

    let path = RepeatedAscent()
    let normalize = Option("normalize", flag: true, "Each ascent has the length ascent_step; 0: ascent_step times the gradient.")
    let randomStart = Option("random_start", flag: false, "The ascent begins at a random point of the ball's surface.")
    let seed = Option("seed", count: 0, .between(0, 9007199254740991), "Of every random draw.")
    override var options: [Option] { super.options + [path.ascents, path.ascentStep, normalize, randomStart, seed] }
    override var slots: [Slot] { [path.u] }
    override var evaluations: Int { path.ascents.int + 1 }

    override func begin(_ step: Step) -> Next {
        if randomStart.isOn { path.start(step, self, along: step.random(SAM_NORMAL, .noise)) }
        return .ask({ self.ascend($0, 1) })
    }

    private func ascend(_ step: Step, _ i: Int) -> Next {
        path.advance(step, self, fromIterate: i == 1 && !randomStart.isOn, normalize: normalize.isOn)
        return i == path.ascents.int ? .ask(descend) : .ask({ self.ascend($0, i + 1) })
    }
}

/// multistep_mean_sam: the same ascents; direction = mean of the gradients at all points that they end at.
final class MultistepMeanSAM: Ascent {
    override class var about: About {
        About("multistep_mean_sam", "SAM with several projected ascents: the mean of the gradients at all their points.",
              by: "Kim, Park, Choi, Lee, Lee 2023", exactness: 1)
    }

    let path = RepeatedAscent()
    let sum = Slot("sum")
    override var options: [Option] { super.options + [path.ascents, path.ascentStep] }
    override var slots: [Slot] { [path.u, sum] }
    override var evaluations: Int { path.ascents.int + 1 }

    override func begin(_ step: Step) -> Next { .ask({ self.ascend($0, 1) }) }

    private func ascend(_ step: Step, _ i: Int) -> Next {
        path.advance(step, self, fromIterate: i == 1)
        return .ask({ self.gather($0, i) })
    }

    private func gather(_ step: Step, _ i: Int) -> Next {
        if i == 1 && path.ascents.int == 1 { return step.descend(along: step.gradient) }
        step.assign(sum, i == 1 ? step.gradient : step[sum] + step.gradient)
        return i == path.ascents.int ? step.descend(along: step[sum] / path.ascents.value) : ascend(step, i + 1)
    }
}
