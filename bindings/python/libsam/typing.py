"""Names and options for annotations: what type checkers and editors know of Optimizer and measure. Written by bindings/declare.py: do not edit."""
from __future__ import annotations

from typing import Literal, TypedDict

Flag = bool | Literal[0, 1]

Method = Literal["none", "sam", "asam", "sam_on", "sam_filterwise", "usam", "sam_layerwise", "gsam", "looksam", "friendly_sam",
    "gam", "msam", "dnsam", "sam_m", "gcsam", "vasso", "stable_sam", "gnp", "wsam", "crsam", "ssam_f", "ssam_d", "zsharp", "esam",
    "cram", "split_sam", "imbsam", "focalsam", "adasap", "le_sam", "tram", "looklayersam", "rst", "ae_sam", "ae_looksam",
    "reuse_sam", "async_sam", "sampa", "dp_sat", "lookbehind_sam", "multistep_sam", "multistep_mean_sam", "rsam", "rwp", "arwp",
    "m_arwp", "avg_sam", "anti_pgd", "entropy_sgd", "fisher_sam", "eigen_sam", "sagm", "bsam", "adasam", "lightsam", "sassha",
    "msassha", "sam_sps", "zo", "zo_sgd", "zo_ascent_sam", "zo_sam", "zo_recursive", "extragradient", "past_extragradient",
    "optimistic", "normalized_gd", "spider", "o2nc", "exp_o2nc", "bloop", "proxy_prox", "proximal_point", "reg_newton",
    "damped_newton", "saddle_free_newton", "truncated_model", "zo_frank_wolfe"]
"""What Optimizer takes as `method`: libsam.methods()."""

Base = Literal["sgd", "adam", "adamw", "rmsprop", "adagrad", "lion", "adamax", "nadam", "radam", "adadelta", "rprop", "asgd",
    "adabelief", "adan", "schedule_free_sgd", "schedule_free_adamw", "adafactor", "prodigy", "lars", "lamb", "muon", "normuon",
    "lanton", "shampoo", "soap", "induced_metric", "normalized_sgd", "quantile_clip_sgd", "adahessian", "sophia_h", "sophia_g",
    "oasis"]
"""What Optimizer takes as `base`: libsam.bases()."""

Measure = Literal["lambda_max", "lambda_min", "eigenpairs", "trace", "frobenius", "diagonal", "spectral_density", "layerwise",
    "classwise", "worst_case", "average_case", "m_sharpness", "sam_gap", "first_order_flatness", "noise_scale", "stability_ratio",
    "directional_sharpness", "slice_1d", "slice_2d", "barrier", "gradient_norm", "check", "eps_radius", "keskar_box",
    "local_entropy", "pacbayes_sigma", "sharpness_gap", "spectral_functions", "spectral_norm", "gradient_subspace",
    "batch_sharpness", "gradient_noise_interaction", "relative_flatness", "gradient_covariance", "fisher_trace", "coherence",
    "gsnr", "stiffness", "fisher_rao_norm", "pca_plane", "roughness", "curvature_map", "plane", "eigen_plane", "path_profile",
    "bezier", "convexity", "weight_norms", "spectral_norms", "margin", "trajectory", "hessian_gauss_newton_gap",
    "hessian_coherence", "igs", "class_gradient_alignment", "gradient_flow_sharpness", "sharpness_transfer",
    "surrogate_sensitivity", "trajectory_kl", "psp_entropy", "path_norm", "effective_model_complexity", "eigen_residual",
    "measure_correlation"]
"""What libsam.measure takes as `name`: libsam.measures()."""

Schedule = Literal["constant", "linear", "cosine", "cosine_power", "step", "exponential", "polynomial", "inverse_sqrt",
    "one_cycle"]
"""`kind` of Optimizer.schedule: libsam.schedules()."""

RoleName = Literal["weight", "bias", "norm", "embedding"]
"""Words for libsam.Role."""

FullNames = TypedDict("FullNames", {
    "method.accumulator": Literal["norm", "coordinate"],
    "method.alpha": float,
    "method.anticorrelated": Flag,
    "method.ascent": Literal["gradient", "momentum"],
    "method.ascent_norm": Literal["two", "infinity"],
    "method.ascent_step": float,
    "method.ascents": int,
    "method.average": float,
    "method.ball": Literal["l2", "l1", "linf"],
    "method.barrier": Flag,
    "method.beta": float,
    "method.beta1": float,
    "method.beta2": float,
    "method.damping": float,
    "method.data_size": int,
    "method.decay": float,
    "method.decouple": Flag,
    "method.delta": float,
    "method.denominator": Literal["full", "ema"],
    "method.descent": Flag,
    "method.difference": float,
    "method.direction": Literal["perturbed", "clean"],
    "method.directions": int,
    "method.distribution": Literal["gaussian", "sphere", "rademacher", "coordinate"],
    "method.divergence": float,
    "method.drop": Literal["weight", "gradient", "random"],
    "method.drop_rate": float,
    "method.ema": float,
    "method.eps": float,
    "method.eta": float,
    "method.examples": int,
    "method.expected_examples": float,
    "method.fisher": Literal["batches", "minibatch"],
    "method.form": Literal["perturbed", "clean", "difference", "projected"],
    "method.fresh": Flag,
    "method.gamma": float,
    "method.gamma1": float,
    "method.granularity": Literal["tensor", "element"],
    "method.growth": Literal["weight", "gradient", "random"],
    "method.hessian_lipschitz": float,
    "method.hessian_power": float,
    "method.initial": Literal["zeros", "ones"],
    "method.inner": int,
    "method.inner_lr": float,
    "method.iterations": int,
    "method.k": int,
    "method.l2": float,
    "method.l2_at_perturbed": Flag,
    "method.l_star": float,
    "method.lam": float,
    "method.lambda1": float,
    "method.lambda2": float,
    "method.langevin": int,
    "method.layerwise": Flag,
    "method.levels": int,
    "method.lr": float,
    "method.max_grad_norm": float,
    "method.micro_batches": int,
    "method.mu": float,
    "method.noise": float,
    "method.noise_multiplier": float,
    "method.norm_scope": Literal["global", "tensor"],
    "method.normalize": Flag,
    "method.normalized_clean": Flag,
    "method.optimism": float,
    "method.order": Literal["subtract_first", "average_first"],
    "method.p": float,
    "method.part": Literal["all", "norm", "rest"],
    "method.period": int,
    "method.plus": Flag,
    "method.power_steps": int,
    "method.predict": Flag,
    "method.radius": float,
    "method.random_scaling": Flag,
    "method.random_start": Flag,
    "method.rank": int,
    "method.relative": Flag,
    "method.restart": int,
    "method.rho": float,
    "method.rho_max": float,
    "method.rho_min": float,
    "method.rho_norm": float,
    "method.rule": Literal["sqrt", "linear"],
    "method.s_init": float,
    "method.samples": int,
    "method.scaling": Literal["none", "element", "tensor", "square", "filter", "plain_norm"],
    "method.scope": Literal["global", "tensor"],
    "method.score": Literal["magnitude", "taylor"],
    "method.seed": int,
    "method.selection": Flag,
    "method.semi_strong": float,
    "method.sigma": float,
    "method.source": Literal["option", "auxiliary"],
    "method.sparse_gradient": Flag,
    "method.sparsity": float,
    "method.sparsity_high": float,
    "method.sparsity_low": float,
    "method.structure": Literal["global", "tensor", "n_m"],
    "method.theta": float,
    "method.total_steps": int,
    "method.update_every": int,
    "method.weight1": float,
    "method.weight2": float,
    "method.weight3": float,
    "method.weight_decay": float,
    "method.z_quantile": float,
    "base.adamw_beta1": float,
    "base.adamw_beta2": float,
    "base.adamw_eps": float,
    "base.adamw_lr": float,
    "base.adamw_weight_decay": float,
    "base.adaptive": Flag,
    "base.adjust_lr_fn": Literal["original", "match_rms_adamw", "spectral_unclamped", "none"],
    "base.alpha": float,
    "base.amsgrad": Flag,
    "base.average_conv_kernel": Flag,
    "base.batch_size": float,
    "base.beta1": float,
    "base.beta2": float,
    "base.beta2_decay": float,
    "base.beta3": float,
    "base.bias_correction": Flag,
    "base.centered": Flag,
    "base.correct_bias": Flag,
    "base.d": float,
    "base.d0": float,
    "base.d_coef": float,
    "base.dampening": float,
    "base.decoupled_weight_decay": Flag,
    "base.delta": float,
    "base.difference": float,
    "base.eps": float,
    "base.eps1": float,
    "base.eps2": float,
    "base.eta_minus": float,
    "base.eta_plus": float,
    "base.growth_rate": float,
    "base.hessian_power": float,
    "base.initial_accumulator_value": float,
    "base.lambd": float,
    "base.lr": float,
    "base.lr_decay": float,
    "base.matrix_eps": float,
    "base.max_precondition_dim": int,
    "base.momentum": float,
    "base.momentum_decay": float,
    "base.nesterov": Flag,
    "base.ns_steps": int,
    "base.p": float,
    "base.power": float,
    "base.precondition_1d": Flag,
    "base.precondition_frequency": int,
    "base.quantile": float,
    "base.r": float,
    "base.rho": float,
    "base.safeguard_warmup": Flag,
    "base.shampoo_beta": float,
    "base.sign_lr": float,
    "base.step_max": float,
    "base.step_min": float,
    "base.t0": float,
    "base.trust_clip": float,
    "base.trust_coefficient": float,
    "base.update_period": int,
    "base.update_scale": Literal["preserve_norm", "match_rms"],
    "base.warmup_steps": int,
    "base.weight_decay": float,
    "base.weight_lr_power": float,
    "base.xi": float,
    "shared.accumulate": int,
    "shared.average": Literal["none", "ema", "swa"],
    "shared.average_decay": float,
    "shared.average_period": int,
    "shared.average_start": int,
    "shared.clip_coordinates": float,
    "shared.clip_norm": float,
    "shared.clip_value": float,
    "shared.every": int,
    "shared.gradient_scale": float,
    "shared.in_place": Flag,
    "shared.master": Flag,
    "shared.maximize": Flag,
    "shared.micro_batches": int,
    "shared.nonfinite": Literal["error", "skip", "propagate"],
    "shared.rounding": Literal["nearest", "stochastic"],
    "shared.seed": int,
    "shared.start_step": int,
    "shared.zero_gradient": Flag,
}, total=False)
"""Options by their full names, where a method and a base both have one: options: Options = {"base.rho": 0.9}; Optimizer(…, **options)."""


class Options(FullNames, total=False):
    """Options of all methods and bases, and those of every optimizer. A method or base that has no such option refuses it."""

    accumulate: int
    """every optimizer: Each evaluation is the mean over so many micro-batches. Default 1; [1, inf)."""
    accumulator: Literal["norm", "coordinate"]
    """lightsam: norm: sums of the gradients' squared norms; coordinate: of each element's square. Default norm; norm, coordinate."""
    adamw_beta1: float
    """muon, normuon: Decay of its first moment. Default 0.9; [0, 1); by group."""
    adamw_beta2: float
    """muon, normuon: Decay of its second moment. Default 0.95; [0, 1); by group."""
    adamw_eps: float
    """muon, normuon: Added to the root of its second moment. Default 1e-10; [0, inf); by group."""
    adamw_lr: float
    """muon, normuon: Learning rate of what is no matrix. Default 0.0003; [0, inf); by group."""
    adamw_weight_decay: float
    """muon, normuon: Its decoupled decay. Default 0; [0, inf); by group."""
    adaptive: Flag
    """oasis: Find the step size from the last two gradients: one evaluation more. Default False; 0 or 1."""
    adjust_lr_fn: Literal["original", "match_rms_adamw", "spectral_unclamped", "none"]
    """muon: Factor of the rate: original sqrt(max(1, rows/columns)); match_rms_adamw 0.2 sqrt(max(rows, columns));
    spectral_unclamped sqrt(rows/columns); none 1. Default original; original, match_rms_adamw, spectral_unclamped, none; by
    group."""
    alpha: float
    """gsam: Weight of the part that is removed (form perturbed) or added (form clean). Default 0.4; [0, inf).
    looksam, looklayersam, ae_looksam: Weight of the reused part. Default 0.7; [0, inf).
    gam: Form difference: weight of the gradient norm. Default 0.5; [0, inf).
    gnp: Weight of the perturbed gradient; the clean one has the rest. Default 0.8; [0, inf).
    lookbehind_sam: Share of the way that the base steps made; below 0: from the cosine of first and last move, by tensor. Default
        0.5; (-inf, 1].
    eigen_sam: Weight of the eigenvector's part across the gradient. Default 0.2; [0, inf).
    sagm: How far the perturbed point goes back down the gradient. Default 0.001; [0, inf).
    rmsprop: Decay of the mean of squares. Default 0.99; [0, 1); by group.
    asgd: Power with which the rate falls. Default 0.75; [0, inf); by group.
    lanton: Size of the change at which a rate begins to fall. Default 1; (0, inf); by group.
    oasis: The least divisor. Default 1e-05; (0, inf); by group.
    """
    amsgrad: Flag
    """adam, adamw: Divide by the largest second moment so far. Default False; 0 or 1; by group."""
    anticorrelated: Flag
    """anti_pgd: Takes the noise of the step before away again; 0: independent noise. Default True; 0 or 1."""
    ascent: Literal["gradient", "momentum"]
    """dp_sat: What the ascent follows: the private direction of the step before, or back to the weights before it. Default gradient;
    gradient, momentum."""
    ascent_norm: Literal["two", "infinity"]
    """sam, asam, sam_on, sam_filterwise, usam, sam_layerwise, gsam, looksam and 44 others: Norm of the ball: two, or infinity, where
    every element moves by rho T; scaling plain_norm has the first alone. Default two; two, infinity."""
    ascent_step: float
    """multistep_sam, multistep_mean_sam: Length of one ascent, in units of rho. Default 1; (0, inf)."""
    ascents: int
    """multistep_sam, multistep_mean_sam: Ascents, each along the gradient where the last one ended. Default 3; [1, inf)."""
    average: float | Literal["none", "ema", "swa"]
    """entropy_sgd: Weight of the newest point in the running mean. Default 0.75; [0, 1].
    normalized_gd: Decay of the running mean; 0: none, and no state. Default 0; [0, 1].
    every optimizer: Averages the iterates, for sam_optimizer_average: ema with average_decay, swa with equal weights. Default
        none; none, ema, swa.
    """
    average_conv_kernel: Flag
    """adahessian: Average |D| over the last two axes of tensors of four. Default False; 0 or 1; by group."""
    average_decay: float
    """every optimizer: ema: a = average_decay a + (1 - average_decay) w, from the first w on. Default 0.999; [0, 1)."""
    average_period: int
    """every optimizer: Behind average_start the weights of every so-many-th step are averaged. Default 1; [1, inf)."""
    average_start: int
    """every optimizer: Steps before the first that can be averaged. Default 0; [0, inf)."""
    ball: Literal["l2", "l1", "linf"]
    """zo_frank_wolfe: Norm of the ball. Default l2; l2, l1, linf."""
    barrier: Flag
    """bloop: The projection is bounded by 1 / lam. Default False; 0 or 1."""
    batch_size: float
    """sophia_g: Examples (or tokens) in the auxiliary objective's mean: a factor of the curvature. Default 1; (0, inf); by group."""
    beta: float
    """crsam: Weight of the first difference gp - gm. Default 0.1; [0, inf).
    esam: Chance that a tensor or weight is perturbed; what is perturbed weighs 1 / beta. Default 1; (0, 1].
    rwp, arwp, m_arwp: Memory of the squared gradients. Default 0.9; [0, 1].
    normalized_gd: Power of the norm: 1 normalises, 0 is the base. Default 1; [0, 1].
    exp_o2nc: Decay of the update. Default 0.99; [0, 1]; by group.
    """
    beta1: float
    """bsam, adasam: Memory of the momentum. Default 0.9; [0, 1); by group.
    sassha, msassha: Decay of the running mean of gradients. Default 0.9; [0, 1); by group.
    adam, adamw, adamax, nadam, radam, adabelief, prodigy, lamb and 1 others: Decay of the first moment. Default 0.9; [0, 1); by
        group.
    lion: Share of the momentum in the mix. Default 0.9; [0, 1); by group.
    adan: Decay of the moment of the direction. Default 0.98; [0, 1); by group.
    schedule_free_adamw: How far the weights lie from the fast sequence towards the average. Default 0.9; (0, 1); by group.
    lanton: Decay of the running mean of directions. Default 0.95; [0, 1); by group.
    soap: Decay of the first moment. Default 0.95; [0, 1); by group.
    sophia_h, sophia_g: Decay of the first moment. Default 0.965; [0, 1); by group.
    """
    beta2: float
    """bsam: Memory of the precision. Default 0.999; [0, 1); by group.
    adasam: Memory of the squared gradients. Default 0.999; [0, 1); by group.
    sassha, msassha: Decay of the running mean of diagonals. Default 0.999; [0, 1); by group.
    adam, adamw, nadam, radam, schedule_free_adamw, prodigy, lamb: Decay of the second moment. Default 0.999; [0, 1); by group.
    lion: Decay of the momentum. Default 0.99; [0, 1); by group.
    adamax: Decay of the largest magnitude. Default 0.999; [0, 1); by group.
    adabelief: Decay of the variance. Default 0.999; [0, 1); by group.
    adan: Decay of the moment of its change, and the change's factor. Default 0.92; [0, 1); by group.
    normuon: Decay of the rows' mean squares. Default 0.95; [0, 1); by group.
    lanton: Decay of the mean of squared sizes of the change. Default 0.95; [0, 1); by group.
    soap: Decay of the second moment. Default 0.95; [0, 1); by group.
    adahessian: Decay of the squares of the diagonal. Default 0.999; [0, 1); by group.
    sophia_h, sophia_g: Decay of the curvature. Default 0.99; [0, 1); by group.
    oasis: Decay of the diagonal. Default 0.999; [0, 1); by group.
    """
    beta2_decay: float
    """adafactor: Power of the step's number that is the share of the newest squares. Default -0.8; (-inf, 0]; by group."""
    beta3: float
    """adan: Decay of the moment of squares. Default 0.99; [0, 1); by group.
    prodigy: Decay of the sums behind the step size; 0: the root of beta2. Default 0; [0, 1).
    """
    bias_correction: Flag
    """prodigy: Correct the moments' bias, as Adam does. Default False; 0 or 1."""
    centered: Flag
    """rmsprop: Divide by the deviation from the running mean of directions. Default False; 0 or 1; by group."""
    clip_coordinates: float
    """every optimizer: This share of the descent direction's elements, the largest, is cut to the largest of the others, before
    clip_value; 0: off. Default 0; [0, 1)."""
    clip_norm: float
    """every optimizer: The descent direction is shortened to this norm where it is longer, before the base; 0: off. Default 0; [0,
    inf)."""
    clip_value: float
    """every optimizer: Each element of the descent direction into [-clip_value, clip_value], before clip_norm; 0: off. Default 0;
    [0, inf)."""
    correct_bias: Flag
    """soap: Correct the moments' bias. Default True; 0 or 1; by group."""
    d: float
    """adafactor: Largest root mean square of the update. Default 1; [1, inf); by group."""
    d0: float
    """prodigy: The step size at first. Default 1e-06; (0, inf)."""
    d_coef: float
    """prodigy: Factor of the guessed step size. Default 1; (0, inf)."""
    dampening: float
    """sgd: Share of the new direction that is left out of the momentum, from the second step on. Default 0; [0, 1]; by group.
    lars: Share of the direction that is left out of the momentum. Default 0; [0, 1]; by group.
    """
    damping: float
    """bsam: Added to what the precision follows. Default 0.1; [0, inf); by group.
    damped_newton: Added to the Hessian's diagonal. Default 0; [0, inf).
    saddle_free_newton: Added to the absolute eigenvalues. Default 0.1; [0, inf).
    """
    data_size: int
    """bsam: Examples in the data: the more, the less noise; 0: no noise. Default 50000; [0, inf)."""
    decay: float
    """dnsam: Denominator ema: decay of the running mean. Default 0.9; [0, 1)."""
    decouple: Flag
    """wsam: Sharpness is added behind the base's update with the base's lr; 0: it is part of the direction. Default True; 0 or 1."""
    decoupled_weight_decay: Flag
    """nadam, radam: Decay by w (1 - lr * weight_decay) before the update instead of in the direction. Default False; 0 or 1; by
        group.
    adabelief: Decay by w (1 - lr * weight_decay) before the update instead of in the direction. Default True; 0 or 1; by group.
    adan: Decay by w (1 - lr * weight_decay) before the update instead. Default False; 0 or 1; by group.
    """
    delta: float
    """ae_sam, ae_looksam: Memory of the running mean and variance of the squared gradient norm. Default 0.9; [0, 1].
    normalized_gd: Added to the divisor. Default 0; [0, inf).
    normalized_sgd: Added to the divisor. Default 0; [0, inf); by group.
    """
    denominator: Literal["full", "ema"]
    """dnsam: full: norm of the auxiliary objective's gradient at w, which the host defines as the loss over all data; ema: running
    mean of |g|. Default full; full, ema."""
    descent: Flag
    """gcsam: The descent gradient is centralised as well. Default True; 0 or 1."""
    difference: float
    """eigen_sam, sassha, msassha, reg_newton, damped_newton, saddle_free_newton: Length of the step to both sides in products with
        the Hessian, relative to 1 + |w|; 0: half the cube root of the coarsest dtype's precision. Default 0.001; [0, 1].
    adahessian, sophia_h, oasis: Length of the step to both sides in products with the Hessian, relative to 1 + |w|; 0: half the
        cube root of the coarsest dtype's precision. Default 0; [0, 1].
    """
    direction: Literal["perturbed", "clean"]
    """stable_sam: perturbed: along the perturbed gradient with the clean one's norm; clean: along the clean one with the perturbed
    one's norm. Default perturbed; perturbed, clean."""
    directions: int
    """zo, zo_sam, zo_recursive, zo_frank_wolfe: Probes of which the mean is taken, two evaluations each. Default 1; [1, inf)."""
    distribution: Literal["gaussian", "sphere", "rademacher", "coordinate"]
    """zo, zo_sam: Of the probes. Default gaussian; gaussian, sphere, rademacher, coordinate.
    zo_recursive: Of the probes. Default sphere; gaussian, sphere, rademacher, coordinate.
    """
    divergence: float
    """tram: Source option: the radius, which the host sets before each step. Default 0; [0, inf)."""
    drop: Literal["weight", "gradient", "random"]
    """ssam_d: Score of the live entries; the lowest go. Default gradient; weight, gradient, random."""
    drop_rate: float
    """ssam_d: Share of the live entries that are exchanged, at first; it falls to 0 along a cosine. Default 0.5; [0, 1]."""
    ema: float
    """bloop: Weight of the new gradient in the running mean that is projected on. Default 0.1; [0, 1]."""
    eps: float
    """adasam: Root of the first maximum: the smallest divisor. Default 1e-08; (0, inf); by group.
    lightsam: Root of both sums at first. Default 1e-08; (0, inf).
    sassha, msassha: Added to the divisor. Default 0.0001; [0, inf); by group.
    adam, adamw, nadam, radam, schedule_free_adamw, soap: Added to the root of the second moment. Default 1e-08; [0, inf); by
        group.
    rmsprop, adan: Added to the root. Default 1e-08; [0, inf); by group.
    adagrad: Added to the root. Default 1e-10; [0, inf); by group.
    adamax: Added to the magnitude. Default 1e-08; [0, inf); by group.
    adadelta: Added under both roots. Default 1e-06; [0, inf); by group.
    adabelief: Added to the variance, where it stays, and to its root. Default 1e-16; [0, inf); by group.
    prodigy: Times the step size, added to the root of the second moment. Default 1e-08; [0, inf); by group.
    lamb: Added to the root of the second moment. Default 1e-06; [0, inf); by group.
    muon: The least norm by which a matrix is divided before the iteration. Default 1e-07; [0, inf); by group.
    normuon: The least norm by which a matrix is divided before the iteration. Default 1e-10; [0, inf); by group.
    adahessian: Added to the divisor. Default 1e-16; [0, inf); by group.
    sophia_h: The least divisor. Default 1e-12; [0, inf); by group.
    """
    eps1: float
    """adafactor: The least second moment is its square; 0: the type's machine epsilon. Default 0; [0, inf); by group."""
    eps2: float
    """adafactor: The least root mean square of the weights that counts. Default 0.001; [0, inf); by group."""
    eta: float
    """sam, asam, sam_on, sam_filterwise, usam, sam_layerwise, gsam, looksam and 44 others: Added to the weights' size by scaling
        element, tensor and filter. Default 0.01; [0, inf); by group.
    rwp: How much large gradients shrink the noise; 0: not at all. Default 0; [0, inf).
    arwp, m_arwp: How much large gradients shrink the noise; 0: not at all. Default 1; [0, inf).
    fisher_sam: Weight of the squared gradient in the metric; 0: sam. Default 0.2; [0, inf).
    proxy_prox, proximal_point: Step of the proximal method: the larger, the weaker the pull to w. Default 1; (0, inf).
    """
    eta_minus: float
    """rprop: Factor of the step size where the sign turned. Default 0.5; (0, 1); by group."""
    eta_plus: float
    """rprop: Factor where it stayed. Default 1.2; (1, inf); by group."""
    every: int
    """every optimizer: Only every so many steps is the method's, counted from start_step; the others are the base's alone. Default
    1; [1, inf)."""
    examples: int
    """dp_sat: Units in a step: evaluations, each on a batch of its own. Default 8; [1, inf)."""
    expected_examples: float
    """dp_sat: What the sum is divided by: the expected number of units; 0: examples. Default 0; [0, inf)."""
    fisher: Literal["batches", "minibatch"]
    """ssam_f: batches: squared gradients of extra batches, single examples if the host makes them so; minibatch: of the step's own
    batch. Default batches; batches, minibatch."""
    form: Literal["perturbed", "clean", "difference", "projected"]
    """gsam: perturbed: gp - alpha (g across gp), the published code; clean: g + alpha (gp across g). Default perturbed; perturbed,
        clean.
    gam: difference: the paper's direction; projected: the published code's. Default difference; difference, projected.
    """
    fresh: Flag
    """lookbehind_sam: A further batch for each ascent but the first. Default False; 0 or 1.
    extragradient: The second gradient is of a new batch. Default False; 0 or 1.
    """
    gamma: float
    """gam: Form projected: weight of what is taken off. Default 0.03; [0, inf).
    wsam: Sharpness weighs gamma / (1 - gamma). Default 0.9; [0, 1).
    crsam: Weight of the second difference gp + gm - 2 g. Default 0.1; [0, inf).
    rst: Weight of the perturbed gradient in a SAM step; the clean one has the rest. Default 1; [0, inf).
    entropy_sgd: Pull back to the weights; scales the direction. Default 0.01; [0, inf).
    """
    gamma1: float
    """extragradient, past_extragradient: Length of the look-ahead, in gradients. Default 0.1; (-inf, inf); by group."""
    gradient_scale: float
    """every optimizer: The loss scale: gradients are multiplied by 1/gradient_scale as they are read. Default 1; (0, inf)."""
    granularity: Literal["tensor", "element"]
    """esam: What is drawn as one: a tensor, or each weight. Default tensor; tensor, element."""
    growth: Literal["weight", "gradient", "random"]
    """ssam_d: Score of the dead entries; the highest come. Default random; weight, gradient, random."""
    growth_rate: float
    """prodigy: How much the step size may grow in a step. Default inf; [1, inf)."""
    hessian_lipschitz: float
    """reg_newton: L, the Lipschitz constant of the Hessian. Default 1; [0, inf)."""
    hessian_power: float
    """sassha, msassha: Exponent of the diagonal. Default 0.5; [0, inf).
    adahessian: Exponent of the root of h that divides; 0: no preconditioner. Default 1; [0, 1]; by group.
    """
    initial: Literal["zeros", "ones"]
    """ssam_f: The mask before the first renewal: zeros perturbs nothing, ones everything. Default zeros; zeros, ones."""
    initial_accumulator_value: float
    """adagrad: Where the sum of squares begins. Default 0; [0, inf); by group."""
    inner: int
    """proxy_prox: Inner steps, one evaluation of the proxy each but the first. Default 5; [1, inf).
    proximal_point: Inner gradient steps, one evaluation each. Default 5; [1, inf).
    """
    inner_lr: float
    """entropy_sgd: Length of a Langevin step per gradient. Default 0.1; [0, inf)."""
    iterations: int
    """reg_newton, damped_newton: Most products with the Hessian, two evaluations each. Default 20; [1, inf)."""
    k: int
    """looksam, looklayersam: Period of the SAM steps: 1, k + 1, 2k + 1, ... Default 10; [1, inf).
    lookbehind_sam: Ascents, and base steps; each ascent but the last keeps a vector within the step. Default 5; [1, 1000].
    """
    l2: float
    """sam, asam, sam_on, sam_filterwise: Coefficient of a penalty l2/2 |w|^2 in both gradients, the second at the perturbed point;
    0: none. Default 0; [0, inf)."""
    l2_at_perturbed: Flag
    """msam: Adds weight_decay times the perturbation to the direction, as the published SGD form does. Default False; 0 or 1."""
    l_star: float
    """sam_sps: The loss at the minimum, or a bound below it. Default 0; (-inf, inf).
    truncated_model: Lower bound of the loss. Default 0; (-inf, inf).
    """
    lam: float
    """friendly_sam: Decay of the running mean. Default 0.9; [0, 1).
    sampa: Weight of the auxiliary point's gradient in the direction. Default 0.2; [0, 1].
    m_arwp: Weight of the perturbed gradient. Default 0.5; [0, 1].
    bloop: Weight of the auxiliary gradient. Default 0.1; [0, inf).
    """
    lambd: float
    """asgd: Decay of the weights by 1 - lambd eta, and of the rate. Default 0.0001; [0, inf); by group."""
    lambda1: float
    """ae_sam, ae_looksam: Threshold at the end, in deviations above the mean. Default -1; (-inf, inf)."""
    lambda2: float
    """ae_sam, ae_looksam: Threshold at the start, in deviations above the mean. Default 1; (-inf, inf)."""
    langevin: int
    """entropy_sgd: Langevin steps, each with an evaluation. Default 5; [1, inf)."""
    layerwise: Flag
    """looksam: The perturbation has the same relative length rho ||w|| in every tensor, as in LookLayerSAM. Default False; 0 or 1.
    looklayersam: The perturbation has the same relative length rho ||w|| in every tensor, as in LookLayerSAM. Default True; 0 or
        1.
    """
    levels: int
    """cram: Sparsities that are drawn from, evenly spaced; 1: sparsity_low. Default 3; [1, inf)."""
    lr: float
    """bsam: Learning rate. Default 0.5; [0, inf); by group.
    adasam, adam, adamw, radam, adabelief, adan, lars, lamb and 1 others: Learning rate. Default 0.001; [0, inf); by group.
    lightsam, sgd, induced_metric, normalized_sgd, quantile_clip_sgd, adahessian: Learning rate. Default 0.1; [0, inf); by group.
    sassha, msassha: Learning rate. Default 0.15; [0, inf); by group.
    sam_sps: The largest learning rate. Default 1; [0, inf); by group.
    zo_sgd: Learning rate. Default 1e-06; [0, inf); by group.
    o2nc, exp_o2nc: Learning rate of the update. Default 0.01; [0, inf); by group.
    proxy_prox, proximal_point: Learning rate of the inner steps. Default 0.01; [0, inf); by group.
    reg_newton: Share of the Newton step that is taken. Default 1; [0, inf); by group.
    saddle_free_newton: Share of the step that is taken. Default 1; [0, inf); by group.
    truncated_model: Longest step. Default 1; [0, inf); by group.
    rmsprop, adagrad: Learning rate. Default 0.01; [0, inf); by group.
    lion, sophia_g: Learning rate. Default 0.0001; [0, inf); by group.
    adamax, nadam: Learning rate. Default 0.002; [0, inf); by group.
    adadelta, schedule_free_sgd: Learning rate. Default 1; [0, inf); by group.
    rprop: The first step size. Default 0.01; [0, inf); by group.
    asgd: The rate at first. Default 0.01; [0, inf); by group.
    schedule_free_adamw: Learning rate. Default 0.0025; [0, inf); by group.
    adafactor: Largest rate, relative to the weights' root mean square. Default 0.01; [0, inf); by group.
    prodigy: Factor of the step size that is found. Default 1; [0, inf); by group.
    muon: Learning rate of matrices. Default 0.001; [0, inf); by group.
    normuon: Learning rate of matrices. Default 0.02; [0, inf); by group.
    lanton: Largest rate of matrices. Default 0.02; [0, inf); by group.
    soap: Learning rate. Default 0.003; [0, inf); by group.
    sophia_h: Learning rate. Default 0.06; [0, inf); by group.
    oasis: Learning rate; adaptive: of the first step. Default 0.1; [0, inf); by group.
    """
    lr_decay: float
    """adagrad: In step t the rate is lr / (1 + (t - 1) lr_decay). Default 0; [0, inf); by group."""
    master: Flag
    """every optimizer: Parameters of 16 bits have a copy in f32 that is stepped; the host's are that copy, rounded. A change that
    the host makes is not seen. Default False; 0 or 1."""
    matrix_eps: float
    """shampoo: Where the matrices begin, times 1, and their least eigenvalue. Default 1e-06; (0, inf); by group."""
    max_grad_norm: float
    """dp_sat: C, the longest that the gradient of one unit may be. Default 0.1; (0, inf)."""
    max_precondition_dim: int
    """shampoo: Longer axes get no matrix. Another value begins the matrices anew. Default 1024; [1, inf); by group.
    soap: Longer axes get no matrix. Another value begins the matrices anew. Default 10000; [1, inf); by group.
    """
    maximize: Flag
    """every optimizer: Gradients and losses are negated as they arrive. Default False; 0 or 1."""
    micro_batches: int
    """sam_m: Batches of a step, each with a perturbation of its own. Default 4; [1, inf).
    every optimizer: m-sharpness: so many micro-batches have a perturbation each; their directions are averaged. Default 1; [1,
        inf).
    """
    momentum: float
    """sgd: Factor of the running sum of directions; 0: none, and no state. Default 0; [0, 1); by group.
    rmsprop: Factor of the running sum of scaled directions; 0: none, and no state. Default 0; [0, inf); by group.
    schedule_free_sgd: How far the weights lie from the fast sequence towards the average. Default 0.9; (0, 1); by group.
    lars: Factor of the running sum of directions; 0: none, and no state. Default 0.9; [0, 1); by group.
    muon, normuon: Decay of the running mean of directions. Default 0.95; [0, 1); by group.
    shampoo: Factor of the running sum of preconditioned directions; 0: none, and no state. Default 0; [0, 1); by group.
    induced_metric, quantile_clip_sgd: Factor of the running sum; 0: none, and no state. Default 0; [0, inf); by group.
    normalized_sgd: Decay of the running mean of directions; 0: none, and no state. Default 0; [0, 1); by group.
    """
    momentum_decay: float
    """nadam: How fast the momentum grows to beta1. Default 0.004; [0, inf); by group."""
    mu: float
    """zo, zo_sgd, zo_ascent_sam, zo_sam, zo_recursive, zo_frank_wolfe: How far the two points of a slope lie from the weights, in
        units of the probe. Default 0.001; (0, inf).
    exp_o2nc: Strength of the regulariser of the update. Default 0; [0, inf); by group.
    """
    nesterov: Flag
    """sgd, lars: Step along direction + momentum * buffer instead of the buffer. Default False; 0 or 1; by group.
    muon, normuon: Orthogonalise (1 - momentum) d + momentum m instead of m. Default True; 0 or 1; by group.
    """
    noise: float
    """entropy_sgd: Deviation of the noise of a Langevin step, times sqrt(inner_lr). Default 0.0001; [0, inf).
    zo: Length of isotropic noise added to the direction; 0: none. Default 0; [0, inf).
    """
    noise_multiplier: float
    """dp_sat: Deviation of the noise in units of max_grad_norm. Default 1; [0, inf)."""
    nonfinite: Literal["error", "skip", "propagate"]
    """every optimizer: A loss or gradient that is not finite: error ends the step, skip gives it up and counts it, propagate does
    not look. Default error; error, skip, propagate."""
    norm_scope: Literal["global", "tensor"]
    """zsharp: Whose norm the radius is divided by: all that is left, or each tensor's, as in the published code. Default global;
    global, tensor."""
    normalize: Flag
    """cram: The ascent has length rho; 0: rho times the gradient's. Default False; 0 or 1.
    multistep_sam: Each ascent has the length ascent_step; 0: ascent_step times the gradient. Default True; 0 or 1.
    spider: The direction has length 1. Default True; 0 or 1.
    """
    normalized_clean: Flag
    """gnp: The clean gradient is normalised in the mixture, as the published configuration does. Default False; 0 or 1."""
    ns_steps: int
    """muon, normuon: Steps of the iteration. Default 5; [0, 99]; by group.
    lanton: Steps of the orthogonalisation. Default 5; [0, 99]; by group.
    """
    optimism: float
    """optimistic: Weight of the gradient's last change. Default 1; [0, inf); by group."""
    order: Literal["subtract_first", "average_first"]
    """friendly_sam: Whether the mean before this gradient is taken off, as in the published code, or the mean with it, as in the
    paper. Default subtract_first; subtract_first, average_first."""
    p: float
    """rst: Chance that a step is SAM's. Default 0.5; [0, 1].
    sophia_h: Largest magnitude of an element of m / max(h, eps). Default 0.01; (0, inf); by group.
    sophia_g: Factor of the curvature in the divisor. Default 0.04; (0, inf); by group.
    """
    part: Literal["all", "norm", "rest"]
    """sam, asam, sam_filterwise, usam, sam_layerwise, gsam, looksam, friendly_sam and 44 others: Which tensors are perturbed and
        counted in the radius: all, those of role norm, the others. Default all; all, norm, rest.
    sam_on: Which tensors are perturbed and counted in the radius: all, those of role norm, the others. Default norm; all, norm,
        rest.
    """
    period: int
    """eigen_sam: Steps between two power iterations. Default 100; [1, inf).
    sassha, msassha: Steps between two estimates of the diagonal. Default 10; [1, inf).
    zo_recursive: Steps between two estimates from nothing. Default 10; [1, inf).
    spider: Steps between two plain gradients. Default 10; [1, inf).
    """
    plus: Flag
    """cram: The clean gradient is added to the direction. Default True; 0 or 1."""
    power: float
    """normalized_sgd: Power of the norm that divides; 0: the norm does not count. Default 1; [0, 1]; by group."""
    power_steps: int
    """eigen_sam: Products with the Hessian of a power iteration, two evaluations each. Default 5; [1, inf)."""
    precondition_1d: Flag
    """soap: Vectors get a matrix as well. Default False; 0 or 1; by group."""
    precondition_frequency: int
    """shampoo: Steps between two computations of the roots. Default 1; [1, inf); by group.
    soap: Steps between two turns of the bases. Default 10; [1, inf); by group.
    """
    predict: Flag
    """sampa: With base sgd: the auxiliary point follows its momentum and weight_decay; else it is w - lr h. Default True; 0 or 1."""
    quantile: float
    """quantile_clip_sgd: Share of all elements that is cut; 0: sgd. A group's bound is taken over everything too. Default 0.1; [0,
    1); by group."""
    r: float
    """schedule_free_sgd, schedule_free_adamw: Power of the step's number in the weights of the average. Default 0; (-inf, inf); by
    group."""
    radius: float
    """o2nc: Largest length of an update. Default 0.01; [0, inf).
    zo_frank_wolfe: Radius of the ball that the weights move towards. Default 1; (0, inf).
    """
    random_scaling: Flag
    """exp_o2nc: Moves are scaled at random. Default True; 0 or 1."""
    random_start: Flag
    """multistep_sam: The ascent begins at a random point of the ball's surface. Default False; 0 or 1."""
    rank: int
    """saddle_free_newton: Dimension of the Krylov space: products with the Hessian, two evaluations and one vector of memory each.
    Default 10; [1, 1000]."""
    relative: Flag
    """sam_layerwise: The length in a tensor is rho times its norm; 0: rho. Default True; 0 or 1."""
    restart: int
    """o2nc: Steps between two restarts from delta = 0; 0: never. Default 0; [0, inf)."""
    rho: float
    """sam, usam, sam_layerwise, gsam, friendly_sam, dnsam, sam_m, gcsam and 30 others: Radius of the ascent. Default 0.05; [0, inf);
        by group.
    asam, sam_on, sam_filterwise: Radius of the ascent. Default 0.5; [0, inf); by group.
    looksam, crsam, looklayersam, sampa, fisher_sam: Radius of the ascent. Default 0.1; [0, inf); by group.
    gam: Radius of the ascent. Default 0.02; [0, inf); by group.
    msam: Radius of the ascent. Default 0.3; (-inf, inf); by group.
    sassha: Radius of the ascent. Default 0.2; [0, inf); by group.
    msassha: Radius of the ascent. Default 0.3; [0, inf); by group.
    adadelta: Decay of both means of squares. Default 0.9; [0, 1); by group.
    """
    rho_max: float
    """adasap: Radius of the neuron with the lowest score. Default 2; [0, inf).
    le_sam: Largest radius. Default 1; [0, inf).
    tram: Largest radius; 0: none. Default 0; [0, inf).
    """
    rho_min: float
    """adasap: Radius of the neuron with the highest score, and of all that is no neuron. Default 0.01; [0, inf)."""
    rho_norm: float
    """gam: Length of the step up the gradient's norm. Default 0.2; [0, inf); by group."""
    rounding: Literal["nearest", "stochastic"]
    """every optimizer: How weights of 16 bits are rounded: to the nearest, ties to even, or up with the probability of what is cut
    off. Default nearest; nearest, stochastic."""
    rule: Literal["sqrt", "linear"]
    """reg_newton: The shift: sqrt(L |g|), or L |g|. Default sqrt; sqrt, linear."""
    s_init: float
    """bsam: The precision at first. Default 1; (0, inf)."""
    safeguard_warmup: Flag
    """prodigy: Leave lr out of the sums, for schedules with a warm-up. Default False; 0 or 1."""
    samples: int
    """ssam_f: Fisher batches: how many batches are summed. Default 64; [1, inf).
    avg_sam: Points of which the mean gradient is taken. Default 1; [1, inf).
    sassha, msassha: Probes of an estimate, two evaluations each. Default 1; [1, inf).
    """
    scaling: Literal["none", "element", "tensor", "square", "filter", "plain_norm"]
    """sam, sam_on, usam, sam_layerwise, gsam, looksam, friendly_sam, gam and 41 others: Shape of the ball: none 1; element |w| +
        eta; tensor its norm + eta; square |w|; filter the row's norm + eta; plain_norm |w|, outside the norm. Default none; none,
        element, tensor, square, filter, plain_norm; by group.
    asam, adasap: Shape of the ball: none 1; element |w| + eta; tensor its norm + eta; square |w|; filter the row's norm + eta;
        plain_norm |w|, outside the norm. Default element; none, element, tensor, square, filter, plain_norm; by group.
    sam_filterwise: Shape of the ball: none 1; element |w| + eta; tensor its norm + eta; square |w|; filter the row's norm + eta;
        plain_norm |w|, outside the norm. Default filter; none, element, tensor, square, filter, plain_norm; by group.
    """
    scope: Literal["global", "tensor"]
    """looksam, looklayersam: Where projections and ratios are taken: over everything, the paper's, or by tensor. Default global;
    global, tensor."""
    score: Literal["magnitude", "taylor"]
    """adasap: What a neuron matters: the norm of its weights, or |<w, g>|. Default magnitude; magnitude, taylor."""
    seed: int
    """ssam_d, esam, cram, rst, dp_sat, multistep_sam, rsam, rwp and 17 others: Of every random draw. Default 0; [0,
        9007199254740991].
    eigen_sam: Of the first vector. Default 0; [0, 9007199254740991].
    """
    selection: Flag
    """esam: One more evaluation, of the loss at w + e, by which the host selects examples for the last one. Default False; 0 or 1."""
    semi_strong: float
    """damped_newton: Constant of semi-strong self-concordance; 0: the whole Newton step. Default 1; [0, inf)."""
    shampoo_beta: float
    """soap: Decay of the axes' matrices; below 0: beta2. Default -1; (-inf, 1]; by group."""
    sigma: float
    """friendly_sam: Share of the running mean that is taken off. Default 1; [0, inf).
    le_sam: What the loss may rise by to first order. Default 0.05; [0, inf).
    rsam, rwp, arwp, m_arwp: Deviation of the noise in units of each row's norm. Default 0.01; [0, inf).
    avg_sam, anti_pgd: Deviation of the noise of every weight. Default 0.01; [0, inf).
    """
    sign_lr: float
    """lanton: Largest rate of what is no matrix. Default 0.0003; [0, inf); by group."""
    source: Literal["option", "auxiliary"]
    """tram: Where the divergence comes from: the option, or the auxiliary objective's loss at w, one more evaluation. Default
    option; option, auxiliary."""
    sparse_gradient: Flag
    """cram: The perturbed gradient is masked like the weights. Default True; 0 or 1."""
    sparsity: float
    """ssam_f, ssam_d: Share of the weights that are not perturbed. Default 0.2; [0, 1]."""
    sparsity_high: float
    """cram: Highest share of weights that are pruned. Default 0.9; [0, 1)."""
    sparsity_low: float
    """cram: Lowest share of weights that are pruned. Default 0.5; [0, 1)."""
    start_step: int
    """every optimizer: The first step that is the method's. Default 1; [1, inf)."""
    step_max: float
    """rprop: The largest step size. Default 50; [0, inf); by group."""
    step_min: float
    """rprop: The least step size. Default 1e-06; [0, inf); by group."""
    structure: Literal["global", "tensor", "n_m"]
    """cram: One threshold over all tensors, one for each, or n of every m neighbours. Default global; global, tensor, n_m."""
    t0: float
    """asgd: The average begins behind so many steps; before that it is the weights. Default 1e+06; [0, inf); by group."""
    theta: float
    """vasso: Weight of the new gradient in the running mean. Default 0.9; [0, 1]."""
    total_steps: int
    """ssam_d: Steps until nothing is exchanged any more. Default 10000; [1, inf).
    ae_sam, ae_looksam: Steps over which the threshold goes from lambda2 to lambda1. Default 1000; [1, inf).
    """
    trust_clip: float
    """lamb: Largest norm of the weights that counts. Default 10; (0, inf); by group."""
    trust_coefficient: float
    """lars: The layer's rate at equal norms. Default 0.001; (0, inf); by group."""
    update_every: int
    """ssam_f: Steps between two renewals of the mask. Default 1000; [1, inf).
    ssam_d: Steps between two exchanges. Default 1000; [1, inf).
    """
    update_period: int
    """adahessian: Steps between two estimates of the Hessian's diagonal. Default 1; [1, inf); by group.
    sophia_h, sophia_g: Steps between two estimates of the Hessian's diagonal. Default 10; [1, inf); by group.
    """
    update_scale: Literal["preserve_norm", "match_rms"]
    """normuon: Length of the update: preserve_norm that of muon's; match_rms 0.2 sqrt(size). Default preserve_norm; preserve_norm,
    match_rms; by group."""
    warmup_steps: int
    """schedule_free_sgd, schedule_free_adamw: Steps in which the rate rises to lr. Default 0; [0, inf); by group."""
    weight1: float
    """gam: Form projected: weight of g1. Default 0.6; [0, inf)."""
    weight2: float
    """gam: Form projected: weight of g2. Default 0.5; [0, inf)."""
    weight3: float
    """gam: Form projected: weight of g3. Default 0.4; [0, inf)."""
    weight_decay: float
    """bsam: Precision of the prior, for each example. Default 0.0001; [0, inf); by group.
    sassha: Decoupled: w (1 - lr weight_decay). Default 0; [0, inf); by group.
    msassha: Decoupled: w (1 - lr weight_decay). Default 0.01; [0, inf); by group.
    zo_sgd: Weight decay, added to the direction; not on the roles bias and norm. Default 0; [0, inf); by group.
    sgd, adam, rmsprop, adagrad, adamax, adadelta, asgd, schedule_free_sgd and 1 others: Coefficient of w, added to the direction.
        Default 0; [0, inf); by group.
    adamw: Decoupled: w is multiplied by 1 - lr * weight_decay before the update. Default 0.01; [0, inf); by group.
    lion, adafactor, induced_metric, normalized_sgd, quantile_clip_sgd, adahessian, sophia_h: Decoupled: w is multiplied by 1 - lr
        * weight_decay before the update. Default 0; [0, inf); by group.
    nadam, radam, adabelief: Coefficient of w, added to the direction, or decoupled. Default 0; [0, inf); by group.
    adan: Proximal: the new w is divided by 1 + lr * weight_decay; or decoupled. Default 0; [0, inf); by group.
    schedule_free_adamw, lamb: Coefficient of w, added to the scaled direction. Default 0; [0, inf); by group.
    prodigy, lanton: Decoupled: w is multiplied by 1 - rate * weight_decay before the update. Default 0; [0, inf); by group.
    lars: Coefficient of w, added to the direction of tensors of two and more axes. Default 0; [0, inf); by group.
    muon: Decoupled: matrices are multiplied by 1 - lr * weight_decay before the update. Default 0.1; [0, inf); by group.
    normuon: Decoupled: matrices are multiplied by 1 - lr * weight_decay before the update. Default 0; [0, inf); by group.
    soap: Decoupled: w is multiplied by 1 - lr * weight_decay behind the update. Default 0.01; [0, inf); by group.
    sophia_g: Decoupled: w is multiplied by 1 - lr * weight_decay before the update. Default 0.1; [0, inf); by group.
    oasis: Decoupled: w is multiplied by 1 - eta * weight_decay before the update. Default 0; [0, inf); by group.
    """
    weight_lr_power: float
    """schedule_free_sgd, schedule_free_adamw: Power of the largest rate so far in the weights of the average. Default 2; (-inf,
    inf); by group."""
    xi: float
    """induced_metric: Weight of the direction's own metric; 0: sgd. Default 1; [0, inf); by group."""
    z_quantile: float
    """zsharp: Share of a tensor's entries that are filtered out. Default 0.95; [0, 1)."""


class ArrayOptions(Options, total=False):
    """Those of libsam.Optimizer."""

    in_place: Flag
    """every optimizer: Perturbed weights stand in the host's buffers; 0: in the library's, see sam_optimizer_point. Default True; 0
    or 1."""
    zero_gradient: Flag
    """every optimizer: The gradients that were read are cleared before sam_step returns. Default False; 0 or 1."""


class TorchOptions(Options, total=False):
    """Those of libsam.torch.Optimizer."""

    zero_gradient: Flag
    """every optimizer: The gradients that were read are cleared before sam_step returns. Default False; 0 or 1."""
    betas: tuple[float, float]
    """beta1 and beta2, as in torch.
    beta1: adam, adamw, adamax, nadam, radam, adabelief, prodigy, lamb and 1 others: Decay of the first moment. Default 0.9; [0,
        1); by group.
    beta1: lion: Share of the momentum in the mix. Default 0.9; [0, 1); by group.
    beta1: adan: Decay of the moment of the direction. Default 0.98; [0, 1); by group.
    beta1: schedule_free_adamw: How far the weights lie from the fast sequence towards the average. Default 0.9; (0, 1); by group.
    beta1: lanton: Decay of the running mean of directions. Default 0.95; [0, 1); by group.
    beta1: soap: Decay of the first moment. Default 0.95; [0, 1); by group.
    beta1: sophia_h, sophia_g: Decay of the first moment. Default 0.965; [0, 1); by group.
    beta2: adam, adamw, nadam, radam, schedule_free_adamw, prodigy, lamb: Decay of the second moment. Default 0.999; [0, 1); by
        group.
    beta2: lion: Decay of the momentum. Default 0.99; [0, 1); by group.
    beta2: adamax: Decay of the largest magnitude. Default 0.999; [0, 1); by group.
    beta2: adabelief: Decay of the variance. Default 0.999; [0, 1); by group.
    beta2: adan: Decay of the moment of its change, and the change's factor. Default 0.92; [0, 1); by group.
    beta2: normuon: Decay of the rows' mean squares. Default 0.95; [0, 1); by group.
    beta2: lanton: Decay of the mean of squared sizes of the change. Default 0.95; [0, 1); by group.
    beta2: soap: Decay of the second moment. Default 0.95; [0, 1); by group.
    beta2: adahessian: Decay of the squares of the diagonal. Default 0.999; [0, 1); by group.
    beta2: sophia_h, sophia_g: Decay of the curvature. Default 0.99; [0, 1); by group.
    beta2: oasis: Decay of the diagonal. Default 0.999; [0, 1); by group.
    """
