import CSAMShims

/// shampoo: every axis of a tensor preconditioned by a root of its own matrix. Vectors have one axis, scalars one of length 1.
///     d = d + weight_decay w;  per axis of at most max_precondition_dim: S = S + (unfolding) (unfolding)', from matrix_eps 1
///     in steps 1, 1 + precondition_frequency, ...: root = S^(-1 / (2 axes)), eigenvalues not below matrix_eps
///     p = d with every root applied to its axis;  momentum: buf = momentum buf + p, used in p's place;  w = w - lr p
/// Matrices are kept in double.
final class Shampoo: Base {
    override class var about: About {
        About("shampoo", "Every axis preconditioned by a root of the sum of its gradients' outer products.",
              by: "Gupta, Koren, Singer 2018")
    }

    private let rate = Option("lr", 1e-3, .nonNegative, perGroup: true, "Learning rate.")
    private let momentum = Option("momentum", 0, .fraction, perGroup: true, "Factor of the running sum of preconditioned directions; 0: none, and no state.")
    private let decay = Option("weight_decay", 0, .nonNegative, perGroup: true, "Coefficient of w, added to the direction.")
    private let eps = Option("matrix_eps", 1e-6, .positive, perGroup: true, "Where the matrices begin, times 1, and their least eigenvalue.")
    private let frequency = Option("precondition_frequency", count: 1, .atLeast(1), perGroup: true, "Steps between two computations of the roots.")
    private let most = Option("max_precondition_dim", count: 1024, .atLeast(1), perGroup: true, "Longer axes get no matrix. Another value begins the matrices anew.")
    private let sum = Slot("momentum", life: .always)
    private let scaled = Slot("scaled", extent: .shared { $0.count })
    private lazy var matrices = Slot("S", life: .always, extent: .doubles { [unowned(unsafe) self] in self.squares($0) })
    private lazy var roots = Slot("root", life: .always, extent: .doubles { [unowned(unsafe) self] in self.squares($0) })
    private lazy var work = Slot("work", extent: .sharedDoubles { [unowned(unsafe) self] in self.scratch($0) })

    override var usesMatrices: Bool { true }
    override var options: [Option] { [rate, momentum, decay, eps, frequency, most] }
    override var slots: [Slot] { [matrices, roots, work, scaled] + (momentum.isUsed ? [sum] : []) }
    override var firstMoment: Slot? { sum.isAllocated ? sum : nil }

    /// The axes that get a matrix.
    private func axes(_ t: Tensor) -> [Int] { t.count == 0 ? [] : t.axes.indices.filter { Double(t.axes[$0]) <= most[Int(t.group)] } }
    private func squares(_ t: Tensor) -> Int { axes(t).reduce(0) { $0 + square(t.axes[$1]) } }
    private func scratch(_ t: Tensor) -> Int {
        let longest = axes(t).reduce(0) { max($0, t.axes[$1]) }
        return 2 * t.count + 2 * square(longest) + (longest > 1 << 24 ? 0 : Int(sam_eigen_work(Int64(longest))) + longest)
    }

    override func descend(_ step: Step, along d: Vector) -> Next {
        let u = decay.isUsed ? d + step[decay] * step.iterate : d
        var moved = 0.0
        for t in step.device.tensors.indices where step.device.active[t] {
            precondition(step, u, t)
            matrices.wrote(t)
            roots.wrote(t)
            if momentum.isUsed { step.assign(sum, step[momentum] * step[sum] + step[scaled], in: step.only(t)) }
            moved += step.move(to: step.iterate - step[rate] * (momentum.isUsed ? step[sum] : step[scaled]), in: step.only(t))
        }
        return finish(step, moved: moved)
    }

    private func precondition(_ step: Step, _ u: Vector, _ t: Int) {
        let tensor = step.device.tensors[t], list = axes(tensor), group = Int(tensor.group)
        let isDue = (stepNumber(t) - 1) % Int(frequency[group]) == 0 || matrices.isNew(t)
        var g = work.part[t].assumingMemoryBound(to: Double.self), other = g + tensor.count, offset = 0
        let rest = other + tensor.count
        step.copy(u, t, asDoubles: g)
        for axis in list {                                  // all matrices follow the direction itself
            let n = tensor.axes[axis], S = matrices.part[t].assumingMemoryBound(to: Double.self) + offset
            if matrices.isNew(t) { for i in 0..<n { S[i * n + i] = eps[group] } }
            Axis.gram(S, keep: 1, take: 1, axis, of: tensor, g)
            if isDue { root(of: S, n, -0.5 / Double(list.count), eps[group], step, rest, into: roots.part[t].assumingMemoryBound(to: Double.self) + offset) }
            offset += n * n
        }
        offset = 0
        for axis in list {
            Axis.apply(roots.part[t].assumingMemoryBound(to: Double.self) + offset, transposed: false, axis, of: tensor, g, into: other)
            (g, other) = (other, g)
            offset += tensor.axes[axis] * tensor.axes[axis]
        }
        step.store(g, t, in: scaled)
    }

    /// out = max(S, least)^power, over the eigenvalues.
    private func root(of S: Axis.Numbers, _ n: Int, _ power: Double, _ least: Double, _ step: Step, _ work: Axis.Numbers, into out: Axis.Numbers) {
        let V = work, W = work + n * n, values = W + n * n
        UnsafeMutableRawPointer(V).copyMemory(from: S, byteCount: 8 * n * n)
        _ = sam_eigen(Int64(n), V, values, values + n)
        for i in 0..<n {
            let factor = values[i].isNaN ? values[i] : step.device.kernels.pointee.power!(max(values[i], least), power)
            for j in 0..<n { W[i * n + j] = factor * V[i * n + j] }
        }
        Double.product(V, transposed: true, W, transposed: false, n, n, n, 1, 0, into: out)
    }
}
