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
    var isPerturbed = false
    var metrics = sam_metrics()

    var clipCoordinates: Option?, clipValue: Option?, clipNorm: Option?
    /// In place of the base: what micro_batches does with a direction.
    var intercept: ((Step, Vector) -> Next?)?
    /// The sum of the gradient's squares, where something has computed it.
    var squares: Double?
    let direction = Slot("direction"), behind = Slot("behind"), before = Slot("before")
    /// What moves the weights behind the base's update; where they stood before both: in `home`, or else in `before`.
    var addition: Vector?
    var isKept = false

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
    subscript(slot: Slot) -> Vector {
        Vector(operand: device.has(slot) ? Vector.Operand.slots + slot.place : Vector.Operand.nothing, in: formulas)
    }

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

    // MARK: what the optimizer calls

    func begin(_ number: Int64) {
        self.number = number
        device.draw = UInt32(truncatingIfNeeded: number)
        device.fault = nil
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
