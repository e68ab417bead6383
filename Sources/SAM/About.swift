/// What a method, base or measure of the catalogue says of itself: its name, one sentence, authors and year.
struct About {
    let name, summary, reference: StaticString
    /// Of a method, at radius 0: 2 the base bit for bit, 1 to rounding, 0 neither.
    let exactness: Int
    /// Of a base: vectors kept for each parameter at the default options; -1: depends on shapes.
    let state: Int
    /// Of a measure: what it asks of the objective.
    let needs: Needs

    init(_ name: StaticString, _ summary: StaticString, by reference: StaticString = "", exactness: Int = 0, state: Int = -1, needs: Needs = []) {
        (self.name, self.summary, self.reference) = (name, summary, reference)
        (self.exactness, self.state, self.needs) = (exactness, state, needs)
    }
}
