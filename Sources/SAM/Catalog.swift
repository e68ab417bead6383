import CSAM

/// What the library knows, by name: methods, bases, schedules and the options of all, for hosts that ask.
struct CatalogEntry {
    let name, summary, reference: Name
    var evaluations = 0, state = 0, needs = 0, exactness = 0
    var options: [Option] = []
}

enum Catalog {
    nonisolated(unsafe) private static let methodEntries: [CatalogEntry] = methods.map { entry in
        let method = entry.make()
        return CatalogEntry(name: entry.name, summary: entry.summary, reference: entry.reference, evaluations: method.evaluations,
                            state: method.state, needs: (method.isOwnOptimizer ? 16384 : 0) | (method.needsAuxiliary ? 32768 : 0),
                            exactness: entry.exactness, options: method.options)
    }
    nonisolated(unsafe) private static let baseEntries: [CatalogEntry] = bases.map { entry in
        let base = entry.make()
        return CatalogEntry(name: entry.name, summary: entry.summary, reference: entry.reference, evaluations: base.evaluations,
                            state: entry.state, needs: base.needsAuxiliary ? 32768 : 0, options: base.options)
    }
    nonisolated(unsafe) private static let scheduleEntries: [CatalogEntry] = schedules.map {
        CatalogEntry(name: $0.name, summary: $0.summary, reference: Name(""))
    }
    nonisolated(unsafe) private static let sharedEntries: [CatalogEntry] = SharedOptions().all.map {
        CatalogEntry(name: $0.name, summary: $0.summary, reference: Name(""), options: [$0])
    }

    nonisolated(unsafe) private static let measureEntries: [CatalogEntry] = measures.map {
        CatalogEntry(name: $0.name, summary: $0.summary, reference: $0.reference, needs: $0.needs.rawValue, options: $0.make().all.map { $0.option })
    }

    static func entries(_ kind: Int32) throws(Failure) -> [CatalogEntry] {
        switch Int(kind) {
        case SAM_METHODS: return methodEntries
        case SAM_BASES: return baseEntries
        case SAM_SCHEDULES: return scheduleEntries
        case SAM_SHARED: return sharedEntries
        case SAM_MEASURES: return measureEntries
        case SAM_LOSSES: return []
        default: throw .argument("kind = \(kind): expected SAM_METHODS 0 to SAM_SHARED 5")
        }
    }

    /// The entry of a name; SAM_ERROR_NAME with the nearest where there is none.
    static func find(_ kind: Int32, _ name: Name, _ what: StaticString) throws(Failure) -> Int {
        let all = try entries(kind)
        for (i, entry) in all.enumerated() where entry.name == name { return i }
        throw .name("\(what) = \"\(name)\": there is none of that name\(nearest(name, all.map { $0.name }))")
    }
}
