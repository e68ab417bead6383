import CSAMShims

/// Elementwise bases that are compiled for every instruction set, in the catalogue's order. A new one is its file and a line here or below.
let commonRules: [RuleText] = [
    sgdRule,
    adamRule,
    adamwRule,
]

/// Those that every instruction set takes from the baseline: as fast wherever memory is the limit, and a third of the code.
#if SAM_COMMON_RULES
let otherRules: [RuleText] = []
#else
let otherRules: [RuleText] = [
    rmspropRule,
    adagradRule,
    lionRule,
    adamaxRule,
    nadamRule,
    radamRule,
    adadeltaRule,
    rpropRule,
    asgdRule,
    adabeliefRule,
    adanRule,
    scheduleFreeSGDRule,
    scheduleFreeAdamWRule,
]
#endif
