import CSAMShims

/// soap: Adam in the eigenbases of Shampoo's matrices. The first step of a tensor makes its bases and does not move it; then, k = t - 1:
///     m = beta1 m + (1 - beta1) d;  v = beta2 v + (1 - beta2) (d rotated)^2
///     w = (w - lr c (m rotated / (sqrt(v) + eps)) rotated back) (1 - lr weight_decay),  c = sqrt(1 - beta2^k) / (1 - beta1^k) or, correct_bias 0, 1
///     S = shampoo_beta S + (1 - shampoo_beta) (unfolding) (unfolding)' per axis of at most max_precondition_dim, vectors only with precondition_1d
///     every precondition_frequency-th k: P = S Q, columns in falling order of diag(Q'P), v in the same order, Q = the orthogonal factor of P
/// First Q: eigenvectors of the first S, largest first. Matrices are kept in double.
final class SOAP: Base {
    override class var about: About {
        About("soap", "Adam in the eigenbases of Shampoo's matrices.",
              by: "Vyas, Morwani, Zhao, Kwun, Shapira, Brandfonbrener, Janson, Kakade 2025")
    }

    private let rate = Option("lr", 3e-3, .nonNegative, perGroup: true, "Learning rate.")
    private let beta1 = Option("beta1", 0.95, .fraction, perGroup: true, "Decay of the first moment.")
    private let beta2 = Option("beta2", 0.95, .fraction, perGroup: true, "Decay of the second moment.")
    private let shampooBeta = Option("shampoo_beta", -1, .between(-.infinity, 1), perGroup: true, "Decay of the axes' matrices; below 0: beta2.")
    private let eps = Option("eps", 1e-8, .nonNegative, perGroup: true, "Added to the root of the second moment.")
    private let decay = Option("weight_decay", 1e-2, .nonNegative, perGroup: true, "Decoupled: w is multiplied by 1 - lr * weight_decay behind the update.")
    private let frequency = Option("precondition_frequency", count: 10, .atLeast(1), perGroup: true, "Steps between two turns of the bases.")
    private let most = Option("max_precondition_dim", count: 10000, .atLeast(1), perGroup: true, "Longer axes get no matrix. Another value begins the matrices anew.")
    private let vectors = Option("precondition_1d", flag: false, perGroup: true, "Vectors get a matrix as well.")
    private let corrects = Option("correct_bias", flag: true, perGroup: true, "Correct the moments' bias.")
    private let m = Slot("m", life: .always), v = Slot("v", life: .always), update = Slot("update", extent: .shared { $0.count })
    private lazy var matrices = Slot("S", life: .always, extent: .doubles { [unowned(unsafe) self] in self.squares($0) })
    private lazy var bases = Slot("Q", life: .always, extent: .doubles { [unowned(unsafe) self] in self.squares($0) })
    private lazy var work = Slot("work", extent: .sharedDoubles { [unowned(unsafe) self] in self.scratch($0) })

    override var usesMatrices: Bool { true }
    override var options: [Option] { [rate, beta1, beta2, shampooBeta, eps, decay, frequency, most, vectors, corrects] }
    override var slots: [Slot] { [m, v, matrices, bases, update, work] }
    override var firstMoment: Slot? { m.isAllocated ? m : nil }

    private func axes(_ t: Tensor) -> [Int] {
        if t.count == 0 || (t.axes.count == 1 && vectors[Int(t.group)] == 0) { return [] }
        return t.axes.indices.filter { Double(t.axes[$0]) <= most[Int(t.group)] }
    }
    private func squares(_ t: Tensor) -> Int { axes(t).reduce(0) { $0 + square(t.axes[$1]) } }
    private func scratch(_ t: Tensor) -> Int {
        let longest = axes(t).reduce(0) { max($0, t.axes[$1]) }, n = Int64(longest)
        return 3 * t.count + 2 * square(longest) + 2 * longest + (longest > 1 << 24 ? 0 : Int(max(sam_eigen_work(n), sam_orthogonal_work(n))))
    }

    override func descend(_ step: Step, along d: Vector) -> Next {
        var moved = 0.0
        for (t, tensor) in step.device.tensors.enumerated() where step.device.active[t] {
            let group = Int(tensor.group), k = stepNumber(t) - 1, isFirst = k == 0 || bases.isNew(t)
            let g = work.part[t].assumingMemoryBound(to: Double.self)
            step.copy(d, t, asDoubles: g)
            if !isFirst {
                step.assign(m, beta1[group] * step[m] + (1 - beta1[group]) * d, in: step.only(t))
                adam(step, t, tensor)
                let bias = corrects[group] == 0 ? 1 : (1 - raised(beta2[group], Int64(k))).squareRoot() / (1 - raised(beta1[group], Int64(k)))
                let shrink = 1 - rate[group] * decay[group]
                moved += step.move(to: shrink * (step.iterate - rate[group] * bias * step[update]), in: step.only(t))
            }
            if isFirst { step.device.restore(t) }
            follow(step, t, tensor, turns: k % Int(frequency[group]) == 0, isFirst: isFirst)
            matrices.wrote(t)
            bases.wrote(t)
            if !isFirst { v.wrote(t) }
        }
        return finish(step, moved: moved)
    }

    /// Each axis of g turned into its basis, or back; where the result stands.
    private func rotate(_ t: Int, _ tensor: Tensor, _ g: Axis.Numbers, _ other: Axis.Numbers, back: Bool) -> Axis.Numbers {
        var from = g, to = other, offset = 0
        for axis in axes(tensor) {
            Axis.apply(bases.part[t].assumingMemoryBound(to: Double.self) + offset, transposed: !back, axis, of: tensor, from, into: to)
            (from, to) = (to, from)
            offset += tensor.axes[axis] * tensor.axes[axis]
        }
        return from
    }

    /// v follows the rotated direction; update = rotated back [ m rotated / (sqrt(v) + eps) ].
    private func adam(_ step: Step, _ t: Int, _ tensor: Tensor) {
        let g = work.part[t].assumingMemoryBound(to: Double.self), a = g + tensor.count, b = a + tensor.count, n = tensor.count
        a.update(from: g, bytes: 8 * n)
        let turned = rotate(t, tensor, a, b, back: false), squares = turned == a ? b : a
        let group = Int(tensor.group), beta = beta2[group], floor = eps[group]
        step.copy(step[v], t, asDoubles: squares)
        for i in 0..<n { squares[i] = beta * squares[i] + (1 - beta) * (turned[i] * turned[i]) }
        step.store(squares, t, in: v)
        step.copy(step[m], t, asDoubles: a)
        let mean = rotate(t, tensor, a, b, back: false), roots = mean == a ? b : a
        step.copy(step[v], t, asDoubles: roots)
        for i in 0..<n { mean[i] /= roots[i].squareRoot() + floor }
        step.store(rotate(t, tensor, mean, roots, back: true), t, in: update)
    }

    /// The matrices follow d, and where it is their turn the bases follow the matrices, and v the bases.
    private func follow(_ step: Step, _ t: Int, _ tensor: Tensor, turns: Bool, isFirst: Bool) {
        let g = work.part[t].assumingMemoryBound(to: Double.self), group = Int(tensor.group)
        let beta = shampooBeta[group] < 0 ? beta2[group] : shampooBeta[group]
        var offset = 0
        for axis in axes(tensor) {
            let n = tensor.axes[axis]
            let S = matrices.part[t].assumingMemoryBound(to: Double.self) + offset, Q = bases.part[t].assumingMemoryBound(to: Double.self) + offset
            Axis.gram(S, keep: isFirst ? 0 : beta, take: 1 - beta, axis, of: tensor, g)
            if isFirst { begin(S, Q, n, t, tensor) } else if turns { turn(step, S, Q, n, t, tensor, axis) }
            offset += n * n
        }
    }

    /// Q = the eigenvectors of S, largest first.
    private func begin(_ S: Axis.Numbers, _ Q: Axis.Numbers, _ n: Int, _ t: Int, _ tensor: Tensor) {
        let rows = work.part[t].assumingMemoryBound(to: Double.self) + 3 * tensor.count, values = rows + 2 * n * n
        rows.update(from: S, bytes: 8 * n * n)
        _ = sam_eigen(Int64(n), rows, values, values + 2 * n)
        for i in 0..<n {
            for j in 0..<n { Q[j * n + n - 1 - i] = rows[i * n + j] }
        }
    }

    private func turn(_ step: Step, _ S: Axis.Numbers, _ Q: Axis.Numbers, _ n: Int, _ t: Int, _ tensor: Tensor, _ axis: Int) {
        let P = work.part[t].assumingMemoryBound(to: Double.self) + 3 * tensor.count, rest = P + 2 * n * n, sizes = rest, order = rest + n
        Double.product(S, transposed: false, Q, transposed: false, n, n, n, 1, 0, into: P)
        for c in 0..<n {
            sizes[c] = 0
            for r in 0..<n { sizes[c] += Q[r * n + c] * P[r * n + c] }
        }
        for c in 0..<n {                                    // a stable order, falling
            var place = c
            while place > 0, sizes[Int(order[place - 1])] < sizes[c] {
                order[place] = order[place - 1]
                place -= 1
            }
            order[place] = Double(c)
        }
        for r in 0..<n {
            for c in 0..<n { Q[r * n + c] = P[r * n + Int(order[c])] }
        }
        sam_orthogonal(Int64(n), Q, rest + 2 * n)
        let a = work.part[t].assumingMemoryBound(to: Double.self) + tensor.count, b = a + tensor.count, (outer, inner) = tensor.around(axis)
        step.copy(step[v], t, asDoubles: a)
        for o in 0..<outer {
            for c in 0..<n { (b + (o * n + c) * inner).update(from: a + (o * n + Int(order[c])) * inner, bytes: 8 * inner) }
        }
        step.store(b, t, in: v)
    }
}

extension UnsafeMutablePointer where Pointee == Double {
    fileprivate func update(from: UnsafePointer<Double>, bytes: Int) { UnsafeMutableRawPointer(self).copyMemory(from: from, byteCount: bytes) }
}
