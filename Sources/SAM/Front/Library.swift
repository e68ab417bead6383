#if !hasFeature(Embedded)
import CSAM

/// What concerns the whole library: its version, its threads, and the catalogue of what it knows. From any thread at any time.
public enum Library {
    /// "1.0.0": major, minor, patch.
    public static var version: String { String(cString: sam_version()!) }

    /// JSON: "version", "instruction_set" in use, "threads", "blas", "openmp" (false), "swift" (mode of compilation).
    public static var buildInfo: String { String(cString: sam_build_info()!) }

    /// How many threads large passes over memory (a million scalars and more) may use, in the whole process; 1 at first.
    public static var threads: Int { Int(sam_threads()) }

    /// Sets ``threads``, 1 to 1024. Never changes a bit of any result.
    ///
    /// - Throws: ``Failure`` with ``Failure/Code/range``.
    public static func setThreads(_ count: Int) throws(Failure) { try SAM.setThreads(count) }

    /// What ``Optimizer/init(_:method:base:options:)`` takes as method.
    public static let methods = entries(SAM_METHODS)
    /// What ``Optimizer/init(_:method:base:options:)`` takes as base.
    public static let bases = entries(SAM_BASES)
    /// What ``Parameters/measure(_:of:other:settings:)`` takes.
    public static let measures = entries(SAM_MEASURES)
    /// The kinds of ``Optimizer/schedule(_:_:initial:final:steps:warmup:power:period:group:)``.
    public static let schedules = entries(SAM_SCHEDULES)
    /// The options of every optimizer.
    public static let sharedOptions = entries(SAM_SHARED).flatMap(\.options)

    private static func entries(_ kind: Int) -> [Entry] { ((try? Catalog.entries(Int32(kind))) ?? []).map { Entry($0) } }

    /// A method, a base, a measure or a schedule.
    public struct Entry: Sendable {
        /// What the functions take.
        public let name: String
        /// One sentence.
        public let summary: String
        /// The paper; "" where there is none.
        public let reference: String
        /// Of a method or a base: the most evaluations per step at the default options, without the base's own and accumulate.
        public let evaluations: Int
        /// Numbers kept per parameter between steps; nil: depends on shapes or options.
        public let statePerParameter: Int?
        /// Of a measure: what it uses of ``MeasureObjective``. Of a method or a base: what it asks of its host.
        public let needs: Needs
        /// Of a method, at radius 0: what it has in common with its base.
        public let exactness: Exactness
        /// Its options or settings.
        public let options: [Option]

        /// Whether a method is its own optimizer: it takes no base.
        public var isOwnOptimizer: Bool { needs.contains(.ownUpdate) }

        init(_ entry: CatalogEntry) {
            (name, summary, reference) = (String(cString: entry.name.bytes), String(cString: entry.summary.bytes), String(cString: entry.reference.bytes))
            evaluations = entry.evaluations
            statePerParameter = entry.state < 0 ? nil : entry.state
            needs = Needs(rawValue: UInt32(entry.needs))
            exactness = Exactness(rawValue: Int32(entry.exactness)) ?? .neither
            options = entry.options.map { Option($0) }
        }
    }

    /// How a method at radius 0 is its base.
    public enum Exactness: Int32, Sendable {
        /// It is not, or has no radius.
        case neither
        /// To rounding.
        case rounding
        /// Bit for bit.
        case bits
    }
}
#endif
