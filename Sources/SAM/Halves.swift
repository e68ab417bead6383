import CSAM

/// What weights of 16 bits have beside them: with `master` a copy in f32, which is stepped, and with `rounding` stochastic the draw by which the
/// host's were rounded from it, so that they come back bit for bit.
final class Halves {
    /// In use with the present options.
    private(set) var isExact = false, isStochastic = false
    /// Whether the point to evaluate stands in the host's buffer and the iterate in `home`; else the other way round.
    private(set) var inPlace = true
    let master = Slot("master", life: .always, extent: .halves)
    private let rounded = Slot("rounded", life: .always, extent: .doubles { $0.isHalf ? 1 : 0 })

    func follow(_ shared: SharedOptions) {
        inPlace = shared.inPlace.isOn
        isExact = shared.master.isOn
        isStochastic = shared.rounding.isOn
    }

    /// What is kept with these options, for tensors of which some have 16 bits.
    func slots(_ tensors: [Tensor]) -> [Slot] {
        if !isExact || !tensors.contains(where: { $0.isHalf }) { return [] }
        return isStochastic ? [master, rounded] : [master]
    }

    /// The copy of a tensor; nil: it has none.
    func exact(_ t: Int, _ isHalf: Bool) -> UnsafeMutablePointer<Float>? {
        isHalf && isExact ? master.part[t].assumingMemoryBound(to: Float.self) : nil
    }

    /// The draw by which the host's weights were rounded, and are when they are moved away in step `draw`.
    func last(_ t: Int, _ draw: UInt32) -> UInt32 {
        if !isExact || !isStochastic { return draw &- 1 }
        return rounded.present[t] ? UInt32(rounded.part[t].load(as: Double.self)) : 0
    }

    /// The host's weights were rounded in step `draw`, for good.
    func settled(_ t: Int, _ draw: UInt32) {
        if !isExact { return }
        master.wrote(t)
        if !isStochastic { return }
        rounded.part[t].storeBytes(of: Double(draw), as: Double.self)
        rounded.wrote(t)
    }
}
