import CSAM
import CSAMShims

/// What a measure found: numbers by key, in the order in which they were set; a single one is an array of rank 0.
final class Report {
    private final class Item {
        let name: Name
        let flat: Flat
        let shape: UnsafeMutablePointer<Int64>
        let rank: Int

        init(_ name: Name, _ flat: Flat, _ shape: [Int]) {
            self.name = name
            self.flat = flat
            rank = shape.count
            self.shape = UnsafeMutablePointer<Int64>.allocate(capacity: shape.count + 1)
            for (i, n) in shape.enumerated() { self.shape[i] = Int64(n) }
        }
        deinit { shape.deallocate() }
    }

    private var items: [Item] = []

    private func place(_ key: Name) -> Int? {
        for (i, item) in items.enumerated() where item.name == key { return i }
        return nil
    }

    private func put(_ item: Item) {
        sam_nan_plain_f64(item.flat.at, Int64(item.flat.count))
        if let i = place(item.name) { items[i] = item } else { items.append(item) }
    }

    func set(_ key: StaticString, _ value: Double) throws(Failure) {
        let flat = try Flat(1)
        flat[0] = value
        put(Item(Name(key), flat, []))
    }

    func set(_ key: StaticString, _ value: Int) throws(Failure) { try set(key, Double(value)) }
    func set(_ key: StaticString, _ value: Bool) throws(Failure) { try set(key, value ? 1.0 : 0.0) }

    /// Row-major; the shape's product is the count of the values.
    func set(_ key: StaticString, _ values: [Double], shape: [Int]? = nil) throws(Failure) {
        let flat = try Flat(values.count)
        for (i, x) in values.enumerated() { flat[i] = x }
        put(Item(Name(key), flat, shape ?? [values.count]))
    }

    /// The vector itself, not copied: nobody writes it any more.
    func set(_ key: StaticString, _ values: Flat, shape: [Int]? = nil) throws(Failure) {
        put(Item(Name(key), values, shape ?? [values.count]))
    }

    /// A single number that was set.
    func value(_ key: StaticString) -> Double? {
        guard let i = place(Name(key)), items[i].rank == 0 else { return nil }
        return items[i].flat[0]
    }

    func values(_ key: StaticString) -> Flat? { place(Name(key)).map { items[$0].flat } }

    // MARK: what a host reads

    private func find(_ key: Name) throws(Failure) -> Item {
        guard let i = place(key) else { throw .name("key = \"\(key)\": the report has none of that name\(nearest(key, items.map { $0.name }))") }
        return items[i]
    }

    func number(_ key: Name) throws(Failure) -> Double {
        let item = try find(key)
        if item.rank > 0 { throw .argument("key = \"\(key)\" is an array of rank \(item.rank): read it with sam_report_array") }
        return item.flat[0]
    }

    func array(_ key: Name) throws(Failure) -> (values: UnsafePointer<Double>, rank: Int, shape: UnsafePointer<Int64>) {
        let item = try find(key)
        return (UnsafePointer(item.flat.at), item.rank, UnsafePointer(item.shape))
    }

    func key(_ index: Int) -> Name? { index < items.count ? items[index].name : nil }
}
