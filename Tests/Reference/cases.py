"""What the project's own golden files hold: for every method and base the option settings that are run. One line per name.

Every option of a text stands in at least one of its settings, every choice too (the test looks). Bases rotate over ROTATION,
beginning at another place for each method.
"""
LAYOUT = "lattice"
STEPS, RECORDED = 8, (1, 2, 4, 8)

SEED, BATCHES = 418, 3
TENSORS = [
    ("scale", "weight", ()), ("embed.weight", "embedding", (4, 3)), ("norm1.bias", "norm", (3,)), ("conv.weight", "weight", (2, 3, 2)),
    ("norm1.weight", "norm", (3,)), ("gate.weight", "weight", (1, 5)), ("gate.bias", "bias", (1,)), ("mix.weight", "weight", (4, 4)),
]

ROTATION = [
    ("sgd", {"lr": 0.2, "momentum": 0.8, "nesterov": 1, "weight_decay": 0.02}),
    ("adamw", {"lr": 0.02, "beta1": 0.7, "beta2": 0.95, "eps": 1e-3, "weight_decay": 0.2}),
    ("sgd", {"lr": 0.15, "momentum": 0.6, "dampening": 0.25}),
    ("adam", {"lr": 0.03, "beta1": 0.8, "beta2": 0.9, "eps": 1e-3, "weight_decay": 0.05, "amsgrad": 1}),
]

METHODS = {
    "none": [{}, {}],
    "sam": [{"rho": 0.4}, {"rho": 0.2, "l2": 0.3}, {"rho": 0.3, "scaling": "tensor", "eta": 0.2}, {"rho": 0.02, "ascent_norm": "infinity"},
            {"rho": 0.4, "scaling": "filter", "eta": 0.3}, {"rho": 0.3, "part": "rest", "scaling": "square"}],
    "asam": [{"rho": 0.9, "eta": 0.3}, {"scaling": "tensor", "eta": 0.05}, {"rho": 0.3, "scaling": "square"}, {"rho": 0.7, "scaling": "plain_norm"},
             {"rho": 0.1, "scaling": "element", "ascent_norm": "infinity"}, {"rho": 0.1, "scaling": "none", "ascent_norm": "two"}],
    "usam": [{"rho": 0.5}, {"rho": 1.5}],
    "sam_on": [{"rho": 0.3}, {"part": "rest"}, {"rho": 0.8, "scaling": "element", "eta": 0.4}, {"rho": 0.2, "scaling": "square", "part": "rest"},
               {"rho": 0.1, "ascent_norm": "infinity", "scaling": "tensor", "eta": 0.1}],
    "sam_layerwise": [{"rho": 0.3}, {"rho": 0.1, "relative": 0}],
    "friendly_sam": [{"rho": 0.3, "lam": 0.6}, {"rho": 0.2, "sigma": 0.4, "order": "average_first"}, {"rho": 0.2, "sigma": 1.7, "scaling": "element"},
                     {"rho": 0.3, "scaling": "square", "sigma": 0.5}, {"rho": 0.2, "lam": 0.3, "scaling": "tensor"}],
    "gsam": [{"rho": 0.4, "alpha": 0.9}, {"rho": 0.4, "form": "clean"}, {"rho": 0.2, "scaling": "element"}, {"rho": 0.3, "scaling": "tensor"},
             {"rho": 0.5, "scaling": "square", "alpha": 0.1}],
    "gam": [{"rho": 0.3, "rho_norm": 0.4, "alpha": 0.8},
            {"rho": 0.2, "rho_norm": 0.1, "form": "projected", "gamma": 0.3, "weight1": 0.8, "weight2": 0.9, "weight3": 0.3}],
    "looksam": [{"rho": 0.3, "k": 2}, {"rho": 0.2, "k": 3, "alpha": 0.3, "scope": "tensor"}, {"rho": 0.4, "k": 1}],
    "msam": [{"rho": 0.5}, {"rho": -0.2}, {"rho": 0.4, "l2_at_perturbed": 1}, {}],
    "sam_filterwise": [{"rho": 0.9}, {"rho": 0.3, "eta": 0.2}],
}

BASES = {
    "sgd": [{"lr": 0.3}, {"lr": 0.1, "momentum": 0.7, "dampening": 0.4, "weight_decay": 0.1}, {"lr": 0.1, "momentum": 0.5, "nesterov": 1}],
    "adam": [{"lr": 0.05}, {"lr": 0.02, "beta1": 0.5, "beta2": 0.8, "eps": 1e-2, "weight_decay": 0.3}, {"lr": 0.05, "beta2": 0.6, "amsgrad": 1}],
    "adamw": [{"lr": 0.05}, {"lr": 0.02, "beta1": 0.5, "beta2": 0.8, "eps": 1e-2, "weight_decay": 0.3}, {"lr": 0.05, "beta2": 0.6, "amsgrad": 1}],
}

SHARED = [
    {"maximize": 1, "clip_value": 0.1}, {"clip_norm": 0.15, "gradient_scale": 4096.0}, {"accumulate": 2}, {"accumulate": 4, "clip_value": 0.2, "clip_norm": 0.3},
]
