import CSAM
import CSAMShims

/// An arithmetic type of dense algebra: row-major products of CSAMShims, on this thread alone.
protocol DenseNumber: BinaryFloatingPoint {
    /// c [m, n] = alpha op(a) op(b) + beta c; rows follow each other without gaps.
    static func product(_ a: UnsafePointer<Self>, transposed: Bool, _ b: UnsafePointer<Self>, transposed: Bool, _ m: Int, _ n: Int, _ k: Int,
                        _ alpha: Self, _ beta: Self, into c: UnsafeMutablePointer<Self>)
}

extension Float: DenseNumber {
    static func product(_ a: UnsafePointer<Float>, transposed ta: Bool, _ b: UnsafePointer<Float>, transposed tb: Bool, _ m: Int, _ n: Int, _ k: Int,
                        _ alpha: Float, _ beta: Float, into c: UnsafeMutablePointer<Float>) {
        sam_gemm_f32(ta ? 1 : 0, tb ? 1 : 0, Int64(m), Int64(n), Int64(k), alpha, a, Int64(ta ? m : k), b, Int64(tb ? k : n), beta, c, Int64(n))
    }
}

extension Double: DenseNumber {
    static func product(_ a: UnsafePointer<Double>, transposed ta: Bool, _ b: UnsafePointer<Double>, transposed tb: Bool, _ m: Int, _ n: Int, _ k: Int,
                        _ alpha: Double, _ beta: Double, into c: UnsafeMutablePointer<Double>) {
        sam_gemm_f64(ta ? 1 : 0, tb ? 1 : 0, Int64(m), Int64(n), Int64(k), alpha, a, Int64(ta ? m : k), b, Int64(tb ? k : n), beta, c, Int64(n))
    }
}

extension Tensor {
    /// Whether matrix bases see it as a matrix: a weight of two and more axes, [first axis, all others].
    var isMatrix: Bool { Int(role) == SAM_WEIGHT && shape.count > 1 && count > 0 }
    var columns: Int { count / max(rows, 1) }
    /// Axes as Kronecker factors see them: a scalar has one of length 1.
    var axes: [Int] { shape.isEmpty ? [1] : shape }
    /// Elements in front of an axis, and behind it.
    func around(_ axis: Int) -> (outer: Int, inner: Int) {
        var outer = 1, inner = 1
        for (i, length) in axes.enumerated() {
            if i < axis { outer *= length } else if i > axis { inner *= length }
        }
        return (outer, inner)
    }
}

/// The numbers of a square matrix; what no memory holds for lengths beyond all memory.
func square(_ n: Int) -> Int { n > 1 << 24 ? 1 << 50 : n * n }

/// Newton and Schulz's quintic iteration: the singular values of a matrix go to about one, its singular vectors stay.
///     X = u / max(|u|, eps);  steps times: A = X X', X = 3.4445 X + (-4.7750 A + 2.0315 A A) X, on the shorter side
final class NewtonSchulz {
    /// The result, a vector of formulas in the one tensor.
    let x = Slot("x", extent: .shared { $0.isMatrix ? $0.count : 0 })
    private let y = Slot("y", extent: .shared { $0.isMatrix ? $0.count : 0 })
    private let gram = Slot("gram", extent: .shared { $0.isMatrix ? 2 * square(min($0.rows, $0.columns)) : 0 })
    var slots: [Slot] { [x, y, gram] }

    /// x = the orthogonal factor of u in tensor t.
    func run(_ step: Step, _ t: Int, _ u: Vector, steps: Int, eps: Double) {
        let length = step.norm(u, in: step.only(t))
        step.copy(1 / max(length, eps) * u, t, to: x.part[t])
        if Int(step.device.tensors[t].type) == SAM_F64 {
            iterate(Double.self, step.device.tensors[t], t, steps)
        } else {
            iterate(Float.self, step.device.tensors[t], t, steps)
        }
    }

    private func iterate<Number: DenseNumber>(_: Number.Type, _ tensor: Tensor, _ t: Int, _ steps: Int) {
        let rows = tensor.rows, columns = tensor.columns, isWide = rows <= columns, k = min(rows, columns), bytes = tensor.count * tensor.size
        let X = x.part[t].assumingMemoryBound(to: Number.self), Y = y.part[t].assumingMemoryBound(to: Number.self)
        let A = gram.part[t].assumingMemoryBound(to: Number.self), B = A + k * k
        for _ in 0..<steps {
            Number.product(X, transposed: !isWide, X, transposed: isWide, k, k, max(rows, columns), 1, 0, into: A)
            UnsafeMutableRawPointer(B).copyMemory(from: A, byteCount: k * k * tensor.size)
            Number.product(A, transposed: false, A, transposed: false, k, k, k, 2.0315, -4.7750, into: B)
            UnsafeMutableRawPointer(Y).copyMemory(from: X, byteCount: bytes)
            if isWide {
                Number.product(B, transposed: false, Y, transposed: false, rows, columns, k, 1, 3.4445, into: X)
            } else {
                Number.product(Y, transposed: false, B, transposed: false, rows, columns, k, 1, 3.4445, into: X)
            }
        }
    }
}

/// Kronecker factors: matrices that act on single axes of a tensor, row-major, in double. `axis`: of `tensor.axes`.
enum Axis {
    typealias Numbers = UnsafeMutablePointer<Double>

    /// out = the tensor with the matrix m (or m') applied to an axis.
    static func apply(_ m: Numbers, transposed: Bool, _ axis: Int, of tensor: Tensor, _ g: Numbers, into out: Numbers) {
        let n = tensor.axes[axis], (outer, inner) = tensor.around(axis)
        if inner == 1 {
            Double.product(g, transposed: false, m, transposed: !transposed, outer, n, n, 1, 0, into: out)
        } else {
            for o in 0..<outer {
                Double.product(m, transposed: transposed, g + o * n * inner, transposed: false, n, inner, n, 1, 0, into: out + o * n * inner)
            }
        }
    }

    /// s = keep s + take (unfolding along the axis) (unfolding)'.
    static func gram(_ s: Numbers, keep: Double, take: Double, _ axis: Int, of tensor: Tensor, _ g: Numbers) {
        let n = tensor.axes[axis], (outer, inner) = tensor.around(axis)
        if inner == 1 {
            Double.product(g, transposed: true, g, transposed: false, n, n, outer, take, keep, into: s)
        } else {
            for o in 0..<outer {
                Double.product(g + o * n * inner, transposed: false, g + o * n * inner, transposed: true, n, n, inner, take, o == 0 ? keep : 1, into: s)
            }
        }
    }
}

extension Step {
    /// v in tensor t, as doubles.
    func copy(_ v: Vector, _ t: Int, asDoubles out: UnsafeMutablePointer<Double>) {
        let tensor = device.tensors[t]
        copy(v, t, to: out)
        if Int(tensor.type) == SAM_F64 { return }
        let floats = UnsafeRawPointer(out).assumingMemoryBound(to: Float.self)
        for i in stride(from: tensor.count - 1, through: 0, by: -1) {      // from behind: a double takes the place of two floats
            let value = floats[i]
            out[i] = Double(value)
        }
    }

    /// A tensor's part of a slot = doubles, rounded to its type; 0 where they are below its normal range.
    func store(_ doubles: UnsafePointer<Double>, _ t: Int, in slot: Slot) {
        let tensor = device.tensors[t]
        if Int(tensor.type) == SAM_F64 {
            let to = slot.part[t].assumingMemoryBound(to: Double.self)
            for i in 0..<tensor.count { to[i] = abs(doubles[i]) < Double.leastNormalMagnitude ? 0 : doubles[i] }
        } else {
            let to = slot.part[t].assumingMemoryBound(to: Float.self)
            for i in 0..<tensor.count {
                let value = Float(doubles[i])
                to[i] = abs(value) < Float.leastNormalMagnitude ? 0 : value
            }
        }
    }
}
