import CSAMShims

/// saddle_free_newton: a Newton step with the Hessian's absolute values, in the Krylov space of H and g. Its own update:
///     H = Q T Q' by `rank` steps of Lanczos from g, orthogonalised twice;  w = w - lr Q (|T| + damping)^-1 Q' g
/// Ends early where the next vector's length is at most 1e-5 of T's largest element. No gradient: no move.
final class SaddleFreeNewton: Method {
    override class var about: About {
        About("saddle_free_newton", "Newton's method with the absolute values of the Hessian's eigenvalues: it leaves saddles.",
              by: "Dauphin, Pascanu, Gulcehre, Cho, Ganguli, Bengio 2014")
    }

    let lr = Option("lr", 1, .nonNegative, perGroup: true, "Share of the step that is taken.")
    let rank = Option("rank", count: 10, .between(1, 1000), "Dimension of the Krylov space: products with the Hessian, two evaluations and one vector of memory each.")
    let damping = Option("damping", 0.1, .nonNegative, "Added to the absolute eigenvalues.")
    private let product = HessianProduct()
    private var basis: [Slot] = []
    private var diagonal: [Double] = [], beside: [Double] = [], length = 0.0
    override var options: [Option] { [lr, rank, damping, product.difference] }
    override var slots: [Slot] {
        while basis.count < rank.int { basis.append(Slot("q")) }
        return Array(basis[..<rank.int]) + product.slots
    }
    override var evaluations: Int { 1 + 2 * rank.int }
    override var traits: Traits { super.traits.union(.ownOptimizer) }

    override func begin(_ step: Step) -> Next { .ask(start) }

    private func start(_ step: Step) -> Next {
        (diagonal, beside, length) = ([], [], step.norm(step.gradient))
        if length == 0 { return .done }
        step.assign(basis[0], 1 / length * step.gradient)
        return extend(step)
    }

    private func extend(_ step: Step) -> Next {
        let j = diagonal.count
        return product.ask(step, at: step.iterate, along: step[basis[j]]) { [self] step, image in
            if j + 1 == rank.int {
                diagonal.append(step.dot(step[basis[j]], image))
                return finish(step)
            }
            let next = basis[j + 1]
            step.assign(next, image)
            diagonal.append(step.dot(step[basis[j]], step[next]))
            for _ in 0..<2 { for q in basis[...j] { step.assign(next, step[next] - step.dot(step[q], step[next]) * step[q]) } }
            let left = step.norm(step[next])
            var largest = 0.0
            for element in diagonal + beside { largest = max(largest, abs(element)) }
            if left <= 1e-5 * largest { return finish(step) }
            beside.append(left)
            step.assign(next, 1 / left * step[next])
            return extend(step)
        }
    }

    private func finish(_ step: Step) -> Next {
        let k = diagonal.count
        var t = [Double](repeating: 0, count: k * k)
        for i in 0..<k { t[i * k + i] = diagonal[i] }
        for i in 0..<(k - 1) { (t[i * k + i + 1], t[(i + 1) * k + i]) = (beside[i], beside[i]) }
        var values = [Double](repeating: 0, count: k), work = [Double](repeating: 0, count: Int(sam_eigen_work(Int64(k))))
        if sam_plain_eigen(Int64(k), &t, &values, &work) != 0 { values = [Double](repeating: .nan, count: k) }
        for j in 0..<k {
            var inside = 0.0
            for i in 0..<k {
                let divisor = abs(values[i]) + damping.value
                if divisor != 0 { inside += t[i * k + j] * t[i * k] / divisor }
            }
            step.assign(basis[0], j == 0 ? inside * length * step[basis[0]] : step[basis[0]] + inside * length * step[basis[j]])
        }
        step.update(to: step.iterate - step[lr] * step[basis[0]])
        return .done
    }
}
