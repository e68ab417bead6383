#if !hasFeature(Embedded)
/// The value of an option of an optimizer or of a setting of a measure. Literals are values: `0.05`, `true`, `"element"`, `[-1, 0, 1]`.
public struct OptionValue: Sendable {
    enum Form: Sendable { case number(Double), choice(String), list([Double]), tensors([[Double]]) }
    let form: Form

    private init(_ form: Form) { self.form = form }

    /// A number, also a whole one.
    public static func number(_ value: Double) -> OptionValue { OptionValue(.number(value)) }
    /// A flag.
    public static func flag(_ isOn: Bool) -> OptionValue { OptionValue(.number(isOn ? 1 : 0)) }
    /// One of the words of a choice.
    public static func choice(_ word: String) -> OptionValue { OptionValue(.choice(word)) }
    /// Numbers, for a setting of a measure that takes several.
    public static func list(_ values: [Double]) -> OptionValue { OptionValue(.list(values)) }
    /// Weights, a direction or a scale, for a setting of a measure: one array for each tensor of the set, row-major, as many elements as it has;
    /// of a frozen tensor an empty one. They are rounded to the tensors' types.
    public static func tensors<Scalar: BinaryFloatingPoint>(_ arrays: [[Scalar]]) -> OptionValue { OptionValue(.tensors(arrays.map { $0.map { Double($0) } })) }
}

extension OptionValue: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral, ExpressibleByStringLiteral, ExpressibleByArrayLiteral {
    /// A number.
    public init(floatLiteral value: Double) { self = .number(value) }
    /// A whole number.
    public init(integerLiteral value: Int) { self = .number(Double(value)) }
    /// A flag.
    public init(booleanLiteral value: Bool) { self = .flag(value) }
    /// A word.
    public init(stringLiteral value: String) { self = .choice(value) }
    /// A list of numbers.
    public init(arrayLiteral elements: Double...) { self = .list(elements) }
}

/// Options of an optimizer, or settings of a measure, by name and in order: `["lr": 0.1, "nesterov": true]`. A setting that repeats stands several times.
public struct Options: ExpressibleByDictionaryLiteral, Sendable {
    /// Names and values in their order.
    public private(set) var pairs: [(name: String, value: OptionValue)]

    /// From a literal; names may repeat.
    public init(dictionaryLiteral elements: (String, OptionValue)...) { pairs = elements.map { (name: $0.0, value: $0.1) } }

    /// From a dictionary, in the order of the names.
    public init(_ values: [String: OptionValue]) { pairs = values.sorted { $0.key < $1.key }.map { (name: $0.key, value: $0.value) } }

    /// One more behind the others.
    public mutating func append(_ name: String, _ value: OptionValue) { pairs.append((name: name, value: value)) }
}
#endif
