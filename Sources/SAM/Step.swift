import CSAM
import CSAMShims

/// What a method does next: ask the host for an evaluation at the weights now standing and go on there, or nothing: the
/// step is complete. `bits`: SAM_NEXT_BATCH, SAM_LOSS_ONLY, SAM_AUXILIARY; the rest follows from where the weights are.
enum Next {
    case ask((Step) -> Next, bits: Int = 0)
    case done
}

/// Streams of random numbers (random.md).
enum Stream: UInt8 { case noise = 1, masks = 2, decisions = 3, probes = 4, privacy = 5 }

/// All that a method talks to: the vectors of the step under way, and what can be done with them. Formulas are Vectors;
/// numbers that may differ by group, tensor or row are Coefficients.
final class Step {
    let device: Device
    private let formulas: Unmanaged<Formulas>
    let base: Base?
    /// The step's number, from 1.
    var number: Int64 = 1
    /// The loss just evaluated, as it is minimised (negated by `maximize`).
    var loss = 0.0
    /// Whether the weights were moved off the iterate, by whatever amount.
    private(set) var isPerturbed = false
    var metrics = sam_metrics()

    var clipCoordinates: Option?, clipValue: Option?, clipNorm: Option?
    /// In place of the base: what micro_batches does with a direction.
    var intercept: ((Step, Vector) -> Next?)?
    private var squares: Double?
    private let direction = Slot("direction"), behind = Slot("behind"), before = Slot("before")
    /// What moves the weights behind the base's update; where they stood before both: in `home`, or else in `before`.
    private var addition: Vector?
    private var isKept = false

    init(device: Device, base: Base?) {
        self.device = device
        self.base = base
        formulas = Unmanaged.passUnretained(device.formulas)
    }

    // MARK: vectors

    /// Of the evaluation just made.
    var gradient: Vector { Vector(operand: Vector.Operand.gradient, in: formulas) }
    /// The weights between steps.
    var iterate: Vector { Vector(operand: Vector.Operand.iterate, in: formulas) }
    /// The weights where the last evaluation was made.
    var point: Vector { Vector(operand: Vector.Operand.point, in: formulas) }
    subscript(slot: Slot) -> Vector { Vector(operand: Vector.Operand.slots + slot.place, in: formulas) }

    /// The option's number, by group where groups differ.
    subscript(option: Option) -> Coefficient {
        if option.isUniform { return Coefficient(option.value) }
        return perTensor { option[Int($0.group)] }
    }

    func perTensor(_ number: (Tensor) -> Double) -> Coefficient { perPlace { number(self.device.tensors[$0]) } }

    /// The number of each tensor, by its place; one number where all are the same.
    func perPlace(_ number: (Int) -> Double) -> Coefficient {
        guard let table = device.pool.make(.tensor, number) else { return 1 }
        let values = table.pointee.values
        for t in 0..<device.count where values[t].bitPattern != values[0].bitPattern { return Coefficient(1, table) }
        return device.count == 0 ? 1 : Coefficient(values[0])
    }

    /// Random numbers of a stream: SAM_UNIFORM, SAM_NORMAL or SAM_RADEMACHER. The draw is the step's number, or what the
    /// method counts.
    func random(_ kind: Int, _ stream: Stream, draw: Int64? = nil) -> Vector {
        Vector(random: kind, stream: stream.rawValue, draw: draw ?? number, in: formulas)
    }

    /// Element `index` of a uniform draw: (0, 1].
    func uniform(_ stream: Stream, draw: Int64? = nil, index: Int = 0) -> Double {
        var value = 0.0
        device.kernels.pointee.uniform!(device.seed, UInt32(stream.rawValue), UInt32(truncatingIfNeeded: draw ?? number), Int64(index), 1, &value)
        return value
    }

    // MARK: numbers

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

    // MARK: writing

    /// slot = v; in tensors whose part was never written: slot = first.
    func assign(_ slot: Slot, _ v: Vector, first: Vector? = nil, in scope: [Bool]? = nil) {
        var pass = Pass(.evaluate, v)
        pass.slot = slot
        pass.scope = scope
        if let first {
            pass.b = first
            pass.unless = slot
        }
        device.add(&pass)
    }

    /// out = v in one tensor, in the arithmetic type; or in the host's, to the nearest.
    func copy(_ v: Vector, _ t: Int, to out: UnsafeMutableRawPointer, asHost: Bool = false) {
        var pass = Pass(.evaluate, v)
        pass.scope = only(t)
        pass.out = out
        pass.rounds = asHost
        device.run(&pass)
    }

    /// The scope of one tensor.
    func only(_ t: Int) -> [Bool] { device.tensors.indices.map { $0 == t } }

    /// Runs the passes in `body` over all tensors, those that take no part in the step included.
    func everywhere(_ body: () -> Void) {
        device.flush()
        let kept = device.tensors.indices.map { device.active[$0] }
        for t in 0..<device.count { device.active[t] = true }
        body()
        device.flush()
        for t in 0..<device.count { device.active[t] = kept[t] }
    }

    /// Whether a slot was ever written and kept.
    func has(_ slot: Slot) -> Bool {
        for t in 0..<slot.tensors where slot.present[t] { return true }
        return false
    }

    /// Weights = iterate + v, in the tensors of the scope; in tensors whose part of `unless` was never written, + first.
    func displace(by v: Vector, in scope: [Bool]? = nil, unless: Slot? = nil, first: Vector? = nil) {
        var pass = Pass(.displace, v)
        pass.scope = scope
        pass.b = first
        pass.unless = unless
        moveAway(&pass)
    }

    /// Weights = v; in tensors whose part of `unless` was never written, first.
    func place(at v: Vector, unless: Slot? = nil, first: Vector? = nil) {
        var pass = Pass(.displace, v)
        pass.absolute = true
        pass.b = first
        pass.unless = unless
        moveAway(&pass)
    }

    private func moveAway(_ pass: inout Pass) {
        if pass.scope != nil { restoreOutside(pass) }
        device.run(&pass)
        isPerturbed = true
        metrics.perturbation_norm = device.total(pass, width: 2, place: 0).squareRoot()
        metrics.effective_radius = device.total(pass, width: 2, place: 1).squareRoot()
        for t in 0..<device.count where device.includes(t, pass) && device.facts[t].count > 0 { device.displaced[t] = true }
    }

    private func restoreOutside(_ pass: Pass) {
        for t in 0..<device.count where !device.includes(t, pass) { device.restore(t) }
    }

    /// Weights = iterate.
    func restore() {
        device.restoreAll()
        isPerturbed = false
    }

    // MARK: the end of a step

    /// Hands the direction, clipped, to the base, from the iterate.
    func descend(along v: Vector) -> Next {
        if let next = intercept?(self, v) { return next }
        let d = clipped(v)
        guard let base else { return .done }
        if addition != nil {
            isKept = device.keepsIterate
            if !isKept { assign(before, iterate) }
        }
        if base.asks {
            assign(direction, d)
            if let addition {
                assign(behind, addition)
                self.addition = self[behind]
            }
            return base.descend(self, along: self[direction])
        }
        return base.descend(self, along: d)
    }

    /// One of several steps of the base: from the iterate, along v, clipped; the weights then standing are the iterate.
    func baseStep(along v: Vector) { _ = base?.descend(self, along: clipped(v)) }

    /// Slots that `descend` may need.
    func ownSlots(of method: Method) -> [Slot] {
        (base.map { $0.asks } ?? false ? [direction, behind] : []) + (method.addsBehind ? [before] : [])
    }

    private func clipped(_ v: Vector) -> Vector {
        var d = v
        if let clipCoordinates, clipCoordinates.value > 0 { d = d.clipped(quantile(d, clipCoordinates)) }
        if let clipValue, clipValue.value > 0 { d = d.clipped(Coefficient(clipValue.value)) }
        if let clipNorm, clipNorm.value > 0 {
            let length = norm(d)
            if length > clipNorm.value { d = clipNorm.value / length * d }
        }
        return d
    }

    /// Weights = weights + v behind the base's update; of methods that say `addsBehind`.
    func addBehind(_ v: Vector) { addition = v }

    /// Weights = v (from the iterate), for good: the update of a method that is its own optimizer.
    func update(to v: Vector) { settle(moved: move(to: v)) }

    /// The same in the tensors of a scope: the sum of what moved, squared, from the iterate or from what `home` has. `settle` ends the update.
    func move(to v: Vector, in scope: [Bool]? = nil, fromHome: Bool = false) -> Double {
        var pass = Pass(.move, v)
        pass.absolute = true
        pass.fromHome = fromHome
        pass.scope = scope
        device.run(&pass)
        return device.total(pass, width: 2, place: 1)
    }

    func settle(moved squares: Double) {
        metrics.update_norm = squares.squareRoot()
        settle()
    }

    /// The host's weights are the new iterate.
    func settle() {
        device.settle()
        isPerturbed = false
    }

    // MARK: what the optimizer calls

    func begin(_ number: Int64) {
        self.number = number
        device.draw = UInt32(truncatingIfNeeded: number)
        isPerturbed = false
        addition = nil
        squares = nil
        device.pool.reset()
        device.formulas.reset()
        metrics.loss = .nan
        metrics.perturbed_loss = .nan
        metrics.gradient_norm = .nan
        metrics.perturbed_gradient_norm = .nan
        metrics.cosine = .nan
        metrics.perturbation_norm = 0
        metrics.effective_radius = 0
        metrics.update_norm = 0
    }

    /// A new gradient is there.
    func arrived() {
        squares = nil
        device.formulas.reset()
    }

    /// The gradient's norm, where something has computed it.
    var knownNorm: Double? { squares.map { $0.squareRoot() } }

    /// That norm into the metrics.
    func noteNorm(_ perturbed: Bool) {
        guard let norm = knownNorm else { return }
        if perturbed {
            metrics.perturbed_gradient_norm = norm
        } else if metrics.gradient_norm.isNaN {
            metrics.gradient_norm = norm
        }
    }

    func complete() {
        if let v = addition {
            addition = nil
            if isKept { return metrics.update_norm = move(to: iterate + v, fromHome: true).squareRoot() }
            var pass = Pass(.move, v)
            device.run(&pass)
            metrics.update_norm = norm(iterate - self[before])
        }
    }
}
