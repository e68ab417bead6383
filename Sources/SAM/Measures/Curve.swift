import CSAM

/// A line between two points of the weights: w(0) + t (w(1) - w(0)), its ends at the bits given.
final class Curve {
    /// nil: the iterate.
    let first: Flat?
    let last: Flat
    let length: Double
    private let origin: Flat, step: Flat, place: Flat
    private let space: Space

    /// From one setting's tensors (else the iterate) to another's.
    init(_ point: Point, _ from: Setting?, _ to: Setting) throws(Failure) {
        space = point.space
        last = try space.vector()
        step = try space.vector()
        place = try space.vector()
        try point.read(to, into: last)
        if let from, from.isGiven {
            let start = try space.vector()
            try point.read(from, into: start)
            first = start
        } else { first = nil }
        origin = first ?? point.iterate
        space.copy(last, to: step)
        space.add(-1, origin, to: step)
        length = space.norm(step)
    }

    /// The point, until the next call; nil: the iterate.
    func at(_ t: Double) -> Flat? {
        if t == 0 { return first }
        if t == 1 { return last }
        space.copy(origin, to: place)
        space.add(t, step, to: place)
        return place
    }
}
