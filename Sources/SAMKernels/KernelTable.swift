import CSAMShims

/// An option of a rule: name, default, range, meaning.
struct RuleOption {
    let name: StaticString, summary: StaticString
    let initial, low, high: Double
    let kind, open: Int32

    static func real(_ name: StaticString, _ initial: Double, _ range: Bounds, _ summary: StaticString) -> RuleOption {
        let (low, high, open) = range.ends
        return RuleOption(name: name, summary: summary, initial: initial, low: low, high: high, kind: 0, open: open)
    }
    static func integer(_ name: StaticString, _ initial: Double, _ summary: StaticString) -> RuleOption {
        RuleOption(name: name, summary: summary, initial: initial, low: 0, high: .infinity, kind: 1, open: 0)
    }
    static func flag(_ name: StaticString, _ initial: Double, _ summary: StaticString) -> RuleOption {
        RuleOption(name: name, summary: summary, initial: initial, low: 0, high: 1, kind: 2, open: 0)
    }
}

/// Where a real option may lie.
enum Bounds {
    case any, nonNegative, positive
    /// [0, 1), [0, 1], (0, 1)
    case fraction, share, inside
    case atLeast(Double), atMost(Double), above(Double)

    var ends: (low: Double, high: Double, open: Int32) {
        switch self {
        case .any: return (-.infinity, .infinity, 0)
        case .nonNegative: return (0, .infinity, 0)
        case .positive: return (0, .infinity, 1)
        case .fraction: return (0, 1, 2)
        case .share: return (0, 1, 0)
        case .inside: return (0, 1, 3)
        case .atLeast(let low): return (low, .infinity, 0)
        case .atMost(let high): return (-.infinity, high, 0)
        case .above(let low): return (low, .infinity, 1)
        }
    }
}

/// What a rule says of itself. `used`: bit i: slot i is in use with these options. `firstMoment`: the slot that
/// accumulates the directions, -1 where none does. What the baseline has told is not kept again for the other instruction sets.
struct RuleText {
    typealias Loop = @convention(c) (UnsafePointer<sam_piece>?) -> Void
    typealias Advance = @convention(c) (UnsafePointer<Double>?, Int64, UnsafeMutablePointer<Double>?) -> Void
    typealias Used = @convention(c) (UnsafePointer<Double>?) -> Int32

    let float: Loop
    /// Of common rules: the loop over weights of 16 bits, where there is one.
    let half: Loop?
    #if !SAM_COMMON_RULES
    let name, summary, reference: StaticString
    let options: [RuleOption]
    let slots: [StaticString]
    let variant: Int
    /// Numbers kept for each tensor, and what makes them those of a step: called with options, the tensor's step and the numbers, before
    /// its weights move.
    let numbers: Int
    let advance: Advance?
    let firstMoment: Int
    /// The slot that tells the average of iterates, -1 where none does: it is the average, or with an option m, w + (1 - 1/m) (slot - w).
    let average, extrapolation: Int
    let used: Used
    let double: Loop
    #endif

    @inline(__always)
    init(name: StaticString, summary: StaticString, reference: StaticString, options: @autoclosure () -> [RuleOption],
         slots: @autoclosure () -> [StaticString], variant: Int = 0, numbers: Int = 0, advance: Advance? = nil, firstMoment: Int, average: Int = -1,
         extrapolation: Int = -1, used: @escaping Used, float: @escaping Loop, double: @escaping Loop, half: Loop? = nil) {
        (self.float, self.half) = (float, half)
        #if !SAM_COMMON_RULES
        (self.name, self.summary, self.reference, self.options, self.slots) = (name, summary, reference, options(), slots())
        (self.variant, self.numbers, self.advance, self.firstMoment) = (variant, numbers, advance, firstMoment)
        (self.average, self.extrapolation, self.used, self.double) = (average, extrapolation, used, double)
        #endif
    }
}

extension StaticString {
    var cString: UnsafePointer<CChar> { UnsafeRawPointer(utf8Start).assumingMemoryBound(to: CChar.self) }
}

@c @implementation
public func sam_kernels_baseline(_ table: UnsafeMutablePointer<sam_kernels>?) {
    guard let table else { return }
    table.pointee.evaluate_f32 = { Combine<Float>.evaluate($0!) }
    table.pointee.dot_f32 = { Reduce<Float>.dot($0!) }
    table.pointee.displace_f32 = { Combine<Float>.displace($0!) }
    table.pointee.widen = { Half.widen($0, $1!, $2!, Int($3)) }
    #if SAM_HALF_LOOPS || !arch(x86_64)
    table.pointee.displace_half = { Combine<Float>.displaceHalf($0!) }
    #endif
    // v4 goes on with v3's where registers of 512 bits gain nothing
    #if !SAM_SINGLE
    table.pointee.round = { Half.round($0, $1!, $2!, Int($3)) }
    table.pointee.evaluate_f64 = { Combine<Double>.evaluate($0!) }
    table.pointee.dot_f64 = { Reduce<Double>.dot($0!) }
    table.pointee.displace_f64 = { Combine<Double>.displace($0!) }
    table.pointee.project_f32 = { Tall<Float>.project($0!, Int($1), Int($2), $3!, Int($4), $5!) }
    table.pointee.project_f64 = { Tall<Double>.project($0!, Int($1), Int($2), $3!, Int($4), $5!) }
    table.pointee.combine_f32 = { Tall<Float>.combine($0!, Int($1), Int($2), $3!, $4!, Int($5)) }
    table.pointee.combine_f64 = { Tall<Double>.combine($0!, Int($1), Int($2), $3!, $4!, Int($5)) }
    table.pointee.place_f32 = { Tall<Float>.place($0, $1, $2!, $3!, Int($4)) }
    table.pointee.place_f64 = { Tall<Double>.place($0, $1, $2!, $3!, Int($4)) }
    table.pointee.random = { random(Int($0), seed: $1, stream: $2, draw: $3, index: $4, count: Int($5), into: $6!) }
    table.pointee.uniform = { random(Int(SAM_UNIFORM), seed: $0, stream: $1, draw: $2, index: $3, count: Int($4), into: $5!) }
    #endif
    // what is rare, or called for single numbers, is compiled for the baseline alone: a table begins as that one
    #if !SAM_COMMON_RULES
    table.pointee.moved = { moved($0!, $1!, Int($2)) }
    table.pointee.round_random = { Half.round($0, $1!, $2!, Int($3), seed: $4, draw: $5, index: $6) }
    table.pointee.histogram_f32 = { Select<Float>.histogram($0!) }
    table.pointee.histogram_f64 = { Select<Double>.histogram($0!) }
    table.pointee.mask_f32 = { Select<Float>.mask($0!) }
    table.pointee.mask_f64 = { Select<Double>.mask($0!) }
    table.pointee.strongest_f32 = { Select<Float>.strongest($0!, $1!, Int($2), Int($3), Int($4), Int($5), Int($6)) }
    table.pointee.strongest_f64 = { Select<Double>.strongest($0!, $1!, Int($2), Int($3), Int($4), Int($5), Int($6)) }
    table.pointee.factored_f32 = { Factored<Float>.update($0!) }
    table.pointee.factored_f64 = { Factored<Double>.update($0!) }
    table.pointee.logarithm = { logarithm($0) }
    table.pointee.cosine = { cosine($0) }
    table.pointee.power = { power($0, $1) }
    #endif
    for (i, text) in commonRules.enumerated() where i < Int(SAM_RULES) { describe(text, sam_kernels_rule(table, Int32(i))) }
    for (i, text) in otherRules.enumerated() where commonRules.count + i < Int(SAM_RULES) {
        describe(text, sam_kernels_rule(table, Int32(commonRules.count + i)))
    }
    table.pointee.rule_count = max(table.pointee.rule_count, min(Int32(commonRules.count + otherRules.count), Int32(SAM_RULES)))
}

/// What has no room in the table is left out, and said there: no optimizer is made of such a rule.
func describe(_ text: RuleText, _ rule: UnsafeMutablePointer<sam_rule>) {
    rule.pointee.descend_f32 = text.float
    #if SAM_HALF_LOOPS || !arch(x86_64)
    rule.pointee.descend_half = text.half
    #endif
    #if !SAM_COMMON_RULES
    rule.pointee.name = text.name.cString
    rule.pointee.summary = text.summary.cString
    rule.pointee.reference = text.reference.cString
    rule.pointee.exceeds = text.options.count > Int(SAM_RULE_OPTIONS) || text.slots.count > Int(SAM_RULE_SLOTS) ? 1 : 0
    rule.pointee.option_count = Int32(min(text.options.count, Int(SAM_RULE_OPTIONS)))
    rule.pointee.variant = Int32(text.variant)
    rule.pointee.numbers = Int32(text.numbers)
    rule.pointee.advance = text.advance
    rule.pointee.first_moment = Int32(text.firstMoment)
    rule.pointee.average = Int32(text.average)
    rule.pointee.extrapolation = Int32(text.extrapolation)
    rule.pointee.slots = text.used
    rule.pointee.descend_f64 = text.double                  // as fast wherever memory is the limit
    for (i, name) in text.slots.enumerated() where i < Int(SAM_RULE_SLOTS) { sam_rule_slot_name(rule, Int32(i)).pointee = name.cString }
    for (i, option) in text.options.enumerated() where i < Int(SAM_RULE_OPTIONS) {
        let to = sam_rule_option_at(rule, Int32(i))!
        to.pointee = sam_rule_option(name: option.name.cString, summary: option.summary.cString, initial: option.initial,
                                     low: option.low, high: option.high, kind: option.kind, open: option.open)
    }
    #endif
}
