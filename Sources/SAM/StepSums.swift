import CSAM
import CSAMShims

/// Numbers of vectors: norms and products, over everything, by tensor or by row.
extension Step {
    /// |v| over all tensors that take part and are in the scope; of `first` in tensors whose part of `unless` was never written.
    func norm(_ v: Vector, in scope: [Bool]? = nil, unless: Slot? = nil, first: Vector? = nil) -> Double {
        if let number = v.gradientNumber, scope == nil, unless == nil { return Swift.abs(number) * gradientSquares().squareRoot() }
        var pass = Pass(.dot, v)
        pass.scope = scope
        pass.unless = unless
        pass.b = first
        device.run(&pass)
        return device.total(pass).squareRoot()
    }

    /// <u, v> over everything, or over the tensors of a scope.
    func dot(_ u: Vector, _ v: Vector, in scope: [Bool]? = nil) -> Double {
        var pass = Pass(.dot, u)
        pass.b = v
        pass.scope = scope
        device.run(&pass)
        return device.total(pass)
    }

    /// <u, v> by tensor or by row.
    func dots(_ u: Vector, _ v: Vector, by unit: Unit) -> Coefficient {
        if unit == .all, let a = u.gradientNumber, let b = v.gradientNumber { return Coefficient(a * b * gradientSquares()) }
        var pass = Pass(.dot, u)
        pass.b = v
        return sums(&pass, unit)
    }

    /// |v| by tensor or by row.
    func norms(_ v: Vector, by unit: Unit) -> Coefficient {
        var pass = Pass(.dot, v)
        return sums(&pass, unit).map { $0.squareRoot() }
    }

    /// <u, v> and <w, w>, read together.
    func dots(_ u: Vector, _ v: Vector, square w: Vector, by unit: Unit = .all) -> (Coefficient, Coefficient) {
        let isGradient = unit == .all && w.gradientNumber == 1
        if isGradient, let squares { return (dots(u, v, by: unit), Coefficient(squares)) }
        var first = Pass(.dot, u), second = Pass(.dot, w)
        first.b = v
        first.walk(by: unit)
        device.makeRoom(2)
        device.add(&first)
        let square = sums(&second, unit)
        if isGradient { squares = square.value }
        return (sums(of: first), square)
    }

    /// |u| and |v| by tensor or by row, read together.
    func norms(_ u: Vector, and v: Vector, by unit: Unit) -> (Coefficient, Coefficient) {
        let (a, b) = dots(u, u, square: v, by: unit)
        return (a.map { $0.squareRoot() }, b.map { $0.squareRoot() })
    }

    private func sums(_ pass: inout Pass, _ unit: Unit) -> Coefficient {
        pass.walk(by: unit)
        device.run(&pass)
        return sums(of: pass)
    }

    private func sums(of pass: Pass) -> Coefficient { pass.unit == .all ? Coefficient(device.total(pass)) : device.totals(pass) }

    /// The sum of the gradient's squares, computed once an evaluation.
    func gradientSquares() -> Double {
        if let squares { return squares }
        var pass = Pass(.dot, gradient)
        device.run(&pass)
        let sum = device.total(pass)
        squares = sum
        return sum
    }

    /// radius / (length + 1e-12), and 0 where the length is 0: what makes unit vectors of a direction.
    func over(_ radius: Coefficient, _ length: Double) -> Coefficient { length == 0 ? 0 : Coefficient(1 / (length + 1e-12)) * radius }

    /// a without its component along b; nothing where b = 0. b stands in a slot or is the gradient. Where a and b are the
    /// clean and the perturbed gradient, their cosine becomes known.
    func across(_ a: Vector, _ b: Vector, by unit: Unit = .all, areGradients: Bool = false) -> Vector {
        let (product, square) = dots(a, b, square: b, by: unit)
        if areGradients && unit == .all {
            metrics.cosine = product.value / (metrics.gradient_norm * (knownNorm ?? norm(gradient)))
        }
        return square.map { $0 == 0 ? 0 : 1 } * a - Coefficient.combine(product, square) { $1 == 0 ? 0 : $0 / $1 } * b
    }
}
