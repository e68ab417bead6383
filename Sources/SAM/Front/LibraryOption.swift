#if !hasFeature(Embedded)
import CSAM

extension Library {
    /// An option of an optimizer or a setting of a measure, as the catalogue has it.
    public struct Option: Sendable {
        /// As in "method.NAME", "base.NAME", "shared.NAME".
        public let name: String
        /// Meaning, unit, formula.
        public let summary: String
        /// What values it takes.
        public let kind: Kind
        /// Whether groups can differ.
        public let perGroup: Bool
        /// The default; of a choice its place in ``choices``; nil: there is none, the setting is absent or must be given where its measure says so.
        public let initial: Double?
        /// The least value; -infinity where there is none.
        public let low: Double
        /// The greatest value; infinity where there is none (an integer is at most 2^31 - 1 all the same).
        public let high: Double
        /// Whether ``low`` itself is not allowed.
        public let lowIsOpen: Bool
        /// Whether ``high`` itself is not allowed.
        public let highIsOpen: Bool
        /// The words of a choice; empty where it is none.
        public let choices: [String]

        /// The word that is the default of a choice.
        public var initialChoice: String? { initial.flatMap { choices.indices.contains(Int($0)) ? choices[Int($0)] : nil } }

        init(_ option: SAM.Option) {
            (name, summary) = (String(cString: option.name.bytes), String(cString: option.summary.bytes))
            kind = Kind(rawValue: option.kind.rawValue) ?? .real
            perGroup = option.perGroup
            initial = option.initial.isNaN ? nil : option.initial
            (low, high) = (option.low, option.high)
            (lowIsOpen, highIsOpen) = (option.open & 1 != 0, option.open & 2 != 0)
            choices = option.choices.map { String(cString: $0.bytes).split(separator: ",").map(String.init) } ?? []
        }
    }

    /// What values an option takes.
    public enum Kind: Int32, Sendable, CaseIterable {
        /// Any number within the bounds; can have a schedule.
        case real = 0
        /// Whole numbers within the bounds.
        case integer
        /// 0 or 1.
        case flag
        /// One of a few words.
        case choice
        /// Settings of measures: numbers, each within the bounds; one alone serves.
        case list
        /// Settings of measures: one array for each tensor of the set.
        case tensors
    }

    /// What a measure uses of ``MeasureObjective`` and its settings, and what a method asks of its host. A measure that can do with one of several has all
    /// of them; `hessianProduct` is used if it is there.
    public struct Needs: OptionSet, Sendable {
        /// The bits of `sam.h`.
        public let rawValue: UInt32
        /// A set of these bits.
        public init(rawValue: UInt32) { self.rawValue = rawValue }
        /// ``MeasureObjective/evaluate``, with gradients.
        public static let gradient = Needs(rawValue: 1)
        /// ``MeasureObjective/evaluate``.
        public static let loss = Needs(rawValue: 2)
        /// ``MeasureObjective/hessianProduct``.
        public static let hessianProduct = Needs(rawValue: 4)
        /// ``MeasureObjective/gaussNewtonProduct``.
        public static let gaussNewtonProduct = Needs(rawValue: 8)
        /// ``MeasureObjective/exampleLosses``.
        public static let exampleLosses = Needs(rawValue: 16)
        /// ``MeasureObjective/evaluateExample``.
        public static let evaluateExample = Needs(rawValue: 32)
        /// ``MeasureObjective/logits``.
        public static let logits = Needs(rawValue: 64)
        /// ``MeasureObjective/backpropagateLogits``.
        public static let backpropagateLogits = Needs(rawValue: 128)
        /// ``MeasureObjective/batches``, two or more.
        public static let batches = Needs(rawValue: 256)
        /// ``MeasureObjective/classes`` and ``MeasureObjective/classExamples``.
        public static let classes = Needs(rawValue: 512)
        /// Tensors in a setting.
        public static let tensors = Needs(rawValue: 1024)
        /// A second data set.
        public static let other = Needs(rawValue: 2048)
        /// ``MeasureObjective/forwardOnes``.
        public static let forwardOnes = Needs(rawValue: 4096)
        /// ``MeasureObjective/train``.
        public static let train = Needs(rawValue: 8192)
        /// The method is its own optimizer: it takes no base.
        public static let ownUpdate = Needs(rawValue: 16384)
        /// The method asks for the auxiliary objective (``Ask/auxiliary``).
        public static let auxiliary = Needs(rawValue: 32768)
    }
}
#endif
