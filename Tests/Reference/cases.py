"""What the project's own golden files hold: for every method and base the option settings that are run. One line per name.

Every option of a text stands in at least one of its settings, every choice too (the test looks). A method's settings run over the
bases of ROTATION in turn, from the one whose index its line names: any line can be added without a change to another name's file.
A method that is its own optimizer has no base: None.
"""
STEPS, RECORDED = 8, (1, 2, 4, 8)

# Every problem's seed, batches and tensors. "blocks" is for what needs four axes, or unfoldings whose eigenvectors are all determined.
PROBLEMS = {"lattice": (418, 3, [
    ("scale", "weight", ()), ("embed.weight", "embedding", (4, 3)), ("norm1.bias", "norm", (3,)), ("conv.weight", "weight", (2, 3, 2)),
    ("norm1.weight", "norm", (3,)), ("gate.weight", "weight", (1, 5)), ("gate.bias", "bias", (1,)), ("mix.weight", "weight", (4, 4)),
]), "blocks": (1847, 2, [
    ("conv.weight", "weight", (3, 2, 2, 2)), ("norm.weight", "norm", (2,)), ("mix.weight", "weight", (4, 4)), ("gate.weight", "weight", (2, 1)),
    ("embed.weight", "embedding", (3, 3)), ("gate.bias", "bias", (2,)),
])}
USUAL, LAYOUT = "lattice", {"adahessian": "blocks", "soap": "blocks"}

ROTATION = [
    ("sgd", {"lr": 0.2, "momentum": 0.8, "nesterov": 1, "weight_decay": 0.02}),
    ("adamw", {"lr": 0.02, "beta1": 0.7, "beta2": 0.95, "eps": 1e-3, "weight_decay": 0.2}),
    ("sgd", {"lr": 0.15, "momentum": 0.6, "dampening": 0.25}),
    ("adam", {"lr": 0.03, "beta1": 0.8, "beta2": 0.9, "eps": 1e-3, "weight_decay": 0.05, "amsgrad": 1}),
]

METHODS = {
    "none": (0, [{}, {}]),
    "sam": (1, [{"rho": 0.4}, {"rho": 0.2, "l2": 0.3}, {"rho": 0.3, "scaling": "tensor", "eta": 0.2}, {"rho": 0.02, "ascent_norm": "infinity"},
                {"rho": 0.4, "scaling": "filter", "eta": 0.3}, {"rho": 0.3, "part": "rest", "scaling": "square"}]),
    "asam": (2, [{"rho": 0.9, "eta": 0.3}, {"scaling": "tensor", "eta": 0.05}, {"rho": 0.3, "scaling": "square"}, {"rho": 0.7, "scaling": "plain_norm"},
                 {"rho": 0.1, "scaling": "element", "ascent_norm": "infinity"}, {"rho": 0.1, "scaling": "none", "ascent_norm": "two"}]),
    "usam": (3, [{"rho": 0.5}, {"rho": 1.5}]),
    "sam_on": (0, [{"rho": 0.3}, {"part": "rest"}, {"rho": 0.8, "scaling": "element", "eta": 0.4}, {"rho": 0.2, "scaling": "square", "part": "rest"},
                   {"rho": 0.1, "ascent_norm": "infinity", "scaling": "tensor", "eta": 0.1}]),
    "sam_layerwise": (1, [{"rho": 0.3}, {"rho": 0.1, "relative": 0}]),
    "friendly_sam": (2, [{"rho": 0.3, "lam": 0.6}, {"rho": 0.2, "sigma": 0.4, "order": "average_first"}, {"rho": 0.2, "sigma": 1.7, "scaling": "element"},
                         {"rho": 0.3, "scaling": "square", "sigma": 0.5}, {"rho": 0.2, "lam": 0.3, "scaling": "tensor"}]),
    "gsam": (3, [{"rho": 0.4, "alpha": 0.9}, {"rho": 0.4, "form": "clean"}, {"rho": 0.2, "scaling": "element"}, {"rho": 0.3, "scaling": "tensor"},
                 {"rho": 0.5, "scaling": "square", "alpha": 0.1}]),
    "gam": (0, [{"rho": 0.3, "rho_norm": 0.4, "alpha": 0.8},
                {"rho": 0.2, "rho_norm": 0.1, "form": "projected", "gamma": 0.3, "weight1": 0.8, "weight2": 0.9, "weight3": 0.3}]),
    "looksam": (1, [{"rho": 0.3, "k": 2}, {"rho": 0.2, "k": 3, "alpha": 0.3, "scope": "tensor"}, {"rho": 0.4, "k": 1}]),
    "msam": (2, [{"rho": 0.5}, {"rho": -0.2}, {"rho": 0.4, "l2_at_perturbed": 1}, {}]),
    "sam_filterwise": (3, [{"rho": 0.9}, {"rho": 0.3, "eta": 0.2}]),

    "dnsam": (0, [{"rho": 0.4}, {"rho": 0.3, "denominator": "ema", "decay": 0.5}]),
    "sam_m": (1, [{"rho": 0.3}, {"micro_batches": 2, "rho": 0.2}]),
    "gcsam": (2, [{"rho": 0.4}, {"rho": 0.3, "descent": 0}]),
    "vasso": (3, [{"rho": 0.4, "theta": 0.4}, {"rho": 0.2, "theta": 1.0}]),
    "stable_sam": (0, [{"rho": 0.4}, {"rho": 0.3, "direction": "clean"}]),
    "gnp": (1, [{"rho": 0.4, "alpha": 0.3}, {"rho": 0.3, "normalized_clean": 1}]),
    "wsam": (2, [{"rho": 0.2, "gamma": 0.6}, {"rho": 0.3, "gamma": 0.7, "decouple": 0}, {"rho": 0.1, "gamma": 0.3, "scaling": "element", "eta": 0.1}]),
    "crsam": (3, [{"rho": 0.3, "gamma": 0.2}, {"rho": 0.2, "beta": 0.4}]),
    "split_sam": (0, [{"rho": 0.3}, {"rho": 0.2, "scaling": "tensor"}]),
    "imbsam": (1, [{"rho": 0.4}, {"rho": 0.3, "scaling": "element"}]),
    "focalsam": (2, [{"rho": 0.5}, {"rho": 0.2, "scaling": "square"}]),
    "le_sam": (3, [{"sigma": 0.2, "rho_max": 2.0}, {"sigma": 0.1, "rho_max": 0.25}]),
    "tram": (0, [{"divergence": 0.3}, {"divergence": 0.4, "rho_max": 0.2}, {"source": "auxiliary", "rho_max": 0.5}]),
    "fisher_sam": (1, [{"rho": 0.3, "eta": 2.0}, {"rho": 0.2, "eta": 0.0}]),
    "sagm": (2, [{"rho": 0.3, "alpha": 0.02}, {"rho": 0.0, "alpha": 0.3}]),

    "ssam_f": (3, [{"rho": 0.4, "update_every": 3, "samples": 2, "sparsity": 0.5}, {"rho": 0.3, "fisher": "minibatch", "update_every": 2, "initial": "ones"},
                   {"rho": 0.3, "sparsity": 0.9, "initial": "ones", "samples": 1, "update_every": 4}]),
    "ssam_d": (0, [{"rho": 0.4, "sparsity": 0.4, "update_every": 2, "total_steps": 9, "drop": "weight", "growth": "gradient", "seed": 3},
                   {"rho": 0.3, "update_every": 1, "drop_rate": 0.9, "sparsity": 0.6, "drop": "gradient", "growth": "weight", "seed": 2 ** 52 + 1},
                   {"rho": 0.3, "update_every": 3, "drop": "random", "growth": "random", "sparsity": 0.3, "seed": 8}]),
    "zsharp": (1, [{"rho": 0.4, "z_quantile": 0.6}, {"rho": 0.2, "z_quantile": 0.8, "norm_scope": "tensor"}, {"rho": 0.3, "z_quantile": 0.0}]),
    "esam": (2, [{"rho": 0.4, "beta": 0.6, "seed": 5}, {"rho": 0.3, "beta": 0.5, "granularity": "element", "seed": 6}, {"rho": 0.2, "selection": 1}]),
    "cram": (3, [{"rho": 0.1, "sparsity_low": 0.2, "sparsity_high": 0.6, "levels": 5, "seed": 4}, {"rho": 0.3, "structure": "tensor", "normalize": 1, "plus": 0},
                 {"rho": 0.05, "structure": "n_m", "sparse_gradient": 0, "seed": 11}, {"rho": 0.1, "levels": 1, "sparsity_low": 0.0}]),
    "adasap": (0, [{"rho_min": 0.1, "rho_max": 0.8, "eta": 0.2}, {"rho_min": 0.3, "rho_max": 0.5, "score": "taylor"}]),

    "looklayersam": (1, [{"rho": 0.2, "k": 3}, {"rho": 0.3, "k": 2, "alpha": 0.4}]),
    "rst": (2, [{"rho": 0.4, "seed": 21}, {"rho": 0.3, "p": 0.7, "gamma": 1.4, "seed": 22}]),
    "ae_sam": (3, [{"rho": 0.4, "total_steps": 6}, {"rho": 0.3, "delta": 0.5, "lambda1": -0.5, "lambda2": 0.5}]),
    "ae_looksam": (0, [{"rho": 0.4, "total_steps": 6, "alpha": 0.3}, {"rho": 0.3, "delta": 0.5, "lambda1": 0.6, "lambda2": -0.3, "total_steps": 8}]),
    "reuse_sam": (1, [{"rho": 0.4}, {"rho": 0.2}]),
    "async_sam": (2, [{"rho": 0.4}, {"rho": 0.2}]),
    "sampa": (3, [{"rho": 0.3, "lam": 0.4}, {"rho": 0.2}, {"rho": 0.3, "predict": 0}, {"rho": 0.2, "lam": 0.0}]),
    "dp_sat": (0, [{"rho": 0.3, "examples": 3, "noise_multiplier": 0.2, "max_grad_norm": 0.4, "seed": 31},
                   {"rho": 0.2, "examples": 2, "ascent": "momentum", "expected_examples": 4, "max_grad_norm": 5.0, "seed": 32}]),
    "lookbehind_sam": (1, [{"rho": 0.2, "k": 3}, {"rho": 0.1, "k": 2, "alpha": -1.0}, {"rho": 0.2, "k": 3, "alpha": 0.8, "fresh": 1}]),
    "multistep_sam": (2, [{"rho": 0.4, "ascents": 2, "ascent_step": 0.6}, {"rho": 0.3, "ascents": 3, "normalize": 0, "ascent_step": 3.0},
                          {"rho": 0.3, "random_start": 1, "ascents": 1, "seed": 41}]),
    "multistep_mean_sam": (3, [{"rho": 0.4, "ascents": 2}, {"rho": 0.3, "ascents": 4, "ascent_step": 0.4}]),
    "rsam": (0, [{"rho": 0.3, "sigma": 0.1, "seed": 51}, {"rho": 0.1, "sigma": 0.3, "seed": 52}]),
    "rwp": (1, [{"sigma": 0.2, "seed": 53}, {"sigma": 0.05, "seed": 54}]),
    "arwp": (2, [{"sigma": 0.2, "eta": 3.0, "seed": 55}, {"sigma": 0.1, "beta": 0.5, "seed": 56}]),
    "m_arwp": (3, [{"sigma": 0.2, "eta": 3.0, "seed": 57}, {"sigma": 0.1, "beta": 0.5, "lam": 0.3, "seed": 58}]),
    "avg_sam": (0, [{"sigma": 0.1, "samples": 2, "seed": 61}, {"sigma": 0.05, "seed": 62}]),
    "anti_pgd": (1, [{"sigma": 0.05, "seed": 63}, {"sigma": 0.02, "anticorrelated": 0, "seed": 64}]),
    "entropy_sgd": (2, [{"langevin": 3, "gamma": 0.3, "inner_lr": 0.4, "noise": 0.02, "seed": 65}, {"average": 0.5, "gamma": 0.9, "langevin": 2, "seed": 66}]),
    "eigen_sam": (3, [{"rho": 0.3, "period": 3, "power_steps": 3, "alpha": 0.6, "seed": 67}, {"rho": 0.2, "period": 2, "power_steps": 1, "difference": 1e-2, "seed": 68}]),

    "bsam": (None, [{"lr": 0.2, "rho": 0.2, "data_size": 30, "damping": 0.3, "seed": 71},
                    {"lr": 0.3, "beta1": 0.6, "beta2": 0.8, "weight_decay": 0.2, "s_init": 2.0, "data_size": 0}]),
    "adasam": (None, [{"lr": 0.02, "rho": 0.3, "beta1": 0.7}, {"lr": 0.01, "beta2": 0.8, "eps": 1e-2}]),
    "lightsam": (None, [{"lr": 0.3, "rho": 0.3}, {"lr": 0.1, "eps": 0.2, "accumulator": "coordinate"}]),
    "sassha": (None, [{"lr": 0.05, "rho": 0.3, "period": 3, "samples": 2, "eps": 0.1, "seed": 72},
                      {"beta1": 0.6, "beta2": 0.8, "weight_decay": 0.2, "hessian_power": 1.0, "eps": 0.2, "difference": 1e-2, "lr": 0.05, "seed": 73}]),
    "msassha": (None, [{"lr": 0.05, "rho": 0.2, "period": 3, "samples": 2, "eps": 0.1, "seed": 74},
                       {"beta1": 0.6, "beta2": 0.8, "weight_decay": 0.2, "hessian_power": 1.0, "eps": 0.2, "difference": 1e-2, "lr": 0.05, "seed": 75}]),
    "sam_sps": (None, [{"rho": 0.2, "lr": 0.4}, {"rho": 0.1, "l_star": 0.5, "lr": 3.0}]),
    "truncated_model": (None, [{"lr": 0.5}, {"l_star": 0.4, "lr": 3.0}]),

    "zo": (3, [{"mu": 0.1, "directions": 2, "seed": 81}, {"distribution": "sphere", "mu": 0.2, "noise": 0.3, "seed": 82}, {"distribution": "rademacher", "mu": 0.1},
               {"distribution": "coordinate", "mu": 0.3, "directions": 3, "seed": 83}]),
    "zo_sgd": (None, [{"lr": 0.02, "mu": 0.1, "seed": 84}, {"lr": 0.01, "weight_decay": 0.4, "mu": 0.05, "seed": 85}]),
    "zo_ascent_sam": (1, [{"rho": 0.4, "mu": 0.1, "seed": 86}, {"rho": 0.2, "mu": 0.05, "seed": 87}]),
    "zo_sam": (2, [{"rho": 0.4, "mu": 0.1, "seed": 88}, {"distribution": "sphere", "mu": 0.2, "directions": 2}, {"distribution": "rademacher", "mu": 0.1, "rho": 0.2},
                   {"distribution": "coordinate", "mu": 0.2, "seed": 89}]),
    "zo_recursive": (3, [{"mu": 0.2, "period": 3, "seed": 91}, {"distribution": "gaussian", "mu": 0.1, "period": 4}, {"distribution": "rademacher", "mu": 0.1, "directions": 2},
                         {"distribution": "coordinate", "mu": 0.3, "period": 2, "seed": 92}]),
    "zo_frank_wolfe": (None, [{"mu": 0.1, "directions": 2, "radius": 2.0, "seed": 93}, {"ball": "l1", "mu": 0.05, "radius": 3.0}, {"ball": "linf", "mu": 0.1, "radius": 0.5, "seed": 94}]),

    "extragradient": (1, [{"gamma1": 0.4}, {"gamma1": -0.3, "fresh": 1}]),
    "past_extragradient": (2, [{"gamma1": 0.4}, {"gamma1": -0.3}]),
    "optimistic": (3, [{"optimism": 0.5}, {"optimism": 2.0}]),
    "normalized_gd": (0, [{}, {"beta": 0.4, "delta": 0.2}, {"average": 0.6, "beta": 0.8}]),
    "spider": (1, [{"period": 4}, {"period": 2, "normalize": 0}]),
    "o2nc": (None, [{"lr": 0.05, "radius": 0.04, "seed": 101}, {"lr": 0.02, "radius": 0.5, "restart": 3, "seed": 102}]),
    "exp_o2nc": (None, [{"lr": 0.05, "beta": 0.7, "seed": 103}, {"lr": 0.1, "mu": 0.5, "random_scaling": 0}]),
    "bloop": (0, [{"lam": 0.5, "ema": 0.4}, {"lam": 0.9, "barrier": 1}]),
    "proxy_prox": (None, [{"lr": 0.2, "inner": 3}, {"lr": 0.1, "eta": 0.3, "inner": 1}, {"lr": 0.1, "eta": 0.3}]),
    "proximal_point": (None, [{"lr": 0.2, "inner": 3}, {"lr": 0.1, "eta": 0.3}]),
    "reg_newton": (None, [{"lr": 0.7, "iterations": 4, "difference": 1e-2}, {"rule": "linear", "hessian_lipschitz": 0.4, "iterations": 3}]),
    "damped_newton": (None, [{"damping": 0.2, "iterations": 4}, {"semi_strong": 3.0, "damping": 0.3, "iterations": 2, "difference": 1e-2}]),
    "saddle_free_newton": (None, [{"rank": 4, "lr": 0.6}, {"rank": 2, "damping": 0.4, "difference": 1e-2}]),
}

BASES = {
    "sgd": [{"lr": 0.3}, {"lr": 0.1, "momentum": 0.7, "dampening": 0.4, "weight_decay": 0.1}, {"lr": 0.1, "momentum": 0.5, "nesterov": 1}],
    "adam": [{"lr": 0.05}, {"lr": 0.02, "beta1": 0.5, "beta2": 0.8, "eps": 1e-2, "weight_decay": 0.3}, {"lr": 0.05, "beta2": 0.6, "amsgrad": 1}],
    "adamw": [{"lr": 0.05}, {"lr": 0.02, "beta1": 0.5, "beta2": 0.8, "eps": 1e-2, "weight_decay": 0.3}, {"lr": 0.05, "beta2": 0.6, "amsgrad": 1}],
    "rmsprop": [{"lr": 0.05, "eps": 1e-3}, {"lr": 0.02, "alpha": 0.8, "centered": 1, "eps": 1e-2, "weight_decay": 0.2}, {"momentum": 0.6, "alpha": 0.7, "eps": 1e-2}],

    "adamax": [{"lr": 0.05}, {"lr": 0.02, "beta1": 0.5, "beta2": 0.8, "eps": 1e-2, "weight_decay": 0.3}],
    "nadam": [{"lr": 0.05}, {"lr": 0.02, "beta1": 0.5, "beta2": 0.8, "eps": 1e-2, "weight_decay": 0.3, "momentum_decay": 0.2},
              {"lr": 0.1, "decoupled_weight_decay": 1, "weight_decay": 0.4}],
    "radam": [{"lr": 0.05}, {"lr": 0.1, "beta1": 0.5, "beta2": 0.9, "eps": 1e-2, "weight_decay": 0.3},
              {"lr": 0.1, "beta2": 0.6, "decoupled_weight_decay": 1, "weight_decay": 0.4}, {"lr": 0.1, "beta2": 0.7}],
    "adagrad": [{"lr": 0.1}, {"lr": 0.2, "lr_decay": 0.3, "weight_decay": 0.2, "initial_accumulator_value": 0.05, "eps": 1e-2}],
    "adadelta": [{}, {"lr": 3.0, "rho": 0.5, "eps": 1e-3, "weight_decay": 0.3}],
    "rprop": [{}, {"lr": 0.05, "eta_minus": 0.3, "eta_plus": 1.6, "step_min": 0.02, "step_max": 0.1}],
    "asgd": [{"lr": 0.3}, {"lr": 0.4, "lambd": 0.05, "alpha": 0.5, "t0": 2, "weight_decay": 0.2}],
    "lion": [{"lr": 0.02}, {"lr": 0.01, "beta1": 0.6, "beta2": 0.8, "weight_decay": 0.5}],
    "adabelief": [{"lr": 0.02, "eps": 1e-6}, {"lr": 0.02, "beta1": 0.5, "beta2": 0.8, "eps": 1e-3, "weight_decay": 0.3},
                  {"lr": 0.05, "eps": 1e-3, "decoupled_weight_decay": 0, "weight_decay": 0.4}],
    "adan": [{"lr": 0.05}, {"lr": 0.02, "beta1": 0.5, "beta2": 0.7, "beta3": 0.8, "eps": 1e-2, "weight_decay": 0.3},
             {"lr": 0.05, "decoupled_weight_decay": 1, "weight_decay": 0.4}],
    "schedule_free_sgd": [{"lr": 0.3}, {"lr": 0.2, "momentum": 0.6, "weight_decay": 0.2, "r": 1.0, "weight_lr_power": 1.0, "warmup_steps": 5}],
    "schedule_free_adamw": [{"lr": 0.05}, {"lr": 0.1, "beta1": 0.7, "beta2": 0.8, "eps": 1e-2, "weight_decay": 0.2, "r": 0.5,
                                           "weight_lr_power": 1.0, "warmup_steps": 6}],
    "induced_metric": [{"lr": 0.3}, {"lr": 0.2, "xi": 4.0, "momentum": 0.6, "weight_decay": 0.2}, {"lr": 0.2, "xi": 0.0}],
    "normalized_sgd": [{"lr": 0.2}, {"lr": 0.1, "momentum": 0.7, "power": 0.4, "delta": 0.2, "weight_decay": 0.2}, {"lr": 0.1, "power": 0.0}],
    "quantile_clip_sgd": [{"lr": 0.3}, {"lr": 0.2, "momentum": 0.7, "quantile": 0.4, "weight_decay": 0.2}, {"lr": 0.2, "quantile": 0.0},
                          {"quantile": 0.999}],

    "lars": [{"lr": 3.0}, {"lr": 0.4, "momentum": 0.6, "dampening": 0.3, "weight_decay": 0.2, "trust_coefficient": 0.2},
             {"lr": 0.4, "nesterov": 1, "trust_coefficient": 0.1}, {"lr": 0.5, "momentum": 0.0, "trust_coefficient": 0.3}],
    "lamb": [{"lr": 0.02}, {"lr": 0.05, "beta1": 0.5, "beta2": 0.8, "eps": 1e-2, "weight_decay": 0.3, "trust_clip": 1.5}],
    "adafactor": [{"lr": 0.05}, {"lr": 0.4, "beta2_decay": -0.4, "eps1": 0.1, "eps2": 0.6, "d": 1.3, "weight_decay": 0.2},
                  {"lr": 0.3, "beta2_decay": 0.0}],
    "prodigy": [{"d0": 0.01}, {"d0": 0.02, "lr": 0.7, "beta1": 0.7, "beta2": 0.9, "beta3": 0.8, "eps": 1e-3, "weight_decay": 0.2, "d_coef": 1.5,
                               "growth_rate": 1.2}, {"d0": 0.01, "bias_correction": 1}, {"d0": 0.02, "lr": 0.4, "safeguard_warmup": 1, "weight_decay": 0.1}],
    "muon": [{"lr": 0.05, "adamw_lr": 0.02},
             {"lr": 0.03, "momentum": 0.7, "nesterov": 0, "weight_decay": 0.3, "ns_steps": 3, "eps": 0.5, "adjust_lr_fn": "match_rms_adamw",
              "adamw_lr": 0.03, "adamw_beta1": 0.6, "adamw_beta2": 0.8, "adamw_eps": 1e-2, "adamw_weight_decay": 0.2},
             {"lr": 0.05, "adjust_lr_fn": "spectral_unclamped"}, {"lr": 0.05, "adjust_lr_fn": "none", "ns_steps": 0}],
    "normuon": [{"adamw_lr": 0.02},
                {"lr": 0.1, "momentum": 0.7, "beta2": 0.6, "nesterov": 0, "weight_decay": 0.3, "ns_steps": 3, "eps": 0.1, "update_scale": "match_rms",
                 "adamw_lr": 0.03, "adamw_beta1": 0.6, "adamw_beta2": 0.8, "adamw_eps": 1e-2, "adamw_weight_decay": 0.2}],
    "lanton": [{"sign_lr": 0.01}, {"lr": 0.05, "beta1": 0.7, "beta2": 0.6, "alpha": 0.2, "weight_decay": 0.3, "ns_steps": 3, "sign_lr": 0.02}],
    "shampoo": [{"lr": 0.05, "matrix_eps": 1e-3}, {"lr": 0.1, "momentum": 0.6, "weight_decay": 0.2, "matrix_eps": 0.05, "precondition_frequency": 3},
                {"lr": 0.1, "matrix_eps": 0.01, "max_precondition_dim": 3}],
    "soap": [{"lr": 0.02, "precondition_frequency": 3},
             {"lr": 0.05, "beta1": 0.7, "beta2": 0.8, "shampoo_beta": 0.6, "eps": 1e-2, "weight_decay": 0.3, "precondition_frequency": 2, "correct_bias": 0},
             {"lr": 0.05, "precondition_1d": 1, "precondition_frequency": 1, "eps": 1e-3}, {"lr": 0.05, "max_precondition_dim": 3, "precondition_frequency": 2},
             {"lr": 0.1, "beta2": 0.6, "shampoo_beta": 0.3, "eps": 0.05, "precondition_frequency": 1}],     # here the eigenvalues change places

    "adahessian": [{"lr": 0.05, "eps": 1e-2, "difference": 1e-2, "average_conv_kernel": 1},
                   {"lr": 0.02, "beta1": 0.6, "beta2": 0.8, "eps": 0.1, "weight_decay": 0.3, "hessian_power": 0.6, "update_period": 3, "difference": 2e-2}],
    "sophia_h": [{"difference": 1e-2}, {"lr": 0.2, "beta1": 0.7, "beta2": 0.8, "eps": 0.1, "p": 0.3, "weight_decay": 0.2, "update_period": 3,
                                        "difference": 2e-2}],
    "sophia_g": [{"lr": 0.02}, {"lr": 0.05, "beta1": 0.7, "beta2": 0.8, "p": 0.3, "batch_size": 20.0, "weight_decay": 0.3, "update_period": 3}],
    "oasis": [{"alpha": 0.05, "difference": 1e-2}, {"lr": 0.05, "beta2": 0.7, "alpha": 0.1, "weight_decay": 0.3, "difference": 2e-2},
              {"lr": 0.05, "beta2": 0.9, "alpha": 0.1, "weight_decay": 0.1, "adaptive": 1, "difference": 1e-2}],
}

# Bases that also run under a method with several of their steps in a step, with its options: their first step is one of those.
REPEATED, REPEATING = ("muon", "normuon", "lanton", "shampoo", "soap"), {"rho": 0.1, "k": 3}

SHARED = [
    {"clip_coordinates": 0.3}, {"clip_coordinates": 0.1, "clip_value": 0.15, "accumulate": 2},
    {"maximize": 1, "clip_value": 0.1}, {"clip_norm": 0.15, "gradient_scale": 4096.0}, {"accumulate": 2}, {"accumulate": 4, "clip_value": 0.2, "clip_norm": 0.3},
]

# Shared options with bases that ask for evaluations: those are on the last window too, and of what is minimised.
SHARED_EVALUATING = [
    ("adahessian", {"lr": 0.02, "eps": 0.1, "update_period": 2, "difference": 1e-2}, {"accumulate": 2, "maximize": 1}),
    ("sophia_h", {"lr": 0.2, "p": 0.3, "eps": 0.1, "update_period": 3, "difference": 1e-2}, {"every": 2, "start_step": 2}),
    ("sophia_g", {"lr": 0.05, "p": 0.3, "batch_size": 20.0, "update_period": 3}, {"gradient_scale": 64.0, "accumulate": 2}),
    ("oasis", {"lr": 0.05, "alpha": 0.1, "adaptive": 1, "difference": 1e-2}, {"micro_batches": 2, "clip_coordinates": 0.2}),
]
