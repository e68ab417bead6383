import CSAM
import CSAMShims

/// What is written: slots, the weights on the way to an evaluation, and for good at the end of a step.
extension Step {
    /// slot = v; in tensors whose part was never written: slot = first.
    func assign(_ slot: Slot, _ v: Vector, first: Vector? = nil, in scope: [Bool]? = nil) {
        if !device.has(slot) { return }
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
        if device.fault != nil { return }                  // nothing was moved, and the step ends
        isPerturbed = true
        metrics.perturbation_norm = device.total(pass, place: 0).squareRoot()
        metrics.effective_radius = device.total(pass, place: 1).squareRoot()
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

    /// Hands the direction, clipped, to the base, from the iterate.
    func descend(along v: Vector) -> Next {
        if let next = intercept?(self, v) { return next }
        let d = clipped(v)
        guard let base, device.fault == nil else { return .done }
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
    func baseStep(along v: Vector) {
        let d = clipped(v)
        if device.fault == nil { _ = base?.descend(self, along: d) }
    }

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
        return device.total(pass, place: 1)
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
}
