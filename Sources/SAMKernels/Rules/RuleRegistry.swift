import CSAMShims

/// Every elementwise base, in the catalogue's order. A new one is its file and a line here.
let rules: [RuleText] = [
    sgdRule,
    adamRule,
    adamwRule,
    rmspropRule,
]
