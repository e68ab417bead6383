import CSAM

/// How numbers are rounded to 16 bits: to the nearest, or by a draw of a seed.
struct Rounding {
    let isStochastic: Bool, seed: UInt64, draw: UInt32
}

/// What weights of 16 bits have beside them: with `master` a copy in f32, which is stepped, and how the host's were last rounded from it, so that they
/// come back bit for bit whatever the options say since.
final class Halves {
    /// In use with the present options.
    private(set) var isExact = false, isStochastic = false
    /// Whether the point to evaluate stands in the host's buffer and the iterate in `home`; else the other way round.
    private(set) var inPlace = true
    let master = Slot("master", life: .always, extent: .halves)
    /// By tensor: the draw by which the host's weights were rounded, and its seed; -1: to the nearest. States of 1.0 have draws alone.
    private let rounded = Slot("rounded", life: .always, extent: .doubles { $0.isHalf ? 1 : 0 })
    private let seeds = Slot("rounded_seed", life: .always, extent: .doubles { $0.isHalf ? 1 : 0 })

    func follow(_ shared: SharedOptions) {
        inPlace = shared.inPlace.isOn
        isExact = shared.master.isOn
        isStochastic = shared.rounding.isOn
    }

    /// As `follow` left them; put back behind a look at other options.
    var setting: (isExact: Bool, isStochastic: Bool, inPlace: Bool) {
        get { (isExact, isStochastic, inPlace) }
        set { (isExact, isStochastic, inPlace) = newValue }
    }

    /// What is kept with these options, for tensors of which some have 16 bits.
    func slots(_ tensors: [Tensor]) -> [Slot] {
        if !isExact || !tensors.contains(where: { $0.isHalf }) { return [] }
        return [master, rounded, seeds]
    }

    /// The copy of a tensor; nil: it has none.
    func exact(_ t: Int, _ isHalf: Bool) -> UnsafeMutablePointer<Float>? {
        isHalf && isExact && master.isAllocated ? master.part[t].assumingMemoryBound(to: Float.self) : nil
    }

    /// How the host's weights were last rounded, and are where they are moved away in a step that rounds by `now`. Weights that never were have
    /// come from 16 bits: any rounding brings them back.
    func last(_ t: Int, _ now: Rounding) -> Rounding {
        if !isExact { return Rounding(isStochastic: isStochastic, seed: now.seed, draw: now.draw &- 1) }
        if !rounded.present[t] { return Rounding(isStochastic: isStochastic, seed: now.seed, draw: 0) }
        let draw = rounded.part[t].load(as: Double.self)
        if !seeds.present[t] { return Rounding(isStochastic: isStochastic, seed: now.seed, draw: draw >= 0 && draw < 0x1p32 ? UInt32(draw) : 0) }
        let seed = seeds.part[t].load(as: Double.self)
        let isStochastic = seed >= 0 && seed < 0x1p53 && draw >= 0 && draw < 0x1p32
        return Rounding(isStochastic: isStochastic, seed: isStochastic ? UInt64(seed) : 0, draw: isStochastic ? UInt32(draw) : 0)
    }

    /// The host's weights were rounded, for good.
    func settled(_ t: Int, _ now: Rounding) {
        if !isExact { return }
        master.wrote(t)
        rounded.part[t].storeBytes(of: Double(now.draw), as: Double.self)
        rounded.wrote(t)
        seeds.part[t].storeBytes(of: now.isStochastic ? Double(now.seed) : -1, as: Double.self)
        seeds.wrote(t)
    }
}
