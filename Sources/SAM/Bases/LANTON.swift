import CSAMShims

/// lanton: rates that fall where the gradient is noisy. Matrices (weights of two and more axes) and the rest are two kinds.
///     c = d - previous d, 0 at first;  m = beta1 m + (1 - beta1) d
///     matrix: size = nuclear norm of c, u = sqrt(max(1, rows/columns)) orthogonal(m);  else: size = sum |c|, u = sign(m)
///     H = beta2 H + (1 - beta2) size^2;  a = alpha / sqrt(alpha^2 + H);  rate = (lr or sign_lr) sqrt(a / largest a of the kind)
///     w = w (1 - rate weight_decay) - rate u
/// The least noisy tensor of each kind has exactly lr, or sign_lr.
final class LANTON: Base {
    override class var about: About {
        About("lanton", "Orthogonalised momentum with rates that fall with the noise of each tensor's gradient.",
              by: "Hao, Gong, Xu, Wang, Liu 2025, from memory of the paper")
    }

    private let rate = Option("lr", 2e-2, .nonNegative, perGroup: true, "Largest rate of matrices.")
    private let beta1 = Option("beta1", 0.95, .fraction, perGroup: true, "Decay of the running mean of directions.")
    private let beta2 = Option("beta2", 0.95, .fraction, perGroup: true, "Decay of the mean of squared sizes of the change.")
    private let alpha = Option("alpha", 1, .positive, perGroup: true, "Size of the change at which a rate begins to fall.")
    private let decay = Option("weight_decay", 0, .nonNegative, perGroup: true, "Decoupled: w is multiplied by 1 - rate * weight_decay before the update.")
    private let nsSteps = Option("ns_steps", count: 5, .between(0, 99), perGroup: true, "Steps of the orthogonalisation.")
    private let signRate = Option("sign_lr", 3e-4, .nonNegative, perGroup: true, "Largest rate of what is no matrix.")
    private let previous = Slot("previous", life: .always), m = Slot("m", life: .always)
    private let noise = Slot("noise", life: .always, extent: .doubles { _ in 1 })
    private let orthogonal = NewtonSchulz()
    private let work = Slot("work", extent: .sharedDoubles { t in
        t.isMatrix ? t.count + min(t.rows, t.columns) + Int(sam_singular_work(Int64(t.rows), Int64(t.columns))) : 0
    })

    override var usesMatrices: Bool { true }
    override var options: [Option] { [rate, beta1, beta2, alpha, decay, nsSteps, signRate] }
    override var slots: [Slot] { [previous, m, noise, work] + orthogonal.slots }
    override var firstMoment: Slot? { m.isAllocated ? m : nil }

    override func descend(_ step: Step, along d: Vector) -> Next {
        let tensors = step.device.tensors, change = d - step[previous]
        let sums = step.dots(change.magnitude, Vector(constant: 1), by: .tensor)
        let sizes = step.perPlace { [self] t in
            if previous.isNew(t) || !step.device.active[t] { return 0 }
            return tensors[t].isMatrix ? nuclear(step, change, t) : sums.at(t)
        }
        step.assign(m, step[beta1] * step[m] + rest(step, beta1) * d)
        step.assign(previous, d)
        let quiet = step.perPlace { step.device.active[$0] ? self.heard($0, tensors[$0], sizes.at($0)) : 0 }
        func most(_ matrices: Bool) -> Double {
            var a = 0.0
            for (t, tensor) in tensors.enumerated() where tensor.isMatrix == matrices { a = max(a, quiet.at(t)) }
            return a
        }
        let best = [most(false), most(true)]
        let rates = step.perPlace { [self] t in
            let tensor = tensors[t], group = Int(tensor.group)
            return (tensor.isMatrix ? rate : signRate)[group] * (quiet.at(t) / best[tensor.isMatrix ? 1 : 0]).squareRoot()
        }
        var moved = step.move(to: decayed(step, decay, rate: rates) - rates * step[m].sign, in: tensors.map { !$0.isMatrix })
        for (t, tensor) in tensors.enumerated() where step.device.active[t] && tensor.isMatrix {
            orthogonal.run(step, t, step[m], steps: Int(nsSteps[Int(tensor.group)]), eps: 1e-7)
            let length = max(1, Double(tensor.rows) / Double(tensor.columns)).squareRoot()
            moved += step.move(to: decayed(step, decay, rate: rates) - length * rates * step[orthogonal.x], in: step.only(t))
        }
        return finish(step, moved: moved)
    }

    private func nuclear(_ step: Step, _ change: Vector, _ t: Int) -> Double {
        let tensor = step.device.tensors[t], matrix = work.part[t].assumingMemoryBound(to: Double.self), values = matrix + tensor.count
        let count = min(tensor.rows, tensor.columns)
        step.copy(change, t, asDoubles: matrix)
        _ = sam_singular(Int64(tensor.rows), Int64(tensor.columns), matrix, values, values + count)
        var sum = 0.0
        for i in 0..<count { sum += values[i] }
        return sum
    }

    /// H follows; a.
    private func heard(_ t: Int, _ tensor: Tensor, _ size: Double) -> Double {
        let H = noise.part[t].assumingMemoryBound(to: Double.self), group = Int(tensor.group), a = alpha[group], b = beta2[group]
        H.pointee = b * H.pointee + (1 - b) * (size * size)
        noise.wrote(t)
        return a / (a * a + H.pointee).squareRoot()
    }
}
