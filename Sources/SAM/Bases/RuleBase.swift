import CSAM
import CSAMShims

/// Any elementwise base: a rule of the kernels with its options, its vectors and the steps that each tensor has made.
final class RuleBase: Base {
    let rule: UnsafeMutablePointer<sam_rule>
    private let declared: [Option]
    private let vectors: [Slot]
    private let quick: Uncounted
    private let numbers: Slot
    /// By group, SAM_RULE_OPTIONS each.
    private var constants: UnsafeMutablePointer<Double> = .allocate(capacity: 1)
    private var constantGroups = 0

    init(_ rule: UnsafeMutablePointer<sam_rule>) {
        self.rule = rule
        declared = (0..<rule.pointee.option_count).map { i in
            let o = sam_rule_option_at(rule, i)!.pointee
            return Option(name: Name(at: o.name), summary: Name(at: o.summary), kind: Option.Kind(rawValue: o.kind)!, initial: o.initial,
                          low: o.low, high: o.high, open: o.open, perGroup: true)
        }
        vectors = (0..<Int32(SAM_RULE_SLOTS)).compactMap { i in
            sam_rule_slot_name(rule, i).pointee.map { Slot(name: Name(at: $0), life: .always) }
        }
        quick = Uncounted(vectors)
        let count = Int(rule.pointee.numbers)
        numbers = Slot("numbers", life: .always, extent: .doubles { _ in count })
        super.init()
    }

    required convenience init() { self.init(sam_kernels_rule(sam_processor_kernels(), 0)) }

    override var isComplete: Bool { rule.pointee.exceeds == 0 }
    override var name: Name { Name(at: rule.pointee.name) }

    deinit {
        constants.deallocate()
        quick.deallocate()
    }

    override var options: [Option] { declared }

    /// The options' present values, as the kernels read them: taken up where a step finds its memory.
    private func refresh() {
        let groups = declared[0].values.count
        if groups != constantGroups {
            constants.deallocate()
            constants = .allocate(capacity: groups * Int(SAM_RULE_OPTIONS))
            constantGroups = groups
        }
        for group in 0..<groups {
            for i in declared.indices { constants[group * Int(SAM_RULE_OPTIONS) + i] = declared[i][group] }
        }
    }

    /// Bit i: vector i is in use in a group.
    private func used(_ group: Int) -> Int { Int(rule.pointee.slots(constants + group * Int(SAM_RULE_OPTIONS))) }

    override var slots: [Slot] {
        refresh()
        var all = 0
        for group in 0..<constantGroups { all |= used(group) }
        return vectors.indices.filter { all >> $0 & 1 == 1 }.map { vectors[$0] } + (rule.pointee.advance == nil ? [] : [numbers])
    }

    /// Vectors with the present options.
    var vectorCount: Int { slots.count - (rule.pointee.advance == nil ? 0 : 1) }

    override func average(_ step: Step) -> Vector? {
        if rule.pointee.average < 0 { return nil }
        let slot = vectors[Int(rule.pointee.average)]
        if !slot.isAllocated { return step.iterate }
        if rule.pointee.extrapolation < 0 { return step[slot] }
        let share = step[declared[Int(rule.pointee.extrapolation)]].map { 1 - 1 / $0 }
        return step.iterate + share * (step[slot] - step.iterate)
    }

    override var firstMoment: Slot? {
        let place = Int(rule.pointee.first_moment)
        return place >= 0 && vectors[place].isAllocated ? vectors[place] : nil
    }

    override func descend(_ step: Step, along d: Vector) -> Next {
        let device = step.device
        if let advance = rule.pointee.advance {
            for (t, tensor) in device.tensors.enumerated() where device.active[t] {
                advance(constants + Int(tensor.group) * Int(SAM_RULE_OPTIONS), Int64(stepNumber(t)), numbers.part[t].assumingMemoryBound(to: Double.self))
                numbers.wrote(t)
            }
        }
        var pass = Pass(.descend, d)
        pass.rule = self
        device.run(&pass)
        step.metrics.update_norm = device.total(pass).squareRoot()
        for t in 0..<device.count where device.active[t] {
            let mask = used(Int(device.facts[t].group))
            for i in 0..<quick.count where mask >> i & 1 == 1 { quick.with(i) { $0.wrote(t) } }
        }
        count(step)
        step.settle()
        return .done
    }

    /// A piece's constants and state. start: bytes from the tensor's beginning.
    func fill(_ piece: inout sam_piece, tensor t: Int, start: Int, group: Int) {
        piece.options = UnsafePointer(constants + group * Int(SAM_RULE_OPTIONS))
        if numbers.isAllocated { piece.numbers = UnsafePointer(numbers.part[t].assumingMemoryBound(to: Double.self)) }
        piece.step = Int64(stepNumber(t))
        piece.variant = rule.pointee.variant
        piece.slots = rule.pointee.slots(piece.options)
        for i in 0..<quick.count where piece.slots >> Int32(i) & 1 == 1 {
            quick.with(i) { slot in
                sam_piece_slot(&piece, Int32(i)).pointee = slot.part[t] + start
                if slot.isNew(t) { piece.fresh |= 1 << UInt32(i) }
            }
        }
    }
}
