import CSAMShims

/// A base of the catalogue.
struct BaseEntry {
    let name, summary, reference: Name
    /// Vectors kept at the default options; -1: depends on shapes.
    let state: Int
    let make: () -> Base

    init(rule: UnsafeMutablePointer<sam_rule>) {
        name = Name(at: rule.pointee.name)
        summary = Name(at: rule.pointee.summary)
        reference = Name(at: rule.pointee.reference)
        state = RuleBase(rule).vectorCount
        make = { RuleBase(rule) }
    }

    init(_ base: Base.Type) {
        let about = base.about
        name = Name(about.name)
        summary = Name(about.summary)
        reference = Name(about.reference)
        state = about.state
        make = { base.init() }
    }
}

/// Every base: the kernels' rules, in their order, and those that are more than a rule.
nonisolated(unsafe) let bases: [BaseEntry] = {
    let kernels = sam_processor_kernels()!
    return (0..<kernels.pointee.rule_count).map { BaseEntry(rule: sam_kernels_rule(kernels, $0)) } + [
        BaseEntry(Adafactor.self),
        BaseEntry(Prodigy.self),
        BaseEntry(LARS.self),
        BaseEntry(LAMB.self),
        BaseEntry(Muon.self),
        BaseEntry(NorMuon.self),
        BaseEntry(LANTON.self),
        BaseEntry(Shampoo.self),
        BaseEntry(SOAP.self),
        BaseEntry(InducedMetric.self),
        BaseEntry(NormalizedSGD.self),
        BaseEntry(QuantileClipSGD.self),
        BaseEntry(AdaHessian.self),
        BaseEntry(SophiaH.self),
        BaseEntry(SophiaG.self),
        BaseEntry(OASIS.self),
    ]
}()
