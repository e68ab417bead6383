import CSAMShims

/// Every elementwise base, in the catalogue's order. A new one is its file and a line here.
let rules: [RuleText] = [
    sgdRule,
    adamRule,
    adamwRule,
    adamaxRule,
    nadamRule,
    radamRule,
    rmspropRule,
    adagradRule,
    adadeltaRule,
    rpropRule,
    asgdRule,
    lionRule,
    adabeliefRule,
    adanRule,
    scheduleFreeSGDRule,
    scheduleFreeAdamWRule,
]
