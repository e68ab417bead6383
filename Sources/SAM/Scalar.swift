/// A number that a method keeps from step to step; what a step sets stays only where the step is completed.
final class Scalar {
    let name: Name
    private var kept: Double?
    private var set: Double?

    init(_ name: StaticString) { self.name = Name(name) }

    /// nil before it was first set.
    var value: Double? {
        get { set ?? kept }
        set { set = newValue }
    }

    func keep() {
        kept = (set ?? kept).map { plain($0) }
        set = nil
    }

    func forget() { set = nil }
}
