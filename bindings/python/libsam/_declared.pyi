"""Declarations alone: there is no such module when a program runs. Written by bindings/declare.py: do not edit."""
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Literal, overload

import numpy as np

from . import arrays
from .catalog import Entry
from .objective import Objective
from .optimizer import Optimizer
from .result import Result
from .typing import Base, Flag, Measure, Method, RoleName, Schedule

Numbers = float | Sequence[float] | Sequence[Sequence[float]] | np.ndarray

class Attributes:
    """Options as attributes of an Optimizer, of its groups and sections."""

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
    in_place: Flag
    """every optimizer: Perturbed weights stand in the host's buffers; 0: in the library's, see sam_optimizer_point. Default True; 0
    or 1."""
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
    zero_gradient: Flag
    """every optimizer: The gradients that were read are cleared before sam_step returns. Default False; 0 or 1."""

@overload
def measure(parameters: arrays.Arrays | Optimizer, objective: Objective | Callable[..., float] | None, name:
            Literal["lambda_max"], *, roles: Mapping[str, arrays.Role | RoleName | int] | None = None, stacked: Mapping[str, int]
            | None = None, tolerance: float = 0.0001, max_iterations: int = 100, method: Literal["lanczos", "power", "lobpcg"] =
            "lanczos", start: arrays.Arrays = ..., precision: Literal["double", "single"] = "double", operator: Literal["hessian",
            "gauss_newton"] = "hessian", hessian: Literal["auto", "product", "central", "forward", "richardson"] = "auto",
            step_size: float = 0.0, scaling: Literal["none", "element", "filter", "tensor", "tensor_rms", "custom"] = "none",
            bias_scaling: Literal["scaled", "ignore", "unit"] = "scaled", eta: float = 0.0, scaling_values: arrays.Arrays = ...,
            tensor: int = -1, slice: int = -1, seed: int = 24301, max_evaluations: int = 0, batch: int = -1, class_index: int =
            -1, combine: Literal["examples", "batches"] = "examples", loss: Literal["host", "cross_entropy"] = "host",
            normalize_logits: Literal["none", "unit", "rms"] = "none") -> Result:
    """The largest eigenvalue of the Hessian, with its eigenvector: the sharpness that limits step sizes.

    tolerance: Ends the iteration: the residual |Hv - value v| relative to the largest magnitude; the value itself is then right
        to about its square over the relative gap. 1e-8 where nothing is given, all is f64 and products are the host's. [0, 1]
    max_iterations: Limit of the iteration. [1, 1000000]
    method: How: Lanczos with full reorthogonalisation, shifted power iteration, LOBPCG.
    start: Where the iteration begins; else at random, normal, draw 1. arrays by name
    precision: Of the vectors that Lanczos keeps; single halves their memory, orthogonality is then about 1e-6.
    operator: What the products are with: the Hessian, or the host's Gauss-Newton matrix.
    hessian: auto: the host's product, else central differences of gradients; or one of them.
    step_size: Difference step, relative to 1 + the norm of the weights; 0: found (3e-7 or 1e-4 by dtype, smaller where the answer
        asks for it). [0, 1]
    scaling: The scale c: 1; |w| + eta; the norm of the row (rank < 2: |w|); the norm of the tensor; that over the root of its
        size; scaling_values.
    bias_scaling: Tensors of rank < 2 under a scale: like the others, not perturbed, or c = 1.
    eta: Added to the magnitude in element scale. [0, 1000000]
    scaling_values: The scale of scaling = custom, all >= 0. arrays by name
    tensor: Only this tensor, by its index in the set: its diagonal block, no perturbation elsewhere; -1: all. [-1, inf)
    slice: Of a stacked tensor (setting tensor): only this matrix of it, from 0; -1: all. [-1, inf)
    """
@overload
def measure(parameters: arrays.Arrays | Optimizer, objective: Objective | Callable[..., float] | None, name:
            Literal["lambda_min"], *, roles: Mapping[str, arrays.Role | RoleName | int] | None = None, stacked: Mapping[str, int]
            | None = None, tolerance: float = 0.0001, max_iterations: int = 100, method: Literal["lanczos", "power", "lobpcg"] =
            "lanczos", start: arrays.Arrays = ..., precision: Literal["double", "single"] = "double", operator: Literal["hessian",
            "gauss_newton"] = "hessian", hessian: Literal["auto", "product", "central", "forward", "richardson"] = "auto",
            step_size: float = 0.0, scaling: Literal["none", "element", "filter", "tensor", "tensor_rms", "custom"] = "none",
            bias_scaling: Literal["scaled", "ignore", "unit"] = "scaled", eta: float = 0.0, scaling_values: arrays.Arrays = ...,
            tensor: int = -1, slice: int = -1, seed: int = 24301, max_evaluations: int = 0, batch: int = -1, class_index: int =
            -1, combine: Literal["examples", "batches"] = "examples", loss: Literal["host", "cross_entropy"] = "host",
            normalize_logits: Literal["none", "unit", "rms"] = "none") -> Result:
    """The smallest eigenvalue of the Hessian, negative off a minimum, with its eigenvector.

    tolerance: Ends the iteration: the residual |Hv - value v| relative to the largest magnitude; the value itself is then right
        to about its square over the relative gap. 1e-8 where nothing is given, all is f64 and products are the host's. [0, 1]
    max_iterations: Limit of the iteration. [1, 1000000]
    method: How: Lanczos with full reorthogonalisation, shifted power iteration, LOBPCG.
    start: Where the iteration begins; else at random, normal, draw 1. arrays by name
    precision: Of the vectors that Lanczos keeps; single halves their memory, orthogonality is then about 1e-6.
    operator: What the products are with: the Hessian, or the host's Gauss-Newton matrix.
    hessian: auto: the host's product, else central differences of gradients; or one of them.
    step_size: Difference step, relative to 1 + the norm of the weights; 0: found (3e-7 or 1e-4 by dtype, smaller where the answer
        asks for it). [0, 1]
    scaling: The scale c: 1; |w| + eta; the norm of the row (rank < 2: |w|); the norm of the tensor; that over the root of its
        size; scaling_values.
    bias_scaling: Tensors of rank < 2 under a scale: like the others, not perturbed, or c = 1.
    eta: Added to the magnitude in element scale. [0, 1000000]
    scaling_values: The scale of scaling = custom, all >= 0. arrays by name
    tensor: Only this tensor, by its index in the set: its diagonal block, no perturbation elsewhere; -1: all. [-1, inf)
    slice: Of a stacked tensor (setting tensor): only this matrix of it, from 0; -1: all. [-1, inf)
    """
@overload
def measure(parameters: arrays.Arrays | Optimizer, objective: Objective | Callable[..., float] | None, name:
            Literal["eigenpairs"], *, roles: Mapping[str, arrays.Role | RoleName | int] | None = None, stacked: Mapping[str, int]
            | None = None, count: int = 5, which: Literal["largest", "smallest", "magnitude", "both"] = "largest", tolerance:
            float = 0.0001, max_iterations: int = 20, method: Literal["lanczos", "power", "lobpcg"] = "lanczos", operator:
            Literal["hessian", "gauss_newton"] = "hessian", hessian: Literal["auto", "product", "central", "forward",
            "richardson"] = "auto", step_size: float = 0.0, scaling: Literal["none", "element", "filter", "tensor", "tensor_rms",
            "custom"] = "none", bias_scaling: Literal["scaled", "ignore", "unit"] = "scaled", eta: float = 0.0, scaling_values:
            arrays.Arrays = ..., tensor: int = -1, slice: int = -1, seed: int = 24301, max_evaluations: int = 0, batch: int = -1,
            class_index: int = -1, combine: Literal["examples", "batches"] = "examples", loss: Literal["host", "cross_entropy"] =
            "host", normalize_logits: Literal["none", "unit", "rms"] = "none") -> Result:
    """The outermost eigenvalues of the Hessian with their eigenvectors.

    count: How many. [1, 64]
    which: Which: algebraically largest or smallest, largest in magnitude, or both ends.
    tolerance: Ends the iteration: the residual |Hv - value v| relative to the largest magnitude; the value itself is then right
        to about its square over the relative gap. 1e-8 where nothing is given, all is f64 and products are the host's. [0, 1]
    max_iterations: Limit of the iteration. [1, 1000000]
    method: How: Lanczos with restarts, power iteration with deflation, LOBPCG. max_iterations counts restarts, or products a
        pair.
    operator: What the products are with: the Hessian, or the host's Gauss-Newton matrix.
    hessian: auto: the host's product, else central differences of gradients; or one of them.
    step_size: Difference step, relative to 1 + the norm of the weights; 0: found (3e-7 or 1e-4 by dtype, smaller where the answer
        asks for it). [0, 1]
    scaling: The scale c: 1; |w| + eta; the norm of the row (rank < 2: |w|); the norm of the tensor; that over the root of its
        size; scaling_values.
    bias_scaling: Tensors of rank < 2 under a scale: like the others, not perturbed, or c = 1.
    eta: Added to the magnitude in element scale. [0, 1000000]
    scaling_values: The scale of scaling = custom, all >= 0. arrays by name
    tensor: Only this tensor, by its index in the set: its diagonal block, no perturbation elsewhere; -1: all. [-1, inf)
    slice: Of a stacked tensor (setting tensor): only this matrix of it, from 0; -1: all. [-1, inf)
    """
@overload
def measure(parameters: arrays.Arrays | Optimizer, objective: Objective | Callable[..., float] | None, name: Literal["trace"], *,
            roles: Mapping[str, arrays.Role | RoleName | int] | None = None, stacked: Mapping[str, int] | None = None, samples:
            int = 60, method: Literal["auto", "exact", "hutchinson", "hutchpp", "xtrace"] = "auto", distribution:
            Literal["rademacher", "normal"] = "rademacher", tolerance: float = 0.0, operator: Literal["hessian", "gauss_newton"] =
            "hessian", hessian: Literal["auto", "product", "central", "forward", "richardson"] = "auto", step_size: float = 0.0,
            scaling: Literal["none", "element", "filter", "tensor", "tensor_rms", "custom"] = "none", bias_scaling:
            Literal["scaled", "ignore", "unit"] = "scaled", eta: float = 0.0, scaling_values: arrays.Arrays = ..., tensor: int =
            -1, slice: int = -1, seed: int = 24301, max_evaluations: int = 0, batch: int = -1, class_index: int = -1, combine:
            Literal["examples", "batches"] = "examples", loss: Literal["host", "cross_entropy"] = "host", normalize_logits:
            Literal["none", "unit", "rms"] = "none") -> Result:
    """The trace of the Hessian, estimated with its error.

    samples: Random draws or probes. [1, 1000000]
    method: auto: exact for n <= 200, else xtrace.
    distribution: Of the probes' elements.
    tolerance: hutchinson: ends behind ten probes where the standard error is this share of the mean; 0: never. [0, 1]
    operator: What the products are with: the Hessian, or the host's Gauss-Newton matrix.
    hessian: auto: the host's product, else central differences of gradients; or one of them.
    step_size: Difference step, relative to 1 + the norm of the weights; 0: found (3e-7 or 1e-4 by dtype, smaller where the answer
        asks for it). [0, 1]
    scaling: The scale c: 1; |w| + eta; the norm of the row (rank < 2: |w|); the norm of the tensor; that over the root of its
        size; scaling_values.
    bias_scaling: Tensors of rank < 2 under a scale: like the others, not perturbed, or c = 1.
    eta: Added to the magnitude in element scale. [0, 1000000]
    scaling_values: The scale of scaling = custom, all >= 0. arrays by name
    tensor: Only this tensor, by its index in the set: its diagonal block, no perturbation elsewhere; -1: all. [-1, inf)
    slice: Of a stacked tensor (setting tensor): only this matrix of it, from 0; -1: all. [-1, inf)
    """
@overload
def measure(parameters: arrays.Arrays | Optimizer, objective: Objective | Callable[..., float] | None, name: Literal["frobenius"],
            *, roles: Mapping[str, arrays.Role | RoleName | int] | None = None, stacked: Mapping[str, int] | None = None, samples:
            int = 100, method: Literal["auto", "exact", "hutchinson"] = "auto", distribution: Literal["rademacher", "normal"] =
            "rademacher", operator: Literal["hessian", "gauss_newton"] = "hessian", hessian: Literal["auto", "product", "central",
            "forward", "richardson"] = "auto", step_size: float = 0.0, scaling: Literal["none", "element", "filter", "tensor",
            "tensor_rms", "custom"] = "none", bias_scaling: Literal["scaled", "ignore", "unit"] = "scaled", eta: float = 0.0,
            scaling_values: arrays.Arrays = ..., tensor: int = -1, slice: int = -1, seed: int = 24301, max_evaluations: int = 0,
            batch: int = -1, class_index: int = -1, combine: Literal["examples", "batches"] = "examples", loss: Literal["host",
            "cross_entropy"] = "host", normalize_logits: Literal["none", "unit", "rms"] = "none") -> Result:
    """The Frobenius norm of the Hessian.

    samples: Random draws or probes. [1, 1000000]
    method: auto: exact for n <= 64, else hutchinson.
    distribution: Of the probes' elements.
    operator: What the products are with: the Hessian, or the host's Gauss-Newton matrix.
    hessian: auto: the host's product, else central differences of gradients; or one of them.
    step_size: Difference step, relative to 1 + the norm of the weights; 0: found (3e-7 or 1e-4 by dtype, smaller where the answer
        asks for it). [0, 1]
    scaling: The scale c: 1; |w| + eta; the norm of the row (rank < 2: |w|); the norm of the tensor; that over the root of its
        size; scaling_values.
    bias_scaling: Tensors of rank < 2 under a scale: like the others, not perturbed, or c = 1.
    eta: Added to the magnitude in element scale. [0, 1000000]
    scaling_values: The scale of scaling = custom, all >= 0. arrays by name
    tensor: Only this tensor, by its index in the set: its diagonal block, no perturbation elsewhere; -1: all. [-1, inf)
    slice: Of a stacked tensor (setting tensor): only this matrix of it, from 0; -1: all. [-1, inf)
    """
@overload
def measure(parameters: arrays.Arrays | Optimizer, objective: Objective | Callable[..., float] | None, name: Literal["diagonal"],
            *, roles: Mapping[str, arrays.Role | RoleName | int] | None = None, stacked: Mapping[str, int] | None = None, samples:
            int = 100, operator: Literal["hessian", "gauss_newton"] = "hessian", hessian: Literal["auto", "product", "central",
            "forward", "richardson"] = "auto", step_size: float = 0.0, scaling: Literal["none", "element", "filter", "tensor",
            "tensor_rms", "custom"] = "none", bias_scaling: Literal["scaled", "ignore", "unit"] = "scaled", eta: float = 0.0,
            scaling_values: arrays.Arrays = ..., tensor: int = -1, slice: int = -1, seed: int = 24301, max_evaluations: int = 0,
            batch: int = -1, class_index: int = -1, combine: Literal["examples", "batches"] = "examples", loss: Literal["host",
            "cross_entropy"] = "host", normalize_logits: Literal["none", "unit", "rms"] = "none") -> Result:
    """The diagonal of the Hessian.

    samples: Random draws or probes. [1, 1000000]
    operator: What the products are with: the Hessian, or the host's Gauss-Newton matrix.
    hessian: auto: the host's product, else central differences of gradients; or one of them.
    step_size: Difference step, relative to 1 + the norm of the weights; 0: found (3e-7 or 1e-4 by dtype, smaller where the answer
        asks for it). [0, 1]
    scaling: The scale c: 1; |w| + eta; the norm of the row (rank < 2: |w|); the norm of the tensor; that over the root of its
        size; scaling_values.
    bias_scaling: Tensors of rank < 2 under a scale: like the others, not perturbed, or c = 1.
    eta: Added to the magnitude in element scale. [0, 1000000]
    scaling_values: The scale of scaling = custom, all >= 0. arrays by name
    tensor: Only this tensor, by its index in the set: its diagonal block, no perturbation elsewhere; -1: all. [-1, inf)
    slice: Of a stacked tensor (setting tensor): only this matrix of it, from 0; -1: all. [-1, inf)
    """
@overload
def measure(parameters: arrays.Arrays | Optimizer, objective: Objective | Callable[..., float] | None, name:
            Literal["spectral_density"], *, roles: Mapping[str, arrays.Role | RoleName | int] | None = None, stacked: Mapping[str,
            int] | None = None, samples: int = 10, steps: int = 80, kernel: Literal["papyan", "pyhessian", "fixed"] = "papyan",
            count: int = 1024, width: float = 0.0, z: float = 1e-06, edges: Numbers = ..., distribution: Literal["rademacher",
            "normal"] = "rademacher", operator: Literal["hessian", "gauss_newton"] = "hessian", hessian: Literal["auto",
            "product", "central", "forward", "richardson"] = "auto", step_size: float = 0.0, scaling: Literal["none", "element",
            "filter", "tensor", "tensor_rms", "custom"] = "none", bias_scaling: Literal["scaled", "ignore", "unit"] = "scaled",
            eta: float = 0.0, scaling_values: arrays.Arrays = ..., tensor: int = -1, slice: int = -1, seed: int = 24301,
            max_evaluations: int = 0, batch: int = -1, class_index: int = -1, combine: Literal["examples", "batches"] =
            "examples", loss: Literal["host", "cross_entropy"] = "host", normalize_logits: Literal["none", "unit", "rms"] =
            "none") -> Result:
    """The density of the Hessian's eigenvalues, its moments, and the share of negative ones.

    samples: Random draws or probes. [1, 1000000]
    steps: Lanczos steps a probe; n or more: all eigenvalues, exactly. [1, 1000000]
    kernel: The width of the Gaussians.
    count: Points of the grid. [2, 1000000]
    width: kernel = fixed: the Gaussians' standard deviation, in units of eigenvalues. [0, inf)
    z: What is negative, relative to the largest magnitude. [0, 1]
    edges: Ascending ends of intervals whose eigenvalues are counted. (-inf, inf)
    distribution: Of the probes' elements.
    operator: What the products are with: the Hessian, or the host's Gauss-Newton matrix.
    hessian: auto: the host's product, else central differences of gradients; or one of them.
    step_size: Difference step, relative to 1 + the norm of the weights; 0: found (3e-7 or 1e-4 by dtype, smaller where the answer
        asks for it). [0, 1]
    scaling: The scale c: 1; |w| + eta; the norm of the row (rank < 2: |w|); the norm of the tensor; that over the root of its
        size; scaling_values.
    bias_scaling: Tensors of rank < 2 under a scale: like the others, not perturbed, or c = 1.
    eta: Added to the magnitude in element scale. [0, 1000000]
    scaling_values: The scale of scaling = custom, all >= 0. arrays by name
    tensor: Only this tensor, by its index in the set: its diagonal block, no perturbation elsewhere; -1: all. [-1, inf)
    slice: Of a stacked tensor (setting tensor): only this matrix of it, from 0; -1: all. [-1, inf)
    """
@overload
def measure(parameters: arrays.Arrays | Optimizer, objective: Objective | Callable[..., float] | None, name: Literal["layerwise"],
            *, roles: Mapping[str, arrays.Role | RoleName | int] | None = None, stacked: Mapping[str, int] | None = None, measure:
            Literal["trace", "lambda_max", "lambda_min", "spectral_norm", "frobenius", "worst_case", "average_case", "sam_gap",
            "gradient_norm", "first_order_flatness", "eps_radius"] = "trace", shared_probe: Flag = False, seed: int = 24301,
            max_evaluations: int = 0, batch: int = -1, class_index: int = -1, combine: Literal["examples", "batches"] =
            "examples", loss: Literal["host", "cross_entropy"] = "host", normalize_logits: Literal["none", "unit", "rms"] =
            "none") -> Result:
    """Another measure of each tensor by itself.

    measure: Which measure; it takes its settings too.
    shared_probe: measure = trace: one product serves all tensors. 0 or 1
    """
@overload
def measure(parameters: arrays.Arrays | Optimizer, objective: Objective | Callable[..., float] | None, name: Literal["classwise"],
            *, roles: Mapping[str, arrays.Role | RoleName | int] | None = None, stacked: Mapping[str, int] | None = None, measure:
            Literal["trace", "lambda_max", "lambda_min", "spectral_norm", "frobenius", "worst_case", "average_case", "sam_gap",
            "gradient_norm", "first_order_flatness"] = "trace", seed: int = 24301, max_evaluations: int = 0, batch: int = -1,
            class_index: int = -1, combine: Literal["examples", "batches"] = "examples", loss: Literal["host", "cross_entropy"] =
            "host", normalize_logits: Literal["none", "unit", "rms"] = "none") -> Result:
    """Another measure, and the curvature's ends, of each class by itself.

    measure: Which measure; it takes its settings too.
    """
@overload
def measure(parameters: arrays.Arrays | Optimizer, objective: Objective | Callable[..., float] | None, name:
            Literal["worst_case"], *, roles: Mapping[str, arrays.Role | RoleName | int] | None = None, stacked: Mapping[str, int]
            | None = None, rho: Numbers = 0.5, norm: Literal["l2", "linf"] = "l2", projection: Literal["scaled", "euclidean"] =
            "scaled", steps: int = 20, restarts: int = 1, start: Literal["zero", "random", "eigenvector"] = "zero", keep: Flag =
            False, scaling: Literal["none", "element", "filter", "tensor", "tensor_rms", "custom"] = "none", bias_scaling:
            Literal["scaled", "ignore", "unit"] = "scaled", eta: float = 0.0, scaling_values: arrays.Arrays = ..., tensor: int =
            -1, slice: int = -1, seed: int = 24301, max_evaluations: int = 0, batch: int = -1, class_index: int = -1, combine:
            Literal["examples", "batches"] = "examples", loss: Literal["host", "cross_entropy"] = "host", normalize_logits:
            Literal["none", "unit", "rms"] = "none") -> Result:
    """The largest rise of the loss within a ball: adaptive worst-case sharpness.

    rho: Radius of the perturbation, or a list of radii; 0 answers exactly 0. [0, 1000000]
    norm: Norm of the perturbation set.
    projection: How a point outside the set is brought back: along the ray in scaled coordinates, or to the closest point of the
        weights' space.
    steps: Iterations. [1, 1000000]
    restarts: Independent starts; the best counts. [1, 1000]
    start: Where the ascent begins.
    keep: Report the perturbation. 0 or 1
    scaling: The scale c: 1; |w| + eta; the norm of the row (rank < 2: |w|); the norm of the tensor; that over the root of its
        size; scaling_values.
    bias_scaling: Tensors of rank < 2 under a scale: like the others, not perturbed, or c = 1.
    eta: Added to the magnitude in element scale. [0, 1000000]
    scaling_values: The scale of scaling = custom, all >= 0. arrays by name
    tensor: Only this tensor, by its index in the set: its diagonal block, no perturbation elsewhere; -1: all. [-1, inf)
    slice: Of a stacked tensor (setting tensor): only this matrix of it, from 0; -1: all. [-1, inf)
    """
@overload
def measure(parameters: arrays.Arrays | Optimizer, objective: Objective | Callable[..., float] | None, name:
            Literal["average_case"], *, roles: Mapping[str, arrays.Role | RoleName | int] | None = None, stacked: Mapping[str,
            int] | None = None, rho: Numbers = 0.1, samples: int = 100, shape: Literal["normal", "uniform", "sphere"] = "normal",
            antithetic: Flag = True, quantiles: Numbers = ..., scaling: Literal["none", "element", "filter", "tensor",
            "tensor_rms", "custom"] = "none", bias_scaling: Literal["scaled", "ignore", "unit"] = "scaled", eta: float = 0.0,
            scaling_values: arrays.Arrays = ..., tensor: int = -1, slice: int = -1, seed: int = 24301, max_evaluations: int = 0,
            batch: int = -1, class_index: int = -1, combine: Literal["examples", "batches"] = "examples", loss: Literal["host",
            "cross_entropy"] = "host", normalize_logits: Literal["none", "unit", "rms"] = "none") -> Result:
    """The mean rise of the loss under random perturbations: average-case sharpness, and the loss smoothed.

    rho: Radius of the perturbation, or a list of radii; 0 answers exactly 0. [0, 1000000]
    samples: Random draws or probes. [1, 1000000]
    shape: Of the random vectors.
    antithetic: Draws in pairs of either sign. 0 or 1
    quantiles: Shares at which quantiles of the draws are reported. [0, 1]
    scaling: The scale c: 1; |w| + eta; the norm of the row (rank < 2: |w|); the norm of the tensor; that over the root of its
        size; scaling_values.
    bias_scaling: Tensors of rank < 2 under a scale: like the others, not perturbed, or c = 1.
    eta: Added to the magnitude in element scale. [0, 1000000]
    scaling_values: The scale of scaling = custom, all >= 0. arrays by name
    tensor: Only this tensor, by its index in the set: its diagonal block, no perturbation elsewhere; -1: all. [-1, inf)
    slice: Of a stacked tensor (setting tensor): only this matrix of it, from 0; -1: all. [-1, inf)
    """
@overload
def measure(parameters: arrays.Arrays | Optimizer, objective: Objective | Callable[..., float] | None, name:
            Literal["m_sharpness"], *, roles: Mapping[str, arrays.Role | RoleName | int] | None = None, stacked: Mapping[str, int]
            | None = None, sizes: Numbers = ..., measure: Literal["worst_case", "sam_gap"] = "worst_case", seed: int = 24301,
            max_evaluations: int = 0, batch: int = -1, class_index: int = -1, combine: Literal["examples", "batches"] =
            "examples", loss: Literal["host", "cross_entropy"] = "host", normalize_logits: Literal["none", "unit", "rms"] =
            "none") -> Result:
    """The worst rise by how many batches share a perturbation.

    sizes: Batches at a time; absent: 1, 2, 4 and so on, and all. [1, inf)
    measure: Which measure; it takes its settings too.
    """
@overload
def measure(parameters: arrays.Arrays | Optimizer, objective: Objective | Callable[..., float] | None, name: Literal["sam_gap"],
            *, roles: Mapping[str, arrays.Role | RoleName | int] | None = None, stacked: Mapping[str, int] | None = None, rho:
            Numbers = 0.05, cosine: Flag = False, scaling: Literal["none", "element", "filter", "tensor", "tensor_rms", "custom"]
            = "none", bias_scaling: Literal["scaled", "ignore", "unit"] = "scaled", eta: float = 0.0, scaling_values:
            arrays.Arrays = ..., tensor: int = -1, slice: int = -1, seed: int = 24301, max_evaluations: int = 0, batch: int = -1,
            class_index: int = -1, combine: Literal["examples", "batches"] = "examples", loss: Literal["host", "cross_entropy"] =
            "host", normalize_logits: Literal["none", "unit", "rms"] = "none") -> Result:
    """The rise of the loss at SAM's perturbation, one step along the gradient.

    rho: Radius of the perturbation, or a list of radii; 0 answers exactly 0. [0, 1000000]
    cosine: Report the cosine of the two gradients. 0 or 1
    scaling: The scale c: 1; |w| + eta; the norm of the row (rank < 2: |w|); the norm of the tensor; that over the root of its
        size; scaling_values.
    bias_scaling: Tensors of rank < 2 under a scale: like the others, not perturbed, or c = 1.
    eta: Added to the magnitude in element scale. [0, 1000000]
    scaling_values: The scale of scaling = custom, all >= 0. arrays by name
    tensor: Only this tensor, by its index in the set: its diagonal block, no perturbation elsewhere; -1: all. [-1, inf)
    slice: Of a stacked tensor (setting tensor): only this matrix of it, from 0; -1: all. [-1, inf)
    """
@overload
def measure(parameters: arrays.Arrays | Optimizer, objective: Objective | Callable[..., float] | None, name:
            Literal["first_order_flatness"], *, roles: Mapping[str, arrays.Role | RoleName | int] | None = None, stacked:
            Mapping[str, int] | None = None, rho: Numbers = 0.05, steps: int = 20, restarts: int = 1, one_step: Flag = False,
            operator: Literal["hessian", "gauss_newton"] = "hessian", hessian: Literal["auto", "product", "central", "forward",
            "richardson"] = "auto", step_size: float = 0.0, scaling: Literal["none", "element", "filter", "tensor", "tensor_rms",
            "custom"] = "none", bias_scaling: Literal["scaled", "ignore", "unit"] = "scaled", eta: float = 0.0, scaling_values:
            arrays.Arrays = ..., tensor: int = -1, slice: int = -1, seed: int = 24301, max_evaluations: int = 0, batch: int = -1,
            class_index: int = -1, combine: Literal["examples", "batches"] = "examples", loss: Literal["host", "cross_entropy"] =
            "host", normalize_logits: Literal["none", "unit", "rms"] = "none") -> Result:
    """The largest gradient norm within a ball: first-order flatness.

    rho: Radius of the perturbation, or a list of radii; 0 answers exactly 0. [0, 1000000]
    steps: Iterations. [1, 1000000]
    restarts: Independent starts; the best counts. [1, 1000]
    one_step: One step along the norm's gradient in place of the ascent. 0 or 1
    operator: What the products are with: the Hessian, or the host's Gauss-Newton matrix.
    hessian: auto: the host's product, else central differences of gradients; or one of them.
    step_size: Difference step, relative to 1 + the norm of the weights; 0: found (3e-7 or 1e-4 by dtype, smaller where the answer
        asks for it). [0, 1]
    scaling: The scale c: 1; |w| + eta; the norm of the row (rank < 2: |w|); the norm of the tensor; that over the root of its
        size; scaling_values.
    bias_scaling: Tensors of rank < 2 under a scale: like the others, not perturbed, or c = 1.
    eta: Added to the magnitude in element scale. [0, 1000000]
    scaling_values: The scale of scaling = custom, all >= 0. arrays by name
    tensor: Only this tensor, by its index in the set: its diagonal block, no perturbation elsewhere; -1: all. [-1, inf)
    slice: Of a stacked tensor (setting tensor): only this matrix of it, from 0; -1: all. [-1, inf)
    """
@overload
def measure(parameters: arrays.Arrays | Optimizer, objective: Objective | Callable[..., float] | None, name:
            Literal["noise_scale"], *, roles: Mapping[str, arrays.Role | RoleName | int] | None = None, stacked: Mapping[str, int]
            | None = None, batch_size: float = 0.0, full: Flag = False, samples: int = 0, operator: Literal["hessian",
            "gauss_newton"] = "hessian", hessian: Literal["auto", "product", "central", "forward", "richardson"] = "auto",
            step_size: float = 0.0, seed: int = 24301, max_evaluations: int = 0, batch: int = -1, class_index: int = -1, combine:
            Literal["examples", "batches"] = "examples", loss: Literal["host", "cross_entropy"] = "host", normalize_logits:
            Literal["none", "unit", "rms"] = "none") -> Result:
    """The batch size at which the gradient's noise equals its signal.

    batch_size: Examples of a batch, without single examples; 0: the mean of the batches. [0, inf)
    full: Also with the curvature. 0 or 1
    samples: Examples at random; 0: all. [0, 1000000]
    operator: What the products are with: the Hessian, or the host's Gauss-Newton matrix.
    hessian: auto: the host's product, else central differences of gradients; or one of them.
    step_size: Difference step, relative to 1 + the norm of the weights; 0: found (3e-7 or 1e-4 by dtype, smaller where the answer
        asks for it). [0, 1]
    """
@overload
def measure(parameters: arrays.Arrays | Optimizer, objective: Objective | Callable[..., float] | None, name:
            Literal["stability_ratio"], *, roles: Mapping[str, arrays.Role | RoleName | int] | None = None, stacked: Mapping[str,
            int] | None = None, lr: float = ..., rule: Literal["gradient_descent", "momentum", "nesterov", "ema_momentum",
            "adaptive", "sam", "sam_unnormalized", "sgd_trace"] = "gradient_descent", beta: float = 0.9, beta2: float = 0.999,
            eps: float = 1e-08, step: int = 1, weight_decay: float = 0.0, rho: float = 0.05, preconditioner: arrays.Arrays = ...,
            count: int = 1, tolerance: float = 0.0001, max_iterations: int = 100, method: Literal["lanczos", "power", "lobpcg"] =
            "lanczos", start: arrays.Arrays = ..., precision: Literal["double", "single"] = "double", operator: Literal["hessian",
            "gauss_newton"] = "hessian", hessian: Literal["auto", "product", "central", "forward", "richardson"] = "auto",
            step_size: float = 0.0, seed: int = 24301, max_evaluations: int = 0, batch: int = -1, class_index: int = -1, combine:
            Literal["examples", "batches"] = "examples", loss: Literal["host", "cross_entropy"] = "host", normalize_logits:
            Literal["none", "unit", "rms"] = "none") -> Result:
    """The sharpness over an optimizer's threshold of stability.

    lr: Learning rate. (0, inf)
    rule: The optimizer.
    beta: Momentum. [0, 1)
    beta2: adaptive: of the second moment. [0, 1)
    eps: adaptive: added to its root. [0, inf)
    step: adaptive: the preconditioner is Adam's second moment behind so many steps. [1, inf)
    weight_decay: Added to the curvature. [0, inf)
    rho: sam: the radius. [0, inf)
    preconditioner: adaptive: P. arrays by name
    count: Eigenvalues to report. [1, 64]
    tolerance: Ends the iteration: the residual |Hv - value v| relative to the largest magnitude; the value itself is then right
        to about its square over the relative gap. 1e-8 where nothing is given, all is f64 and products are the host's. [0, 1]
    max_iterations: Limit of the iteration. [1, 1000000]
    method: How: Lanczos with full reorthogonalisation, shifted power iteration, LOBPCG.
    start: Where the iteration begins; else at random, normal, draw 1. arrays by name
    precision: Of the vectors that Lanczos keeps; single halves their memory, orthogonality is then about 1e-6.
    operator: What the products are with: the Hessian, or the host's Gauss-Newton matrix.
    hessian: auto: the host's product, else central differences of gradients; or one of them.
    step_size: Difference step, relative to 1 + the norm of the weights; 0: found (3e-7 or 1e-4 by dtype, smaller where the answer
        asks for it). [0, 1]
    """
@overload
def measure(parameters: arrays.Arrays | Optimizer, objective: Objective | Callable[..., float] | None, name:
            Literal["directional_sharpness"], *, roles: Mapping[str, arrays.Role | RoleName | int] | None = None, stacked:
            Mapping[str, int] | None = None, direction: arrays.Arrays = ..., length: float = 1.0, operator: Literal["hessian",
            "gauss_newton"] = "hessian", hessian: Literal["auto", "product", "central", "forward", "richardson"] = "auto",
            step_size: float = 0.0, seed: int = 24301, max_evaluations: int = 0, batch: int = -1, class_index: int = -1, combine:
            Literal["examples", "batches"] = "examples", loss: Literal["host", "cross_entropy"] = "host", normalize_logits:
            Literal["none", "unit", "rms"] = "none") -> Result:
    """The curvature along given directions, and the loss there by orders.

    direction: A direction; absent: the gradient. arrays by name
    length: Of the displacement. (0, inf)
    operator: What the products are with: the Hessian, or the host's Gauss-Newton matrix.
    hessian: auto: the host's product, else central differences of gradients; or one of them.
    step_size: Difference step, relative to 1 + the norm of the weights; 0: found (3e-7 or 1e-4 by dtype, smaller where the answer
        asks for it). [0, 1]
    """
@overload
def measure(parameters: arrays.Arrays | Optimizer, objective: Objective | Callable[..., float] | None, name: Literal["slice_1d"],
            *, roles: Mapping[str, arrays.Role | RoleName | int] | None = None, stacked: Mapping[str, int] | None = None,
            directions: Literal["random", "gradient", "eigenvectors", "given", "pca"] = "random", direction: arrays.Arrays = ...,
            point: arrays.Arrays = ..., normalization: Literal["none", "unit", "filter", "tensor", "weight", "weight_absolute"] =
            "filter", bias_scaling: Literal["scaled", "ignore", "unit"] = "ignore", low: float = -1.0, high: float = 1.0, count:
            int = 51, curvature: Flag = False, keep: Flag = False, refresh: Flag = False, seed: int = 24301, max_evaluations: int
            = 0, batch: int = -1, class_index: int = -1, combine: Literal["examples", "batches"] = "examples", loss:
            Literal["host", "cross_entropy"] = "host", normalize_logits: Literal["none", "unit", "rms"] = "none") -> Result:
    """The loss along a line through the weights.

    directions: Which; given where `direction` is.
    direction: A direction. arrays by name
    point: directions = pca: a point of the trajectory. arrays by name
    normalization: Of the directions; where it is not given: filter of random ones, unit of the gradient, none of others.
    bias_scaling: Tensors of rank < 2: normalised as a whole, 0, or as drawn.
    low: The first coordinate. (-inf, inf)
    high: The last coordinate, above the first. (-inf, inf)
    count: Points, along each axis. [2, 1000000]
    curvature: Report slopes and curvatures. 0 or 1
    keep: Report the direction. 0 or 1
    refresh: Running statistics are renewed at each point. 0 or 1
    """
@overload
def measure(parameters: arrays.Arrays | Optimizer, objective: Objective | Callable[..., float] | None, name: Literal["slice_2d"],
            *, roles: Mapping[str, arrays.Role | RoleName | int] | None = None, stacked: Mapping[str, int] | None = None,
            directions: Literal["random", "gradient", "eigenvectors", "given", "pca"] = "random", direction: arrays.Arrays = ...,
            point: arrays.Arrays = ..., normalization: Literal["none", "unit", "filter", "tensor", "weight", "weight_absolute"] =
            "filter", bias_scaling: Literal["scaled", "ignore", "unit"] = "ignore", low: float = -1.0, high: float = 1.0, count:
            int = 51, keep: Flag = False, refresh: Flag = False, seed: int = 24301, max_evaluations: int = 0, batch: int = -1,
            class_index: int = -1, combine: Literal["examples", "batches"] = "examples", loss: Literal["host", "cross_entropy"] =
            "host", normalize_logits: Literal["none", "unit", "rms"] = "none") -> Result:
    """The loss on a plane through the weights.

    directions: Which; given where `direction` is.
    direction: A direction. arrays by name
    point: directions = pca: a point of the trajectory. arrays by name
    normalization: Of the directions; where it is not given: filter of random ones, unit of the gradient, none of others.
    bias_scaling: Tensors of rank < 2: normalised as a whole, 0, or as drawn.
    low: The first coordinate. (-inf, inf)
    high: The last coordinate, above the first. (-inf, inf)
    count: Points, along each axis. [2, 1000000]
    keep: Report the directions. 0 or 1
    refresh: Running statistics are renewed at each point. 0 or 1
    """
@overload
def measure(parameters: arrays.Arrays | Optimizer, objective: Objective | Callable[..., float] | None, name: Literal["barrier"],
            *, roles: Mapping[str, arrays.Role | RoleName | int] | None = None, stacked: Mapping[str, int] | None = None, to:
            arrays.Arrays = ..., start_point: arrays.Arrays = ..., count: int = 25, refine: int = 0, refresh: Flag = False, seed:
            int = 24301, max_evaluations: int = 0, batch: int = -1, class_index: int = -1, combine: Literal["examples", "batches"]
            = "examples", loss: Literal["host", "cross_entropy"] = "host", normalize_logits: Literal["none", "unit", "rms"] =
            "none") -> Result:
    """The height of the loss between two points of the weights.

    to: The other end. arrays by name
    start_point: Where the line begins; else the iterate. arrays by name
    count: Points, along each axis. [2, 1000000]
    refine: Losses spent on the place of the maximum. [0, 1000]
    refresh: Running statistics are renewed at each point. 0 or 1
    """
@overload
def measure(parameters: arrays.Arrays | Optimizer, objective: Objective | Callable[..., float] | None, name:
            Literal["gradient_norm"], *, roles: Mapping[str, arrays.Role | RoleName | int] | None = None, stacked: Mapping[str,
            int] | None = None, norm: Literal["l2", "linf"] = "l2", scaling: Literal["none", "element", "filter", "tensor",
            "tensor_rms", "custom"] = "none", bias_scaling: Literal["scaled", "ignore", "unit"] = "scaled", eta: float = 0.0,
            scaling_values: arrays.Arrays = ..., tensor: int = -1, slice: int = -1, seed: int = 24301, max_evaluations: int = 0,
            batch: int = -1, class_index: int = -1, combine: Literal["examples", "batches"] = "examples", loss: Literal["host",
            "cross_entropy"] = "host", normalize_logits: Literal["none", "unit", "rms"] = "none") -> Result:
    """The norm of the gradient, scaled: the first-order sharpness.

    norm: Norm of the perturbation set.
    scaling: The scale c: 1; |w| + eta; the norm of the row (rank < 2: |w|); the norm of the tensor; that over the root of its
        size; scaling_values.
    bias_scaling: Tensors of rank < 2 under a scale: like the others, not perturbed, or c = 1.
    eta: Added to the magnitude in element scale. [0, 1000000]
    scaling_values: The scale of scaling = custom, all >= 0. arrays by name
    tensor: Only this tensor, by its index in the set: its diagonal block, no perturbation elsewhere; -1: all. [-1, inf)
    slice: Of a stacked tensor (setting tensor): only this matrix of it, from 0; -1: all. [-1, inf)
    """
@overload
def measure(parameters: arrays.Arrays | Optimizer, objective: Objective | Callable[..., float] | None, name: Literal["check"], *,
            roles: Mapping[str, arrays.Role | RoleName | int] | None = None, stacked: Mapping[str, int] | None = None, samples:
            int = 5, seed: int = 24301, max_evaluations: int = 0, batch: int = -1, class_index: int = -1, combine:
            Literal["examples", "batches"] = "examples", loss: Literal["host", "cross_entropy"] = "host", normalize_logits:
            Literal["none", "unit", "rms"] = "none") -> Result:
    """Whether the host's gradient belongs to its loss; names what is wrong.

    samples: Directions. [1, 1000000]
    """
@overload
def measure(parameters: arrays.Arrays | Optimizer, objective: Objective | Callable[..., float] | None, name:
            Literal["eps_radius"], *, roles: Mapping[str, arrays.Role | RoleName | int] | None = None, stacked: Mapping[str, int]
            | None = None, eps: float = 0.1, samples: int = 20, count: int = 0, tolerance: float = 1e-06, scaling: Literal["none",
            "element", "filter", "tensor", "tensor_rms", "custom"] = "none", bias_scaling: Literal["scaled", "ignore", "unit"] =
            "scaled", eta: float = 0.0, scaling_values: arrays.Arrays = ..., tensor: int = -1, slice: int = -1, seed: int = 24301,
            max_evaluations: int = 0, batch: int = -1, class_index: int = -1, combine: Literal["examples", "batches"] =
            "examples", loss: Literal["host", "cross_entropy"] = "host", normalize_logits: Literal["none", "unit", "rms"] =
            "none") -> Result:
    """How far from the weights the loss has risen by eps.

    eps: The rise of the loss that counts. (0, inf)
    samples: Random draws or probes. [1, 1000000]
    count: Places looked at for the first crossing. [0, 1000000]
    tolerance: Relative, of each radius. [0, 1]
    scaling: The scale c: 1; |w| + eta; the norm of the row (rank < 2: |w|); the norm of the tensor; that over the root of its
        size; scaling_values.
    bias_scaling: Tensors of rank < 2 under a scale: like the others, not perturbed, or c = 1.
    eta: Added to the magnitude in element scale. [0, 1000000]
    scaling_values: The scale of scaling = custom, all >= 0. arrays by name
    tensor: Only this tensor, by its index in the set: its diagonal block, no perturbation elsewhere; -1: all. [-1, inf)
    slice: Of a stacked tensor (setting tensor): only this matrix of it, from 0; -1: all. [-1, inf)
    """
@overload
def measure(parameters: arrays.Arrays | Optimizer, objective: Objective | Callable[..., float] | None, name:
            Literal["keskar_box"], *, roles: Mapping[str, arrays.Role | RoleName | int] | None = None, stacked: Mapping[str, int]
            | None = None, eps: float = 0.001, steps: int = 10, dimension: int = 0, seed: int = 24301, max_evaluations: int = 0,
            batch: int = -1, class_index: int = -1, combine: Literal["examples", "batches"] = "examples", loss: Literal["host",
            "cross_entropy"] = "host", normalize_logits: Literal["none", "unit", "rms"] = "none") -> Result:
    """The largest rise of the loss in a small box, in percent.

    eps: Half a side of the box at a weight of 0. [0, 1000000]
    steps: Iterations. [1, 1000000]
    dimension: Of a random subspace; 0: all. [0, 1000000]
    """
@overload
def measure(parameters: arrays.Arrays | Optimizer, objective: Objective | Callable[..., float] | None, name:
            Literal["local_entropy"], *, roles: Mapping[str, arrays.Role | RoleName | int] | None = None, stacked: Mapping[str,
            int] | None = None, gamma: float = 1.0, samples: int = 1000, beta: float = 1.0, mode: Literal["sampling", "laplace",
            "langevin"] = "sampling", steps: int = 20, inner_step: float = 0.01, operator: Literal["hessian", "gauss_newton"] =
            "hessian", hessian: Literal["auto", "product", "central", "forward", "richardson"] = "auto", step_size: float = 0.0,
            scaling: Literal["none", "element", "filter", "tensor", "tensor_rms", "custom"] = "none", bias_scaling:
            Literal["scaled", "ignore", "unit"] = "scaled", eta: float = 0.0, scaling_values: arrays.Arrays = ..., tensor: int =
            -1, slice: int = -1, seed: int = 24301, max_evaluations: int = 0, batch: int = -1, class_index: int = -1, combine:
            Literal["examples", "batches"] = "examples", loss: Literal["host", "cross_entropy"] = "host", normalize_logits:
            Literal["none", "unit", "rms"] = "none") -> Result:
    """The volume of low loss about the weights.

    gamma: The inverse variance. (0, inf)
    samples: Random draws or probes. [1, 1000000]
    beta: Of the loss: 1, or the number of examples. [0, inf)
    mode: How it is estimated.
    steps: Iterations. [1, 1000000]
    inner_step: langevin: the step. (0, inf)
    operator: What the products are with: the Hessian, or the host's Gauss-Newton matrix.
    hessian: auto: the host's product, else central differences of gradients; or one of them.
    step_size: Difference step, relative to 1 + the norm of the weights; 0: found (3e-7 or 1e-4 by dtype, smaller where the answer
        asks for it). [0, 1]
    scaling: The scale c: 1; |w| + eta; the norm of the row (rank < 2: |w|); the norm of the tensor; that over the root of its
        size; scaling_values.
    bias_scaling: Tensors of rank < 2 under a scale: like the others, not perturbed, or c = 1.
    eta: Added to the magnitude in element scale. [0, 1000000]
    scaling_values: The scale of scaling = custom, all >= 0. arrays by name
    tensor: Only this tensor, by its index in the set: its diagonal block, no perturbation elsewhere; -1: all. [-1, inf)
    slice: Of a stacked tensor (setting tensor): only this matrix of it, from 0; -1: all. [-1, inf)
    """
@overload
def measure(parameters: arrays.Arrays | Optimizer, objective: Objective | Callable[..., float] | None, name:
            Literal["pacbayes_sigma"], *, roles: Mapping[str, arrays.Role | RoleName | int] | None = None, stacked: Mapping[str,
            int] | None = None, metric: Literal["loss", "error"] = "loss", target: float = 0.1, samples: int = 10, magnitude: Flag
            = False, tolerance: float = 0.01, compat: Flag = False, initial: arrays.Arrays = ..., seed: int = 24301,
            max_evaluations: int = 0, batch: int = -1, class_index: int = -1, combine: Literal["examples", "batches"] =
            "examples", loss: Literal["host", "cross_entropy"] = "host", normalize_logits: Literal["none", "unit", "rms"] =
            "none") -> Result:
    """The noise of the weights at which the loss has risen by a given amount.

    metric: What rises.
    target: The rise. (0, inf)
    samples: Random draws or probes. [1, 1000000]
    magnitude: Noise in proportion to the weights. 0 or 1
    tolerance: Relative, of the rise. [0, 1]
    compat: Variance as deviation. 0 or 1
    initial: The weights that the bound's distance is from; else 0. arrays by name
    """
@overload
def measure(parameters: arrays.Arrays | Optimizer, objective: Objective | Callable[..., float] | None, name:
            Literal["sharpness_gap"], *, roles: Mapping[str, arrays.Role | RoleName | int] | None = None, stacked: Mapping[str,
            int] | None = None, measure: Literal["worst_case", "sam_gap", "average_case", "gradient_norm", "lambda_max",
            "lambda_min", "spectral_norm", "trace", "frobenius", "first_order_flatness", "eps_radius", "keskar_box"] =
            "worst_case", cross: Flag = False, seed: int = 24301, max_evaluations: int = 0, batch: int = -1, class_index: int =
            -1, combine: Literal["examples", "batches"] = "examples", loss: Literal["host", "cross_entropy"] = "host",
            normalize_logits: Literal["none", "unit", "rms"] = "none") -> Result:
    """A measure on a second data set minus that on the first.

    measure: Which measure; it takes its settings too.
    cross: measure = worst_case: also the rise of the second set's loss at the first one's maximisers. 0 or 1
    """
@overload
def measure(parameters: arrays.Arrays | Optimizer, objective: Objective | Callable[..., float] | None, name:
            Literal["spectral_functions"], *, roles: Mapping[str, arrays.Role | RoleName | int] | None = None, stacked:
            Mapping[str, int] | None = None, z: Numbers = 1.0, samples: int = 10, steps: int = 80, distribution:
            Literal["rademacher", "normal"] = "rademacher", operator: Literal["hessian", "gauss_newton"] = "hessian", hessian:
            Literal["auto", "product", "central", "forward", "richardson"] = "auto", step_size: float = 0.0, scaling:
            Literal["none", "element", "filter", "tensor", "tensor_rms", "custom"] = "none", bias_scaling: Literal["scaled",
            "ignore", "unit"] = "scaled", eta: float = 0.0, scaling_values: arrays.Arrays = ..., tensor: int = -1, slice: int =
            -1, seed: int = 24301, max_evaluations: int = 0, batch: int = -1, class_index: int = -1, combine: Literal["examples",
            "batches"] = "examples", loss: Literal["host", "cross_entropy"] = "host", normalize_logits: Literal["none", "unit",
            "rms"] = "none") -> Result:
    """Effective dimension, log-determinant and ranks of the Hessian.

    z: What is added to the eigenvalues, in their units. (0, inf)
    samples: Random draws or probes. [1, 1000000]
    steps: Lanczos steps a probe; n or more: all eigenvalues, exactly. [1, 1000000]
    distribution: Of the probes' elements.
    operator: What the products are with: the Hessian, or the host's Gauss-Newton matrix.
    hessian: auto: the host's product, else central differences of gradients; or one of them.
    step_size: Difference step, relative to 1 + the norm of the weights; 0: found (3e-7 or 1e-4 by dtype, smaller where the answer
        asks for it). [0, 1]
    scaling: The scale c: 1; |w| + eta; the norm of the row (rank < 2: |w|); the norm of the tensor; that over the root of its
        size; scaling_values.
    bias_scaling: Tensors of rank < 2 under a scale: like the others, not perturbed, or c = 1.
    eta: Added to the magnitude in element scale. [0, 1000000]
    scaling_values: The scale of scaling = custom, all >= 0. arrays by name
    tensor: Only this tensor, by its index in the set: its diagonal block, no perturbation elsewhere; -1: all. [-1, inf)
    slice: Of a stacked tensor (setting tensor): only this matrix of it, from 0; -1: all. [-1, inf)
    """
@overload
def measure(parameters: arrays.Arrays | Optimizer, objective: Objective | Callable[..., float] | None, name:
            Literal["spectral_norm"], *, roles: Mapping[str, arrays.Role | RoleName | int] | None = None, stacked: Mapping[str,
            int] | None = None, tolerance: float = 0.0001, max_iterations: int = 100, method: Literal["lanczos", "power",
            "lobpcg"] = "lanczos", start: arrays.Arrays = ..., precision: Literal["double", "single"] = "double", operator:
            Literal["hessian", "gauss_newton"] = "hessian", hessian: Literal["auto", "product", "central", "forward",
            "richardson"] = "auto", step_size: float = 0.0, scaling: Literal["none", "element", "filter", "tensor", "tensor_rms",
            "custom"] = "none", bias_scaling: Literal["scaled", "ignore", "unit"] = "scaled", eta: float = 0.0, scaling_values:
            arrays.Arrays = ..., tensor: int = -1, slice: int = -1, seed: int = 24301, max_evaluations: int = 0, batch: int = -1,
            class_index: int = -1, combine: Literal["examples", "batches"] = "examples", loss: Literal["host", "cross_entropy"] =
            "host", normalize_logits: Literal["none", "unit", "rms"] = "none") -> Result:
    """The largest magnitude of the Hessian's eigenvalues.

    tolerance: Ends the iteration: the residual |Hv - value v| relative to the largest magnitude; the value itself is then right
        to about its square over the relative gap. 1e-8 where nothing is given, all is f64 and products are the host's. [0, 1]
    max_iterations: Limit of the iteration. [1, 1000000]
    method: How: Lanczos with full reorthogonalisation, shifted power iteration, LOBPCG.
    start: Where the iteration begins; else at random, normal, draw 1. arrays by name
    precision: Of the vectors that Lanczos keeps; single halves their memory, orthogonality is then about 1e-6.
    operator: What the products are with: the Hessian, or the host's Gauss-Newton matrix.
    hessian: auto: the host's product, else central differences of gradients; or one of them.
    step_size: Difference step, relative to 1 + the norm of the weights; 0: found (3e-7 or 1e-4 by dtype, smaller where the answer
        asks for it). [0, 1]
    scaling: The scale c: 1; |w| + eta; the norm of the row (rank < 2: |w|); the norm of the tensor; that over the root of its
        size; scaling_values.
    bias_scaling: Tensors of rank < 2 under a scale: like the others, not perturbed, or c = 1.
    eta: Added to the magnitude in element scale. [0, 1000000]
    scaling_values: The scale of scaling = custom, all >= 0. arrays by name
    tensor: Only this tensor, by its index in the set: its diagonal block, no perturbation elsewhere; -1: all. [-1, inf)
    slice: Of a stacked tensor (setting tensor): only this matrix of it, from 0; -1: all. [-1, inf)
    """
@overload
def measure(parameters: arrays.Arrays | Optimizer, objective: Objective | Callable[..., float] | None, name:
            Literal["gradient_subspace"], *, roles: Mapping[str, arrays.Role | RoleName | int] | None = None, stacked:
            Mapping[str, int] | None = None, count: int = 10, operator: Literal["hessian", "gauss_newton"] = "hessian", hessian:
            Literal["auto", "product", "central", "forward", "richardson"] = "auto", step_size: float = 0.0, scaling:
            Literal["none", "element", "filter", "tensor", "tensor_rms", "custom"] = "none", bias_scaling: Literal["scaled",
            "ignore", "unit"] = "scaled", eta: float = 0.0, scaling_values: arrays.Arrays = ..., tensor: int = -1, slice: int =
            -1, seed: int = 24301, max_evaluations: int = 0, batch: int = -1, class_index: int = -1, combine: Literal["examples",
            "batches"] = "examples", loss: Literal["host", "cross_entropy"] = "host", normalize_logits: Literal["none", "unit",
            "rms"] = "none") -> Result:
    """How much of the gradient lies in the top eigenvectors.

    count: Eigenvectors. [1, 64]
    operator: What the products are with: the Hessian, or the host's Gauss-Newton matrix.
    hessian: auto: the host's product, else central differences of gradients; or one of them.
    step_size: Difference step, relative to 1 + the norm of the weights; 0: found (3e-7 or 1e-4 by dtype, smaller where the answer
        asks for it). [0, 1]
    scaling: The scale c: 1; |w| + eta; the norm of the row (rank < 2: |w|); the norm of the tensor; that over the root of its
        size; scaling_values.
    bias_scaling: Tensors of rank < 2 under a scale: like the others, not perturbed, or c = 1.
    eta: Added to the magnitude in element scale. [0, 1000000]
    scaling_values: The scale of scaling = custom, all >= 0. arrays by name
    tensor: Only this tensor, by its index in the set: its diagonal block, no perturbation elsewhere; -1: all. [-1, inf)
    slice: Of a stacked tensor (setting tensor): only this matrix of it, from 0; -1: all. [-1, inf)
    """
@overload
def measure(parameters: arrays.Arrays | Optimizer, objective: Objective | Callable[..., float] | None, name:
            Literal["batch_sharpness"], *, roles: Mapping[str, arrays.Role | RoleName | int] | None = None, stacked: Mapping[str,
            int] | None = None, samples: int = 128, tolerance: float = 0.005, momentum: arrays.Arrays = ..., operator:
            Literal["hessian", "gauss_newton"] = "hessian", hessian: Literal["auto", "product", "central", "forward",
            "richardson"] = "auto", step_size: float = 0.0, seed: int = 24301, max_evaluations: int = 0, batch: int = -1,
            class_index: int = -1, combine: Literal["examples", "batches"] = "examples", loss: Literal["host", "cross_entropy"] =
            "host", normalize_logits: Literal["none", "unit", "rms"] = "none") -> Result:
    """The curvature of each batch along its own gradient.

    samples: Random draws or probes. [1, 1000000]
    tolerance: Standard error over mean that ends the sampling. [0, 1]
    momentum: The momentum buffer times its factor. arrays by name
    operator: What the products are with: the Hessian, or the host's Gauss-Newton matrix.
    hessian: auto: the host's product, else central differences of gradients; or one of them.
    step_size: Difference step, relative to 1 + the norm of the weights; 0: found (3e-7 or 1e-4 by dtype, smaller where the answer
        asks for it). [0, 1]
    """
@overload
def measure(parameters: arrays.Arrays | Optimizer, objective: Objective | Callable[..., float] | None, name:
            Literal["gradient_noise_interaction"], *, roles: Mapping[str, arrays.Role | RoleName | int] | None = None, stacked:
            Mapping[str, int] | None = None, samples: int = 64, operator: Literal["hessian", "gauss_newton"] = "hessian", hessian:
            Literal["auto", "product", "central", "forward", "richardson"] = "auto", step_size: float = 0.0, seed: int = 24301,
            max_evaluations: int = 0, batch: int = -1, class_index: int = -1, combine: Literal["examples", "batches"] =
            "examples", loss: Literal["host", "cross_entropy"] = "host", normalize_logits: Literal["none", "unit", "rms"] =
            "none") -> Result:
    """The whole curvature along the batches' gradients.

    samples: Random draws or probes. [1, 1000000]
    operator: What the products are with: the Hessian, or the host's Gauss-Newton matrix.
    hessian: auto: the host's product, else central differences of gradients; or one of them.
    step_size: Difference step, relative to 1 + the norm of the weights; 0: found (3e-7 or 1e-4 by dtype, smaller where the answer
        asks for it). [0, 1]
    """
@overload
def measure(parameters: arrays.Arrays | Optimizer, objective: Objective | Callable[..., float] | None, name:
            Literal["relative_flatness"], *, roles: Mapping[str, arrays.Role | RoleName | int] | None = None, stacked:
            Mapping[str, int] | None = None, tensor: int = -1, slice: int = -1, samples: int = 100, operator: Literal["hessian",
            "gauss_newton"] = "hessian", hessian: Literal["auto", "product", "central", "forward", "richardson"] = "auto",
            step_size: float = 0.0, seed: int = 24301, max_evaluations: int = 0, batch: int = -1, class_index: int = -1, combine:
            Literal["examples", "batches"] = "examples", loss: Literal["host", "cross_entropy"] = "host", normalize_logits:
            Literal["none", "unit", "rms"] = "none") -> Result:
    """The curvature of a layer relative to its weights.

    tensor: The layer's index in the set; must be given. [-1, inf)
    slice: Of a stacked tensor (setting tensor): only this matrix of it, from 0; -1: all. [-1, inf)
    samples: Random draws or probes. [1, 1000000]
    operator: What the products are with: the Hessian, or the host's Gauss-Newton matrix.
    hessian: auto: the host's product, else central differences of gradients; or one of them.
    step_size: Difference step, relative to 1 + the norm of the weights; 0: found (3e-7 or 1e-4 by dtype, smaller where the answer
        asks for it). [0, 1]
    """
@overload
def measure(parameters: arrays.Arrays | Optimizer, objective: Objective | Callable[..., float] | None, name:
            Literal["gradient_covariance"], *, roles: Mapping[str, arrays.Role | RoleName | int] | None = None, stacked:
            Mapping[str, int] | None = None, eigenvalues: int = 0, seed: int = 24301, max_evaluations: int = 0, batch: int = -1,
            class_index: int = -1, combine: Literal["examples", "batches"] = "examples", loss: Literal["host", "cross_entropy"] =
            "host", normalize_logits: Literal["none", "unit", "rms"] = "none") -> Result:
    """The covariance of the examples' gradients: trace, diagonal, largest eigenvalues.

    eigenvalues: How many of the largest eigenvalues. [0, 512]
    """
@overload
def measure(parameters: arrays.Arrays | Optimizer, objective: Objective | Callable[..., float] | None, name:
            Literal["fisher_trace"], *, roles: Mapping[str, arrays.Role | RoleName | int] | None = None, stacked: Mapping[str,
            int] | None = None, labels: Literal["given", "exact", "sampled"] = "given", samples: int = 1, seed: int = 24301,
            max_evaluations: int = 0, batch: int = -1, class_index: int = -1, combine: Literal["examples", "batches"] =
            "examples", loss: Literal["host", "cross_entropy"] = "host", normalize_logits: Literal["none", "unit", "rms"] =
            "none") -> Result:
    """The trace of the Fisher matrix, empirical or true.

    labels: The host's labels, all of them by their probability, or draws from it.
    samples: Random draws or probes. [1, 1000000]
    """
@overload
def measure(parameters: arrays.Arrays | Optimizer, objective: Objective | Callable[..., float] | None, name: Literal["coherence"],
            *, roles: Mapping[str, arrays.Role | RoleName | int] | None = None, stacked: Mapping[str, int] | None = None, seed:
            int = 24301, max_evaluations: int = 0, batch: int = -1, class_index: int = -1, combine: Literal["examples", "batches"]
            = "examples", loss: Literal["host", "cross_entropy"] = "host", normalize_logits: Literal["none", "unit", "rms"] =
            "none") -> Result:
    """How far the examples' gradients agree, from 1 to their number."""
@overload
def measure(parameters: arrays.Arrays | Optimizer, objective: Objective | Callable[..., float] | None, name: Literal["gsnr"], *,
            roles: Mapping[str, arrays.Role | RoleName | int] | None = None, stacked: Mapping[str, int] | None = None, seed: int =
            24301, max_evaluations: int = 0, batch: int = -1, class_index: int = -1, combine: Literal["examples", "batches"] =
            "examples", loss: Literal["host", "cross_entropy"] = "host", normalize_logits: Literal["none", "unit", "rms"] =
            "none") -> Result:
    """The gradient's signal-to-noise ratio by coordinate."""
@overload
def measure(parameters: arrays.Arrays | Optimizer, objective: Objective | Callable[..., float] | None, name: Literal["stiffness"],
            *, roles: Mapping[str, arrays.Role | RoleName | int] | None = None, stacked: Mapping[str, int] | None = None, classes:
            Flag = False, seed: int = 24301, max_evaluations: int = 0, batch: int = -1, class_index: int = -1, combine:
            Literal["examples", "batches"] = "examples", loss: Literal["host", "cross_entropy"] = "host", normalize_logits:
            Literal["none", "unit", "rms"] = "none") -> Result:
    """The mean cosine of the gradients of two examples.

    classes: Also within and between classes. 0 or 1
    """
@overload
def measure(parameters: arrays.Arrays | Optimizer, objective: Objective | Callable[..., float] | None, name:
            Literal["fisher_rao_norm"], *, roles: Mapping[str, arrays.Role | RoleName | int] | None = None, stacked: Mapping[str,
            int] | None = None, mode: Literal["any", "homogeneous"] = "any", depth: int = 1, seed: int = 24301, max_evaluations:
            int = 0, batch: int = -1, class_index: int = -1, combine: Literal["examples", "batches"] = "examples", loss:
            Literal["host", "cross_entropy"] = "host", normalize_logits: Literal["none", "unit", "rms"] = "none") -> Result:
    """The length of the weights in the Fisher metric.

    mode: By differences along the weights, or from the logits of a homogeneous network.
    depth: Weight layers. [1, 1000000]
    """
@overload
def measure(parameters: arrays.Arrays | Optimizer, objective: Objective | Callable[..., float] | None, name: Literal["pca_plane"],
            *, roles: Mapping[str, arrays.Role | RoleName | int] | None = None, stacked: Mapping[str, int] | None = None, point:
            arrays.Arrays = ..., center: Flag = True, grid: int = 0, refresh: Flag = False, seed: int = 24301, max_evaluations:
            int = 0, batch: int = -1, class_index: int = -1, combine: Literal["examples", "batches"] = "examples", loss:
            Literal["host", "cross_entropy"] = "host", normalize_logits: Literal["none", "unit", "rms"] = "none") -> Result:
    """The plane of a trajectory's principal axes, and the loss on it.

    point: A point of the trajectory. arrays by name
    center: About the points' mean. 0 or 1
    grid: Places along each axis, two or more; 0: no losses. [0, 1000000]
    refresh: Running statistics are renewed at each point. 0 or 1
    """
@overload
def measure(parameters: arrays.Arrays | Optimizer, objective: Objective | Callable[..., float] | None, name: Literal["roughness"],
            *, roles: Mapping[str, arrays.Role | RoleName | int] | None = None, stacked: Mapping[str, int] | None = None, samples:
            int = 50, count: int = 201, normalization: Literal["none", "unit", "filter", "tensor", "weight", "weight_absolute"] =
            "filter", bias_scaling: Literal["scaled", "ignore", "unit"] = "ignore", seed: int = 24301, max_evaluations: int = 0,
            batch: int = -1, class_index: int = -1, combine: Literal["examples", "batches"] = "examples", loss: Literal["host",
            "cross_entropy"] = "host", normalize_logits: Literal["none", "unit", "rms"] = "none") -> Result:
    """How much the loss goes up and down along random lines.

    samples: Random draws or probes. [1, 1000000]
    count: Points, along each axis. [2, 1000000]
    normalization: Of the directions; where it is not given: filter of random ones, unit of the gradient, none of others.
    bias_scaling: Tensors of rank < 2: normalised as a whole, 0, or as drawn.
    """
@overload
def measure(parameters: arrays.Arrays | Optimizer, objective: Objective | Callable[..., float] | None, name:
            Literal["curvature_map"], *, roles: Mapping[str, arrays.Role | RoleName | int] | None = None, stacked: Mapping[str,
            int] | None = None, directions: Literal["random", "gradient", "eigenvectors", "given", "pca"] = "random", direction:
            arrays.Arrays = ..., point: arrays.Arrays = ..., normalization: Literal["none", "unit", "filter", "tensor", "weight",
            "weight_absolute"] = "filter", bias_scaling: Literal["scaled", "ignore", "unit"] = "ignore", low: float = -1.0, high:
            float = 1.0, count: int = 11, keep: Flag = False, refresh: Flag = False, tolerance: float = 0.01, operator:
            Literal["hessian", "gauss_newton"] = "hessian", hessian: Literal["auto", "product", "central", "forward",
            "richardson"] = "auto", step_size: float = 0.0, seed: int = 24301, max_evaluations: int = 0, batch: int = -1,
            class_index: int = -1, combine: Literal["examples", "batches"] = "examples", loss: Literal["host", "cross_entropy"] =
            "host", normalize_logits: Literal["none", "unit", "rms"] = "none") -> Result:
    """The ratio of the extreme eigenvalues on a plane through the weights.

    directions: Which; given where `direction` is.
    direction: A direction. arrays by name
    point: directions = pca: a point of the trajectory. arrays by name
    normalization: Of the directions; where it is not given: filter of random ones, unit of the gradient, none of others.
    bias_scaling: Tensors of rank < 2: normalised as a whole, 0, or as drawn.
    low: The first coordinate. (-inf, inf)
    high: The last coordinate, above the first. (-inf, inf)
    count: Points, along each axis. [2, 1000000]
    keep: Report the directions. 0 or 1
    refresh: Running statistics are renewed at each point. 0 or 1
    tolerance: Relative, of the residual to the largest magnitude. [0, 1]
    operator: What the products are with: the Hessian, or the host's Gauss-Newton matrix.
    hessian: auto: the host's product, else central differences of gradients; or one of them.
    step_size: Difference step, relative to 1 + the norm of the weights; 0: found (3e-7 or 1e-4 by dtype, smaller where the answer
        asks for it). [0, 1]
    """
@overload
def measure(parameters: arrays.Arrays | Optimizer, objective: Objective | Callable[..., float] | None, name: Literal["plane"], *,
            roles: Mapping[str, arrays.Role | RoleName | int] | None = None, stacked: Mapping[str, int] | None = None, point:
            arrays.Arrays = ..., count: int = 21, margin: float = 0.2, refresh: Flag = False, seed: int = 24301, max_evaluations:
            int = 0, batch: int = -1, class_index: int = -1, combine: Literal["examples", "batches"] = "examples", loss:
            Literal["host", "cross_entropy"] = "host", normalize_logits: Literal["none", "unit", "rms"] = "none") -> Result:
    """The loss on the plane through three points of the weights.

    point: One of the three points. arrays by name
    count: Points, along each axis. [2, 1000000]
    margin: Beyond the points, as a share of their extent. [0, 1000000]
    refresh: Running statistics are renewed at each point. 0 or 1
    """
@overload
def measure(parameters: arrays.Arrays | Optimizer, objective: Objective | Callable[..., float] | None, name:
            Literal["eigen_plane"], *, roles: Mapping[str, arrays.Role | RoleName | int] | None = None, stacked: Mapping[str, int]
            | None = None, which: Literal["largest", "smallest", "magnitude", "both"] = "largest", low: float = -1.0, high: float
            = 1.0, count: int = 51, keep: Flag = False, refresh: Flag = False, operator: Literal["hessian", "gauss_newton"] =
            "hessian", hessian: Literal["auto", "product", "central", "forward", "richardson"] = "auto", step_size: float = 0.0,
            scaling: Literal["none", "element", "filter", "tensor", "tensor_rms", "custom"] = "none", bias_scaling:
            Literal["scaled", "ignore", "unit"] = "scaled", eta: float = 0.0, scaling_values: arrays.Arrays = ..., tensor: int =
            -1, slice: int = -1, seed: int = 24301, max_evaluations: int = 0, batch: int = -1, class_index: int = -1, combine:
            Literal["examples", "batches"] = "examples", loss: Literal["host", "cross_entropy"] = "host", normalize_logits:
            Literal["none", "unit", "rms"] = "none") -> Result:
    """The loss on the plane of two eigenvectors of the Hessian.

    which: Of which eigenvalues.
    low: The first coordinate. (-inf, inf)
    high: The last coordinate, above the first. (-inf, inf)
    count: Points, along each axis. [2, 1000000]
    keep: Report the directions. 0 or 1
    refresh: Running statistics are renewed at each point. 0 or 1
    operator: What the products are with: the Hessian, or the host's Gauss-Newton matrix.
    hessian: auto: the host's product, else central differences of gradients; or one of them.
    step_size: Difference step, relative to 1 + the norm of the weights; 0: found (3e-7 or 1e-4 by dtype, smaller where the answer
        asks for it). [0, 1]
    scaling: The scale c: 1; |w| + eta; the norm of the row (rank < 2: |w|); the norm of the tensor; that over the root of its
        size; scaling_values.
    bias_scaling: Tensors of rank < 2 under a scale: like the others, not perturbed, or c = 1.
    eta: Added to the magnitude in element scale. [0, 1000000]
    scaling_values: The scale of scaling = custom, all >= 0. arrays by name
    tensor: Only this tensor, by its index in the set: its diagonal block, no perturbation elsewhere; -1: all. [-1, inf)
    slice: Of a stacked tensor (setting tensor): only this matrix of it, from 0; -1: all. [-1, inf)
    """
@overload
def measure(parameters: arrays.Arrays | Optimizer, objective: Objective | Callable[..., float] | None, name:
            Literal["path_profile"], *, roles: Mapping[str, arrays.Role | RoleName | int] | None = None, stacked: Mapping[str,
            int] | None = None, to: arrays.Arrays = ..., point: arrays.Arrays = ..., measure: Literal["lambda_max", "lambda_min",
            "trace", "worst_case", "average_case", "sam_gap", "gradient_norm", "eps_radius", "keskar_box", "local_entropy",
            "pacbayes_sigma"] = "lambda_max", count: int = 11, seed: int = 24301, max_evaluations: int = 0, batch: int = -1,
            class_index: int = -1, combine: Literal["examples", "batches"] = "examples", loss: Literal["host", "cross_entropy"] =
            "host", normalize_logits: Literal["none", "unit", "rms"] = "none") -> Result:
    """Another measure at the points of a path.

    to: The end of a line from the iterate. arrays by name
    point: A point of the path. arrays by name
    measure: Which measure; it takes its settings too.
    count: Points, along each axis. [2, 1000000]
    """
@overload
def measure(parameters: arrays.Arrays | Optimizer, objective: Objective | Callable[..., float] | None, name: Literal["bezier"], *,
            roles: Mapping[str, arrays.Role | RoleName | int] | None = None, stacked: Mapping[str, int] | None = None, to:
            arrays.Arrays = ..., bends: int = 3, steps: int = 200, lr: float = 0.01, chain: Flag = False, noise: float = 0.001,
            count: int = 61, refresh: Flag = False, seed: int = 24301, max_evaluations: int = 0, batch: int = -1, class_index: int
            = -1, combine: Literal["examples", "batches"] = "examples", loss: Literal["host", "cross_entropy"] = "host",
            normalize_logits: Literal["none", "unit", "rms"] = "none") -> Result:
    """A trained curve of low loss between two points of the weights.

    to: The other end of the path. arrays by name
    bends: Control points, with the ends. [3, 100]
    steps: Iterations. [1, 1000000]
    lr: Learning rate of Adam. [0, inf)
    chain: Straight pieces in place of a smooth curve. 0 or 1
    noise: Deviation of the bends at the beginning. [0, inf)
    count: Points, along each axis. [2, 1000000]
    refresh: Running statistics are renewed at each point. 0 or 1
    """
@overload
def measure(parameters: arrays.Arrays | Optimizer, objective: Objective | Callable[..., float] | None, name: Literal["convexity"],
            *, roles: Mapping[str, arrays.Role | RoleName | int] | None = None, stacked: Mapping[str, int] | None = None, rho:
            Numbers = 0.1, samples: int = 100, scaling: Literal["none", "element", "filter", "tensor", "tensor_rms", "custom"] =
            "none", bias_scaling: Literal["scaled", "ignore", "unit"] = "scaled", eta: float = 0.0, scaling_values: arrays.Arrays
            = ..., tensor: int = -1, slice: int = -1, seed: int = 24301, max_evaluations: int = 0, batch: int = -1, class_index:
            int = -1, combine: Literal["examples", "batches"] = "examples", loss: Literal["host", "cross_entropy"] = "host",
            normalize_logits: Literal["none", "unit", "rms"] = "none") -> Result:
    """The share of random segments on which the loss is convex.

    rho: Radius of the perturbation, or a list of radii; 0 answers exactly 0. [0, 1000000]
    samples: Random draws or probes. [1, 1000000]
    scaling: The scale c: 1; |w| + eta; the norm of the row (rank < 2: |w|); the norm of the tensor; that over the root of its
        size; scaling_values.
    bias_scaling: Tensors of rank < 2 under a scale: like the others, not perturbed, or c = 1.
    eta: Added to the magnitude in element scale. [0, 1000000]
    scaling_values: The scale of scaling = custom, all >= 0. arrays by name
    tensor: Only this tensor, by its index in the set: its diagonal block, no perturbation elsewhere; -1: all. [-1, inf)
    slice: Of a stacked tensor (setting tensor): only this matrix of it, from 0; -1: all. [-1, inf)
    """
@overload
def measure(parameters: arrays.Arrays | Optimizer, objective: Objective | Callable[..., float] | None, name:
            Literal["weight_norms"], *, roles: Mapping[str, arrays.Role | RoleName | int] | None = None, stacked: Mapping[str,
            int] | None = None, initial: arrays.Arrays = ..., seed: int = 24301, max_evaluations: int = 0, batch: int = -1,
            class_index: int = -1, combine: Literal["examples", "batches"] = "examples", loss: Literal["host", "cross_entropy"] =
            "host", normalize_logits: Literal["none", "unit", "rms"] = "none") -> Result:
    """Norms of the weights, and their distance from the initial ones.

    initial: The weights that distances are from. arrays by name
    """
@overload
def measure(parameters: arrays.Arrays | Optimizer, objective: Objective | Callable[..., float] | None, name:
            Literal["spectral_norms"], *, roles: Mapping[str, arrays.Role | RoleName | int] | None = None, stacked: Mapping[str,
            int] | None = None, tolerance: float = 1e-10, seed: int = 24301, max_evaluations: int = 0, batch: int = -1,
            class_index: int = -1, combine: Literal["examples", "batches"] = "examples", loss: Literal["host", "cross_entropy"] =
            "host", normalize_logits: Literal["none", "unit", "rms"] = "none") -> Result:
    """The largest singular value and the stable rank of each tensor.

    tolerance: Relative, of the residual to the largest magnitude. [0, 1]
    """
@overload
def measure(parameters: arrays.Arrays | Optimizer, objective: Objective | Callable[..., float] | None, name: Literal["margin"], *,
            roles: Mapping[str, arrays.Role | RoleName | int] | None = None, stacked: Mapping[str, int] | None = None, quantile:
            float = 0.1, seed: int = 24301, max_evaluations: int = 0, batch: int = -1, class_index: int = -1, combine:
            Literal["examples", "batches"] = "examples", loss: Literal["host", "cross_entropy"] = "host", normalize_logits:
            Literal["none", "unit", "rms"] = "none") -> Result:
    """The margins of the outputs.

    quantile: Share of the examples below the value. [0, 1]
    """
@overload
def measure(parameters: arrays.Arrays | Optimizer, objective: Objective | Callable[..., float] | None, name:
            Literal["trajectory"], *, roles: Mapping[str, arrays.Role | RoleName | int] | None = None, stacked: Mapping[str, int]
            | None = None, point: arrays.Arrays = ..., measure: Literal["none", "lambda_max", "lambda_min", "trace", "worst_case",
            "average_case", "sam_gap", "gradient_norm", "eps_radius", "keskar_box", "local_entropy", "pacbayes_sigma"] = "none",
            seed: int = 24301, max_evaluations: int = 0, batch: int = -1, class_index: int = -1, combine: Literal["examples",
            "batches"] = "examples", loss: Literal["host", "cross_entropy"] = "host", normalize_logits: Literal["none", "unit",
            "rms"] = "none") -> Result:
    """Lengths and angles of a way through the weights.

    point: A point of the way. arrays by name
    measure: Which measure; it takes its settings too.
    """
@overload
def measure(parameters: arrays.Arrays | Optimizer, objective: Objective | Callable[..., float] | None, name:
            Literal["hessian_gauss_newton_gap"], *, roles: Mapping[str, arrays.Role | RoleName | int] | None = None, stacked:
            Mapping[str, int] | None = None, samples: int = 5, seed: int = 24301, max_evaluations: int = 0, batch: int = -1,
            class_index: int = -1, combine: Literal["examples", "batches"] = "examples", loss: Literal["host", "cross_entropy"] =
            "host", normalize_logits: Literal["none", "unit", "rms"] = "none") -> Result:
    """How far the Hessian is from the Gauss-Newton matrix.

    samples: Random draws or probes. [1, 1000000]
    """
@overload
def measure(parameters: arrays.Arrays | Optimizer, objective: Objective | Callable[..., float] | None, name:
            Literal["hessian_coherence"], *, roles: Mapping[str, arrays.Role | RoleName | int] | None = None, stacked:
            Mapping[str, int] | None = None, samples: int = 20, mode: Literal["full", "rank_one"] = "rank_one", lr: float = 0.0,
            batch_size: float = 1.0, operator: Literal["hessian", "gauss_newton"] = "hessian", hessian: Literal["auto", "product",
            "central", "forward", "richardson"] = "auto", step_size: float = 0.0, seed: int = 24301, max_evaluations: int = 0,
            batch: int = -1, class_index: int = -1, combine: Literal["examples", "batches"] = "examples", loss: Literal["host",
            "cross_entropy"] = "host", normalize_logits: Literal["none", "unit", "rms"] = "none") -> Result:
    """How far the examples' Hessians agree, and whether descent on batches is stable.

    samples: Random draws or probes. [1, 1000000]
    mode: The examples' Hessians, or their gradients' outer products.
    lr: Learning rate whose stability is looked at; 0: not. [0, inf)
    batch_size: Examples of a batch, with lr. (0, inf)
    operator: What the products are with: the Hessian, or the host's Gauss-Newton matrix.
    hessian: auto: the host's product, else central differences of gradients; or one of them.
    step_size: Difference step, relative to 1 + the norm of the weights; 0: found (3e-7 or 1e-4 by dtype, smaller where the answer
        asks for it). [0, 1]
    """
@overload
def measure(parameters: arrays.Arrays | Optimizer, objective: Objective | Callable[..., float] | None, name: Literal["igs"], *,
            roles: Mapping[str, arrays.Role | RoleName | int] | None = None, stacked: Mapping[str, int] | None = None, damping:
            float = 0.0, samples: int = 0, seed: int = 24301, max_evaluations: int = 0, batch: int = -1, class_index: int = -1,
            combine: Literal["examples", "batches"] = "examples", loss: Literal["host", "cross_entropy"] = "host",
            normalize_logits: Literal["none", "unit", "rms"] = "none") -> Result:
    """Information-geometric sharpness: the steepest slope of the loss per change of the model.

    damping: z of F + z; 0: the pseudo-inverse. [0, inf)
    samples: Examples at random; 0: all. [0, 512]
    """
@overload
def measure(parameters: arrays.Arrays | Optimizer, objective: Objective | Callable[..., float] | None, name:
            Literal["class_gradient_alignment"], *, roles: Mapping[str, arrays.Role | RoleName | int] | None = None, stacked:
            Mapping[str, int] | None = None, seed: int = 24301, max_evaluations: int = 0, batch: int = -1, class_index: int = -1,
            combine: Literal["examples", "batches"] = "examples", loss: Literal["host", "cross_entropy"] = "host",
            normalize_logits: Literal["none", "unit", "rms"] = "none") -> Result:
    """The cosines of the gradients of different classes."""
@overload
def measure(parameters: arrays.Arrays | Optimizer, objective: Objective | Callable[..., float] | None, name:
            Literal["gradient_flow_sharpness"], *, roles: Mapping[str, arrays.Role | RoleName | int] | None = None, stacked:
            Mapping[str, int] | None = None, steps: int = 100000, tolerance: float = 1e-08, operator: Literal["hessian",
            "gauss_newton"] = "hessian", hessian: Literal["auto", "product", "central", "forward", "richardson"] = "auto",
            step_size: float = 0.0, scaling: Literal["none", "element", "filter", "tensor", "tensor_rms", "custom"] = "none",
            bias_scaling: Literal["scaled", "ignore", "unit"] = "scaled", eta: float = 0.0, scaling_values: arrays.Arrays = ...,
            tensor: int = -1, slice: int = -1, seed: int = 24301, max_evaluations: int = 0, batch: int = -1, class_index: int =
            -1, combine: Literal["examples", "batches"] = "examples", loss: Literal["host", "cross_entropy"] = "host",
            normalize_logits: Literal["none", "unit", "rms"] = "none") -> Result:
    """The largest eigenvalue at the end of the gradient flow.

    steps: Iterations. [1, 1000000]
    tolerance: Of the gradient's norm at the end. [0, 1]
    operator: What the products are with: the Hessian, or the host's Gauss-Newton matrix.
    hessian: auto: the host's product, else central differences of gradients; or one of them.
    step_size: Difference step, relative to 1 + the norm of the weights; 0: found (3e-7 or 1e-4 by dtype, smaller where the answer
        asks for it). [0, 1]
    scaling: The scale c: 1; |w| + eta; the norm of the row (rank < 2: |w|); the norm of the tensor; that over the root of its
        size; scaling_values.
    bias_scaling: Tensors of rank < 2 under a scale: like the others, not perturbed, or c = 1.
    eta: Added to the magnitude in element scale. [0, 1000000]
    scaling_values: The scale of scaling = custom, all >= 0. arrays by name
    tensor: Only this tensor, by its index in the set: its diagonal block, no perturbation elsewhere; -1: all. [-1, inf)
    slice: Of a stacked tensor (setting tensor): only this matrix of it, from 0; -1: all. [-1, inf)
    """
@overload
def measure(parameters: arrays.Arrays | Optimizer, objective: Objective | Callable[..., float] | None, name:
            Literal["sharpness_transfer"], *, roles: Mapping[str, arrays.Role | RoleName | int] | None = None, stacked:
            Mapping[str, int] | None = None, values: Numbers = ..., seed: int = 24301, max_evaluations: int = 0, batch: int = -1,
            class_index: int = -1, combine: Literal["examples", "batches"] = "examples", loss: Literal["host", "cross_entropy"] =
            "host", normalize_logits: Literal["none", "unit", "rms"] = "none") -> Result:
    """Whether series of sharpness agree across models.

    values: One model's series; at least twice. (0, inf)
    """
@overload
def measure(parameters: arrays.Arrays | Optimizer, objective: Objective | Callable[..., float] | None, name:
            Literal["surrogate_sensitivity"], *, roles: Mapping[str, arrays.Role | RoleName | int] | None = None, stacked:
            Mapping[str, int] | None = None, alpha: float = 0.1, mu: float = 0.0, sigma: float = 0.01, samples: int = 100,
            temperature: float = 0.1, seed: int = 24301, max_evaluations: int = 0, batch: int = -1, class_index: int = -1,
            combine: Literal["examples", "batches"] = "examples", loss: Literal["host", "cross_entropy"] = "host",
            normalize_logits: Literal["none", "unit", "rms"] = "none") -> Result:
    """The chance that random weights move the output by alpha.

    alpha: The change that counts. (-inf, inf)
    mu: Mean of the weights' change. (-inf, inf)
    sigma: Its deviation. [0, inf)
    samples: Random draws or probes. [1, 1000000]
    temperature: Of the smooth version. (0, inf)
    """
@overload
def measure(parameters: arrays.Arrays | Optimizer, objective: Objective | Callable[..., float] | None, name:
            Literal["trajectory_kl"], *, roles: Mapping[str, arrays.Role | RoleName | int] | None = None, stacked: Mapping[str,
            int] | None = None, to: arrays.Arrays = ..., temperature: float = 5.0, seed: int = 24301, max_evaluations: int = 0,
            batch: int = -1, class_index: int = -1, combine: Literal["examples", "batches"] = "examples", loss: Literal["host",
            "cross_entropy"] = "host", normalize_logits: Literal["none", "unit", "rms"] = "none") -> Result:
    """How far the outputs move between two points of a trajectory.

    to: The other weights; must be given. arrays by name
    temperature: T, which divides the logits. (0, inf)
    """
@overload
def measure(parameters: arrays.Arrays | Optimizer, objective: Objective | Callable[..., float] | None, name:
            Literal["psp_entropy"], *, roles: Mapping[str, arrays.Role | RoleName | int] | None = None, stacked: Mapping[str, int]
            | None = None, values: Numbers = ..., classes: int = 1, seed: int = 24301, max_evaluations: int = 0, batch: int = -1,
            class_index: int = -1, combine: Literal["examples", "batches"] = "examples", loss: Literal["host", "cross_entropy"] =
            "host", normalize_logits: Literal["none", "unit", "rms"] = "none") -> Result:
    """The entropy of neurons' signs within the classes.

    values: Counts [neurons, classes, 2], flat. [0, inf)
    classes: How many classes there are. [1, 1000000]
    """
@overload
def measure(parameters: arrays.Arrays | Optimizer, objective: Objective | Callable[..., float] | None, name: Literal["path_norm"],
            *, roles: Mapping[str, arrays.Role | RoleName | int] | None = None, stacked: Mapping[str, int] | None = None, root:
            Flag = False, seed: int = 24301, max_evaluations: int = 0, batch: int = -1, class_index: int = -1, combine:
            Literal["examples", "batches"] = "examples", loss: Literal["host", "cross_entropy"] = "host", normalize_logits:
            Literal["none", "unit", "rms"] = "none") -> Result:
    """The sum over paths of the products of squared weights.

    root: The root of the sum. 0 or 1
    """
@overload
def measure(parameters: arrays.Arrays | Optimizer, objective: Objective | Callable[..., float] | None, name:
            Literal["effective_model_complexity"], *, roles: Mapping[str, arrays.Role | RoleName | int] | None = None, stacked:
            Mapping[str, int] | None = None, error: float = 0.1, restarts: int = 3, high: int = 0, seed: int = 24301,
            max_evaluations: int = 0, batch: int = -1, class_index: int = -1, combine: Literal["examples", "batches"] =
            "examples", loss: Literal["host", "cross_entropy"] = "host", normalize_logits: Literal["none", "unit", "rms"] =
            "none") -> Result:
    """The most examples that training still fits.

    error: Training error that counts as a fit. [0, 1]
    restarts: Seeds: the setting seed and the next ones. [1, 1000]
    high: The most examples; 0: the objective's. [0, 9007199254740992]
    """
@overload
def measure(parameters: arrays.Arrays | Optimizer, objective: Objective | Callable[..., float] | None, name:
            Literal["eigen_residual"], *, roles: Mapping[str, arrays.Role | RoleName | int] | None = None, stacked: Mapping[str,
            int] | None = None, direction: arrays.Arrays = ..., operator: Literal["hessian", "gauss_newton"] = "hessian", hessian:
            Literal["auto", "product", "central", "forward", "richardson"] = "auto", step_size: float = 0.0, scaling:
            Literal["none", "element", "filter", "tensor", "tensor_rms", "custom"] = "none", bias_scaling: Literal["scaled",
            "ignore", "unit"] = "scaled", eta: float = 0.0, scaling_values: arrays.Arrays = ..., tensor: int = -1, slice: int =
            -1, seed: int = 24301, max_evaluations: int = 0, batch: int = -1, class_index: int = -1, combine: Literal["examples",
            "batches"] = "examples", loss: Literal["host", "cross_entropy"] = "host", normalize_logits: Literal["none", "unit",
            "rms"] = "none") -> Result:
    """How far a direction is from an eigenvector of the Hessian.

    direction: The direction; must be given. arrays by name
    operator: What the products are with: the Hessian, or the host's Gauss-Newton matrix.
    hessian: auto: the host's product, else central differences of gradients; or one of them.
    step_size: Difference step, relative to 1 + the norm of the weights; 0: found (3e-7 or 1e-4 by dtype, smaller where the answer
        asks for it). [0, 1]
    scaling: The scale c: 1; |w| + eta; the norm of the row (rank < 2: |w|); the norm of the tensor; that over the root of its
        size; scaling_values.
    bias_scaling: Tensors of rank < 2 under a scale: like the others, not perturbed, or c = 1.
    eta: Added to the magnitude in element scale. [0, 1000000]
    scaling_values: The scale of scaling = custom, all >= 0. arrays by name
    tensor: Only this tensor, by its index in the set: its diagonal block, no perturbation elsewhere; -1: all. [-1, inf)
    slice: Of a stacked tensor (setting tensor): only this matrix of it, from 0; -1: all. [-1, inf)
    """
@overload
def measure(parameters: arrays.Arrays | Optimizer, objective: Objective | Callable[..., float] | None, name:
            Literal["measure_correlation"], *, roles: Mapping[str, arrays.Role | RoleName | int] | None = None, stacked:
            Mapping[str, int] | None = None, measure: Numbers = ..., generalization: Numbers = ..., groups: Numbers = ..., seed:
            int = 24301, max_evaluations: int = 0, batch: int = -1, class_index: int = -1, combine: Literal["examples", "batches"]
            = "examples", loss: Literal["host", "cross_entropy"] = "host", normalize_logits: Literal["none", "unit", "rms"] =
            "none") -> Result:
    """Rank correlations of a measure with generalisation over models.

    measure: The measure, by model. (-inf, inf)
    generalization: The generalisation gap or the like, by model. (-inf, inf)
    groups: The group of each model: those that differ in one hyperparameter. (-inf, inf)
    """
@overload
def measure(parameters: arrays.Arrays | Optimizer, objective: Objective | Callable[..., float] | None, name: Measure, *, roles:
            Mapping[str, arrays.Role | RoleName | int] | None = None, stacked: Mapping[str, int] | None = None, seed: int = 24301,
            max_evaluations: int = 0, batch: int = -1, class_index: int = -1, combine: Literal["examples", "batches"] =
            "examples", loss: Literal["host", "cross_entropy"] = "host", normalize_logits: Literal["none", "unit", "rms"] =
            "none") -> Result:
    """Any of libsam.measures(), with the settings that all have.

    seed: Of every random draw: draw k does not depend on the others, on batches or threads.
    max_evaluations: Evaluations, at the most; what was found so far comes back with converged 0. 0: no limit.
    batch: Only this batch; -1: all.
    class_index: Only the examples of this class; -1: all.
    combine: Weights of the batches: batch_weights or batch_examples of the objective, or all equal.
    loss: Who turns logits into losses: the host, or the library by the cross-entropy of its logits.
    normalize_logits: Logits without their mean and divided by their length, or by their root mean square, before the library's
        cross-entropy: a sharpness that their scale does not change.
    """

class Measured:
    """`measure` of an objective that knows its weights."""

    @overload
    def measure(self, name: Literal["lambda_max"], *, tolerance: float = 0.0001, max_iterations: int = 100, method:
                Literal["lanczos", "power", "lobpcg"] = "lanczos", start: arrays.Arrays = ..., precision: Literal["double",
                "single"] = "double", operator: Literal["hessian", "gauss_newton"] = "hessian", hessian: Literal["auto",
                "product", "central", "forward", "richardson"] = "auto", step_size: float = 0.0, scaling: Literal["none",
                "element", "filter", "tensor", "tensor_rms", "custom"] = "none", bias_scaling: Literal["scaled", "ignore", "unit"]
                = "scaled", eta: float = 0.0, scaling_values: arrays.Arrays = ..., tensor: int = -1, slice: int = -1, seed: int =
                24301, max_evaluations: int = 0, batch: int = -1, class_index: int = -1, combine: Literal["examples", "batches"] =
                "examples", loss: Literal["host", "cross_entropy"] = "host", normalize_logits: Literal["none", "unit", "rms"] =
                "none") -> Result:
        """The largest eigenvalue of the Hessian, with its eigenvector: the sharpness that limits step sizes."""
    @overload
    def measure(self, name: Literal["lambda_min"], *, tolerance: float = 0.0001, max_iterations: int = 100, method:
                Literal["lanczos", "power", "lobpcg"] = "lanczos", start: arrays.Arrays = ..., precision: Literal["double",
                "single"] = "double", operator: Literal["hessian", "gauss_newton"] = "hessian", hessian: Literal["auto",
                "product", "central", "forward", "richardson"] = "auto", step_size: float = 0.0, scaling: Literal["none",
                "element", "filter", "tensor", "tensor_rms", "custom"] = "none", bias_scaling: Literal["scaled", "ignore", "unit"]
                = "scaled", eta: float = 0.0, scaling_values: arrays.Arrays = ..., tensor: int = -1, slice: int = -1, seed: int =
                24301, max_evaluations: int = 0, batch: int = -1, class_index: int = -1, combine: Literal["examples", "batches"] =
                "examples", loss: Literal["host", "cross_entropy"] = "host", normalize_logits: Literal["none", "unit", "rms"] =
                "none") -> Result:
        """The smallest eigenvalue of the Hessian, negative off a minimum, with its eigenvector."""
    @overload
    def measure(self, name: Literal["eigenpairs"], *, count: int = 5, which: Literal["largest", "smallest", "magnitude", "both"] =
                "largest", tolerance: float = 0.0001, max_iterations: int = 20, method: Literal["lanczos", "power", "lobpcg"] =
                "lanczos", operator: Literal["hessian", "gauss_newton"] = "hessian", hessian: Literal["auto", "product",
                "central", "forward", "richardson"] = "auto", step_size: float = 0.0, scaling: Literal["none", "element",
                "filter", "tensor", "tensor_rms", "custom"] = "none", bias_scaling: Literal["scaled", "ignore", "unit"] =
                "scaled", eta: float = 0.0, scaling_values: arrays.Arrays = ..., tensor: int = -1, slice: int = -1, seed: int =
                24301, max_evaluations: int = 0, batch: int = -1, class_index: int = -1, combine: Literal["examples", "batches"] =
                "examples", loss: Literal["host", "cross_entropy"] = "host", normalize_logits: Literal["none", "unit", "rms"] =
                "none") -> Result:
        """The outermost eigenvalues of the Hessian with their eigenvectors."""
    @overload
    def measure(self, name: Literal["trace"], *, samples: int = 60, method: Literal["auto", "exact", "hutchinson", "hutchpp",
                "xtrace"] = "auto", distribution: Literal["rademacher", "normal"] = "rademacher", tolerance: float = 0.0,
                operator: Literal["hessian", "gauss_newton"] = "hessian", hessian: Literal["auto", "product", "central",
                "forward", "richardson"] = "auto", step_size: float = 0.0, scaling: Literal["none", "element", "filter", "tensor",
                "tensor_rms", "custom"] = "none", bias_scaling: Literal["scaled", "ignore", "unit"] = "scaled", eta: float = 0.0,
                scaling_values: arrays.Arrays = ..., tensor: int = -1, slice: int = -1, seed: int = 24301, max_evaluations: int =
                0, batch: int = -1, class_index: int = -1, combine: Literal["examples", "batches"] = "examples", loss:
                Literal["host", "cross_entropy"] = "host", normalize_logits: Literal["none", "unit", "rms"] = "none") -> Result:
        """The trace of the Hessian, estimated with its error."""
    @overload
    def measure(self, name: Literal["frobenius"], *, samples: int = 100, method: Literal["auto", "exact", "hutchinson"] = "auto",
                distribution: Literal["rademacher", "normal"] = "rademacher", operator: Literal["hessian", "gauss_newton"] =
                "hessian", hessian: Literal["auto", "product", "central", "forward", "richardson"] = "auto", step_size: float =
                0.0, scaling: Literal["none", "element", "filter", "tensor", "tensor_rms", "custom"] = "none", bias_scaling:
                Literal["scaled", "ignore", "unit"] = "scaled", eta: float = 0.0, scaling_values: arrays.Arrays = ..., tensor: int
                = -1, slice: int = -1, seed: int = 24301, max_evaluations: int = 0, batch: int = -1, class_index: int = -1,
                combine: Literal["examples", "batches"] = "examples", loss: Literal["host", "cross_entropy"] = "host",
                normalize_logits: Literal["none", "unit", "rms"] = "none") -> Result:
        """The Frobenius norm of the Hessian."""
    @overload
    def measure(self, name: Literal["diagonal"], *, samples: int = 100, operator: Literal["hessian", "gauss_newton"] = "hessian",
                hessian: Literal["auto", "product", "central", "forward", "richardson"] = "auto", step_size: float = 0.0, scaling:
                Literal["none", "element", "filter", "tensor", "tensor_rms", "custom"] = "none", bias_scaling: Literal["scaled",
                "ignore", "unit"] = "scaled", eta: float = 0.0, scaling_values: arrays.Arrays = ..., tensor: int = -1, slice: int
                = -1, seed: int = 24301, max_evaluations: int = 0, batch: int = -1, class_index: int = -1, combine:
                Literal["examples", "batches"] = "examples", loss: Literal["host", "cross_entropy"] = "host", normalize_logits:
                Literal["none", "unit", "rms"] = "none") -> Result:
        """The diagonal of the Hessian."""
    @overload
    def measure(self, name: Literal["spectral_density"], *, samples: int = 10, steps: int = 80, kernel: Literal["papyan",
                "pyhessian", "fixed"] = "papyan", count: int = 1024, width: float = 0.0, z: float = 1e-06, edges: Numbers = ...,
                distribution: Literal["rademacher", "normal"] = "rademacher", operator: Literal["hessian", "gauss_newton"] =
                "hessian", hessian: Literal["auto", "product", "central", "forward", "richardson"] = "auto", step_size: float =
                0.0, scaling: Literal["none", "element", "filter", "tensor", "tensor_rms", "custom"] = "none", bias_scaling:
                Literal["scaled", "ignore", "unit"] = "scaled", eta: float = 0.0, scaling_values: arrays.Arrays = ..., tensor: int
                = -1, slice: int = -1, seed: int = 24301, max_evaluations: int = 0, batch: int = -1, class_index: int = -1,
                combine: Literal["examples", "batches"] = "examples", loss: Literal["host", "cross_entropy"] = "host",
                normalize_logits: Literal["none", "unit", "rms"] = "none") -> Result:
        """The density of the Hessian's eigenvalues, its moments, and the share of negative ones."""
    @overload
    def measure(self, name: Literal["layerwise"], *, measure: Literal["trace", "lambda_max", "lambda_min", "spectral_norm",
                "frobenius", "worst_case", "average_case", "sam_gap", "gradient_norm", "first_order_flatness", "eps_radius"] =
                "trace", shared_probe: Flag = False, seed: int = 24301, max_evaluations: int = 0, batch: int = -1, class_index:
                int = -1, combine: Literal["examples", "batches"] = "examples", loss: Literal["host", "cross_entropy"] = "host",
                normalize_logits: Literal["none", "unit", "rms"] = "none") -> Result:
        """Another measure of each tensor by itself."""
    @overload
    def measure(self, name: Literal["classwise"], *, measure: Literal["trace", "lambda_max", "lambda_min", "spectral_norm",
                "frobenius", "worst_case", "average_case", "sam_gap", "gradient_norm", "first_order_flatness"] = "trace", seed:
                int = 24301, max_evaluations: int = 0, batch: int = -1, class_index: int = -1, combine: Literal["examples",
                "batches"] = "examples", loss: Literal["host", "cross_entropy"] = "host", normalize_logits: Literal["none",
                "unit", "rms"] = "none") -> Result:
        """Another measure, and the curvature's ends, of each class by itself."""
    @overload
    def measure(self, name: Literal["worst_case"], *, rho: Numbers = 0.5, norm: Literal["l2", "linf"] = "l2", projection:
                Literal["scaled", "euclidean"] = "scaled", steps: int = 20, restarts: int = 1, start: Literal["zero", "random",
                "eigenvector"] = "zero", keep: Flag = False, scaling: Literal["none", "element", "filter", "tensor", "tensor_rms",
                "custom"] = "none", bias_scaling: Literal["scaled", "ignore", "unit"] = "scaled", eta: float = 0.0,
                scaling_values: arrays.Arrays = ..., tensor: int = -1, slice: int = -1, seed: int = 24301, max_evaluations: int =
                0, batch: int = -1, class_index: int = -1, combine: Literal["examples", "batches"] = "examples", loss:
                Literal["host", "cross_entropy"] = "host", normalize_logits: Literal["none", "unit", "rms"] = "none") -> Result:
        """The largest rise of the loss within a ball: adaptive worst-case sharpness."""
    @overload
    def measure(self, name: Literal["average_case"], *, rho: Numbers = 0.1, samples: int = 100, shape: Literal["normal",
                "uniform", "sphere"] = "normal", antithetic: Flag = True, quantiles: Numbers = ..., scaling: Literal["none",
                "element", "filter", "tensor", "tensor_rms", "custom"] = "none", bias_scaling: Literal["scaled", "ignore", "unit"]
                = "scaled", eta: float = 0.0, scaling_values: arrays.Arrays = ..., tensor: int = -1, slice: int = -1, seed: int =
                24301, max_evaluations: int = 0, batch: int = -1, class_index: int = -1, combine: Literal["examples", "batches"] =
                "examples", loss: Literal["host", "cross_entropy"] = "host", normalize_logits: Literal["none", "unit", "rms"] =
                "none") -> Result:
        """The mean rise of the loss under random perturbations: average-case sharpness, and the loss smoothed."""
    @overload
    def measure(self, name: Literal["m_sharpness"], *, sizes: Numbers = ..., measure: Literal["worst_case", "sam_gap"] =
                "worst_case", seed: int = 24301, max_evaluations: int = 0, batch: int = -1, class_index: int = -1, combine:
                Literal["examples", "batches"] = "examples", loss: Literal["host", "cross_entropy"] = "host", normalize_logits:
                Literal["none", "unit", "rms"] = "none") -> Result:
        """The worst rise by how many batches share a perturbation."""
    @overload
    def measure(self, name: Literal["sam_gap"], *, rho: Numbers = 0.05, cosine: Flag = False, scaling: Literal["none", "element",
                "filter", "tensor", "tensor_rms", "custom"] = "none", bias_scaling: Literal["scaled", "ignore", "unit"] =
                "scaled", eta: float = 0.0, scaling_values: arrays.Arrays = ..., tensor: int = -1, slice: int = -1, seed: int =
                24301, max_evaluations: int = 0, batch: int = -1, class_index: int = -1, combine: Literal["examples", "batches"] =
                "examples", loss: Literal["host", "cross_entropy"] = "host", normalize_logits: Literal["none", "unit", "rms"] =
                "none") -> Result:
        """The rise of the loss at SAM's perturbation, one step along the gradient."""
    @overload
    def measure(self, name: Literal["first_order_flatness"], *, rho: Numbers = 0.05, steps: int = 20, restarts: int = 1, one_step:
                Flag = False, operator: Literal["hessian", "gauss_newton"] = "hessian", hessian: Literal["auto", "product",
                "central", "forward", "richardson"] = "auto", step_size: float = 0.0, scaling: Literal["none", "element",
                "filter", "tensor", "tensor_rms", "custom"] = "none", bias_scaling: Literal["scaled", "ignore", "unit"] =
                "scaled", eta: float = 0.0, scaling_values: arrays.Arrays = ..., tensor: int = -1, slice: int = -1, seed: int =
                24301, max_evaluations: int = 0, batch: int = -1, class_index: int = -1, combine: Literal["examples", "batches"] =
                "examples", loss: Literal["host", "cross_entropy"] = "host", normalize_logits: Literal["none", "unit", "rms"] =
                "none") -> Result:
        """The largest gradient norm within a ball: first-order flatness."""
    @overload
    def measure(self, name: Literal["noise_scale"], *, batch_size: float = 0.0, full: Flag = False, samples: int = 0, operator:
                Literal["hessian", "gauss_newton"] = "hessian", hessian: Literal["auto", "product", "central", "forward",
                "richardson"] = "auto", step_size: float = 0.0, seed: int = 24301, max_evaluations: int = 0, batch: int = -1,
                class_index: int = -1, combine: Literal["examples", "batches"] = "examples", loss: Literal["host",
                "cross_entropy"] = "host", normalize_logits: Literal["none", "unit", "rms"] = "none") -> Result:
        """The batch size at which the gradient's noise equals its signal."""
    @overload
    def measure(self, name: Literal["stability_ratio"], *, lr: float = ..., rule: Literal["gradient_descent", "momentum",
                "nesterov", "ema_momentum", "adaptive", "sam", "sam_unnormalized", "sgd_trace"] = "gradient_descent", beta: float
                = 0.9, beta2: float = 0.999, eps: float = 1e-08, step: int = 1, weight_decay: float = 0.0, rho: float = 0.05,
                preconditioner: arrays.Arrays = ..., count: int = 1, tolerance: float = 0.0001, max_iterations: int = 100, method:
                Literal["lanczos", "power", "lobpcg"] = "lanczos", start: arrays.Arrays = ..., precision: Literal["double",
                "single"] = "double", operator: Literal["hessian", "gauss_newton"] = "hessian", hessian: Literal["auto",
                "product", "central", "forward", "richardson"] = "auto", step_size: float = 0.0, seed: int = 24301,
                max_evaluations: int = 0, batch: int = -1, class_index: int = -1, combine: Literal["examples", "batches"] =
                "examples", loss: Literal["host", "cross_entropy"] = "host", normalize_logits: Literal["none", "unit", "rms"] =
                "none") -> Result:
        """The sharpness over an optimizer's threshold of stability."""
    @overload
    def measure(self, name: Literal["directional_sharpness"], *, direction: arrays.Arrays = ..., length: float = 1.0, operator:
                Literal["hessian", "gauss_newton"] = "hessian", hessian: Literal["auto", "product", "central", "forward",
                "richardson"] = "auto", step_size: float = 0.0, seed: int = 24301, max_evaluations: int = 0, batch: int = -1,
                class_index: int = -1, combine: Literal["examples", "batches"] = "examples", loss: Literal["host",
                "cross_entropy"] = "host", normalize_logits: Literal["none", "unit", "rms"] = "none") -> Result:
        """The curvature along given directions, and the loss there by orders."""
    @overload
    def measure(self, name: Literal["slice_1d"], *, directions: Literal["random", "gradient", "eigenvectors", "given", "pca"] =
                "random", direction: arrays.Arrays = ..., point: arrays.Arrays = ..., normalization: Literal["none", "unit",
                "filter", "tensor", "weight", "weight_absolute"] = "filter", bias_scaling: Literal["scaled", "ignore", "unit"] =
                "ignore", low: float = -1.0, high: float = 1.0, count: int = 51, curvature: Flag = False, keep: Flag = False,
                refresh: Flag = False, seed: int = 24301, max_evaluations: int = 0, batch: int = -1, class_index: int = -1,
                combine: Literal["examples", "batches"] = "examples", loss: Literal["host", "cross_entropy"] = "host",
                normalize_logits: Literal["none", "unit", "rms"] = "none") -> Result:
        """The loss along a line through the weights."""
    @overload
    def measure(self, name: Literal["slice_2d"], *, directions: Literal["random", "gradient", "eigenvectors", "given", "pca"] =
                "random", direction: arrays.Arrays = ..., point: arrays.Arrays = ..., normalization: Literal["none", "unit",
                "filter", "tensor", "weight", "weight_absolute"] = "filter", bias_scaling: Literal["scaled", "ignore", "unit"] =
                "ignore", low: float = -1.0, high: float = 1.0, count: int = 51, keep: Flag = False, refresh: Flag = False, seed:
                int = 24301, max_evaluations: int = 0, batch: int = -1, class_index: int = -1, combine: Literal["examples",
                "batches"] = "examples", loss: Literal["host", "cross_entropy"] = "host", normalize_logits: Literal["none",
                "unit", "rms"] = "none") -> Result:
        """The loss on a plane through the weights."""
    @overload
    def measure(self, name: Literal["barrier"], *, to: arrays.Arrays = ..., start_point: arrays.Arrays = ..., count: int = 25,
                refine: int = 0, refresh: Flag = False, seed: int = 24301, max_evaluations: int = 0, batch: int = -1, class_index:
                int = -1, combine: Literal["examples", "batches"] = "examples", loss: Literal["host", "cross_entropy"] = "host",
                normalize_logits: Literal["none", "unit", "rms"] = "none") -> Result:
        """The height of the loss between two points of the weights."""
    @overload
    def measure(self, name: Literal["gradient_norm"], *, norm: Literal["l2", "linf"] = "l2", scaling: Literal["none", "element",
                "filter", "tensor", "tensor_rms", "custom"] = "none", bias_scaling: Literal["scaled", "ignore", "unit"] =
                "scaled", eta: float = 0.0, scaling_values: arrays.Arrays = ..., tensor: int = -1, slice: int = -1, seed: int =
                24301, max_evaluations: int = 0, batch: int = -1, class_index: int = -1, combine: Literal["examples", "batches"] =
                "examples", loss: Literal["host", "cross_entropy"] = "host", normalize_logits: Literal["none", "unit", "rms"] =
                "none") -> Result:
        """The norm of the gradient, scaled: the first-order sharpness."""
    @overload
    def measure(self, name: Literal["check"], *, samples: int = 5, seed: int = 24301, max_evaluations: int = 0, batch: int = -1,
                class_index: int = -1, combine: Literal["examples", "batches"] = "examples", loss: Literal["host",
                "cross_entropy"] = "host", normalize_logits: Literal["none", "unit", "rms"] = "none") -> Result:
        """Whether the host's gradient belongs to its loss; names what is wrong."""
    @overload
    def measure(self, name: Literal["eps_radius"], *, eps: float = 0.1, samples: int = 20, count: int = 0, tolerance: float =
                1e-06, scaling: Literal["none", "element", "filter", "tensor", "tensor_rms", "custom"] = "none", bias_scaling:
                Literal["scaled", "ignore", "unit"] = "scaled", eta: float = 0.0, scaling_values: arrays.Arrays = ..., tensor: int
                = -1, slice: int = -1, seed: int = 24301, max_evaluations: int = 0, batch: int = -1, class_index: int = -1,
                combine: Literal["examples", "batches"] = "examples", loss: Literal["host", "cross_entropy"] = "host",
                normalize_logits: Literal["none", "unit", "rms"] = "none") -> Result:
        """How far from the weights the loss has risen by eps."""
    @overload
    def measure(self, name: Literal["keskar_box"], *, eps: float = 0.001, steps: int = 10, dimension: int = 0, seed: int = 24301,
                max_evaluations: int = 0, batch: int = -1, class_index: int = -1, combine: Literal["examples", "batches"] =
                "examples", loss: Literal["host", "cross_entropy"] = "host", normalize_logits: Literal["none", "unit", "rms"] =
                "none") -> Result:
        """The largest rise of the loss in a small box, in percent."""
    @overload
    def measure(self, name: Literal["local_entropy"], *, gamma: float = 1.0, samples: int = 1000, beta: float = 1.0, mode:
                Literal["sampling", "laplace", "langevin"] = "sampling", steps: int = 20, inner_step: float = 0.01, operator:
                Literal["hessian", "gauss_newton"] = "hessian", hessian: Literal["auto", "product", "central", "forward",
                "richardson"] = "auto", step_size: float = 0.0, scaling: Literal["none", "element", "filter", "tensor",
                "tensor_rms", "custom"] = "none", bias_scaling: Literal["scaled", "ignore", "unit"] = "scaled", eta: float = 0.0,
                scaling_values: arrays.Arrays = ..., tensor: int = -1, slice: int = -1, seed: int = 24301, max_evaluations: int =
                0, batch: int = -1, class_index: int = -1, combine: Literal["examples", "batches"] = "examples", loss:
                Literal["host", "cross_entropy"] = "host", normalize_logits: Literal["none", "unit", "rms"] = "none") -> Result:
        """The volume of low loss about the weights."""
    @overload
    def measure(self, name: Literal["pacbayes_sigma"], *, metric: Literal["loss", "error"] = "loss", target: float = 0.1, samples:
                int = 10, magnitude: Flag = False, tolerance: float = 0.01, compat: Flag = False, initial: arrays.Arrays = ...,
                seed: int = 24301, max_evaluations: int = 0, batch: int = -1, class_index: int = -1, combine: Literal["examples",
                "batches"] = "examples", loss: Literal["host", "cross_entropy"] = "host", normalize_logits: Literal["none",
                "unit", "rms"] = "none") -> Result:
        """The noise of the weights at which the loss has risen by a given amount."""
    @overload
    def measure(self, name: Literal["sharpness_gap"], *, measure: Literal["worst_case", "sam_gap", "average_case",
                "gradient_norm", "lambda_max", "lambda_min", "spectral_norm", "trace", "frobenius", "first_order_flatness",
                "eps_radius", "keskar_box"] = "worst_case", cross: Flag = False, seed: int = 24301, max_evaluations: int = 0,
                batch: int = -1, class_index: int = -1, combine: Literal["examples", "batches"] = "examples", loss:
                Literal["host", "cross_entropy"] = "host", normalize_logits: Literal["none", "unit", "rms"] = "none") -> Result:
        """A measure on a second data set minus that on the first."""
    @overload
    def measure(self, name: Literal["spectral_functions"], *, z: Numbers = 1.0, samples: int = 10, steps: int = 80, distribution:
                Literal["rademacher", "normal"] = "rademacher", operator: Literal["hessian", "gauss_newton"] = "hessian", hessian:
                Literal["auto", "product", "central", "forward", "richardson"] = "auto", step_size: float = 0.0, scaling:
                Literal["none", "element", "filter", "tensor", "tensor_rms", "custom"] = "none", bias_scaling: Literal["scaled",
                "ignore", "unit"] = "scaled", eta: float = 0.0, scaling_values: arrays.Arrays = ..., tensor: int = -1, slice: int
                = -1, seed: int = 24301, max_evaluations: int = 0, batch: int = -1, class_index: int = -1, combine:
                Literal["examples", "batches"] = "examples", loss: Literal["host", "cross_entropy"] = "host", normalize_logits:
                Literal["none", "unit", "rms"] = "none") -> Result:
        """Effective dimension, log-determinant and ranks of the Hessian."""
    @overload
    def measure(self, name: Literal["spectral_norm"], *, tolerance: float = 0.0001, max_iterations: int = 100, method:
                Literal["lanczos", "power", "lobpcg"] = "lanczos", start: arrays.Arrays = ..., precision: Literal["double",
                "single"] = "double", operator: Literal["hessian", "gauss_newton"] = "hessian", hessian: Literal["auto",
                "product", "central", "forward", "richardson"] = "auto", step_size: float = 0.0, scaling: Literal["none",
                "element", "filter", "tensor", "tensor_rms", "custom"] = "none", bias_scaling: Literal["scaled", "ignore", "unit"]
                = "scaled", eta: float = 0.0, scaling_values: arrays.Arrays = ..., tensor: int = -1, slice: int = -1, seed: int =
                24301, max_evaluations: int = 0, batch: int = -1, class_index: int = -1, combine: Literal["examples", "batches"] =
                "examples", loss: Literal["host", "cross_entropy"] = "host", normalize_logits: Literal["none", "unit", "rms"] =
                "none") -> Result:
        """The largest magnitude of the Hessian's eigenvalues."""
    @overload
    def measure(self, name: Literal["gradient_subspace"], *, count: int = 10, operator: Literal["hessian", "gauss_newton"] =
                "hessian", hessian: Literal["auto", "product", "central", "forward", "richardson"] = "auto", step_size: float =
                0.0, scaling: Literal["none", "element", "filter", "tensor", "tensor_rms", "custom"] = "none", bias_scaling:
                Literal["scaled", "ignore", "unit"] = "scaled", eta: float = 0.0, scaling_values: arrays.Arrays = ..., tensor: int
                = -1, slice: int = -1, seed: int = 24301, max_evaluations: int = 0, batch: int = -1, class_index: int = -1,
                combine: Literal["examples", "batches"] = "examples", loss: Literal["host", "cross_entropy"] = "host",
                normalize_logits: Literal["none", "unit", "rms"] = "none") -> Result:
        """How much of the gradient lies in the top eigenvectors."""
    @overload
    def measure(self, name: Literal["batch_sharpness"], *, samples: int = 128, tolerance: float = 0.005, momentum: arrays.Arrays =
                ..., operator: Literal["hessian", "gauss_newton"] = "hessian", hessian: Literal["auto", "product", "central",
                "forward", "richardson"] = "auto", step_size: float = 0.0, seed: int = 24301, max_evaluations: int = 0, batch: int
                = -1, class_index: int = -1, combine: Literal["examples", "batches"] = "examples", loss: Literal["host",
                "cross_entropy"] = "host", normalize_logits: Literal["none", "unit", "rms"] = "none") -> Result:
        """The curvature of each batch along its own gradient."""
    @overload
    def measure(self, name: Literal["gradient_noise_interaction"], *, samples: int = 64, operator: Literal["hessian",
                "gauss_newton"] = "hessian", hessian: Literal["auto", "product", "central", "forward", "richardson"] = "auto",
                step_size: float = 0.0, seed: int = 24301, max_evaluations: int = 0, batch: int = -1, class_index: int = -1,
                combine: Literal["examples", "batches"] = "examples", loss: Literal["host", "cross_entropy"] = "host",
                normalize_logits: Literal["none", "unit", "rms"] = "none") -> Result:
        """The whole curvature along the batches' gradients."""
    @overload
    def measure(self, name: Literal["relative_flatness"], *, tensor: int = -1, slice: int = -1, samples: int = 100, operator:
                Literal["hessian", "gauss_newton"] = "hessian", hessian: Literal["auto", "product", "central", "forward",
                "richardson"] = "auto", step_size: float = 0.0, seed: int = 24301, max_evaluations: int = 0, batch: int = -1,
                class_index: int = -1, combine: Literal["examples", "batches"] = "examples", loss: Literal["host",
                "cross_entropy"] = "host", normalize_logits: Literal["none", "unit", "rms"] = "none") -> Result:
        """The curvature of a layer relative to its weights."""
    @overload
    def measure(self, name: Literal["gradient_covariance"], *, eigenvalues: int = 0, seed: int = 24301, max_evaluations: int = 0,
                batch: int = -1, class_index: int = -1, combine: Literal["examples", "batches"] = "examples", loss:
                Literal["host", "cross_entropy"] = "host", normalize_logits: Literal["none", "unit", "rms"] = "none") -> Result:
        """The covariance of the examples' gradients: trace, diagonal, largest eigenvalues."""
    @overload
    def measure(self, name: Literal["fisher_trace"], *, labels: Literal["given", "exact", "sampled"] = "given", samples: int = 1,
                seed: int = 24301, max_evaluations: int = 0, batch: int = -1, class_index: int = -1, combine: Literal["examples",
                "batches"] = "examples", loss: Literal["host", "cross_entropy"] = "host", normalize_logits: Literal["none",
                "unit", "rms"] = "none") -> Result:
        """The trace of the Fisher matrix, empirical or true."""
    @overload
    def measure(self, name: Literal["coherence"], *, seed: int = 24301, max_evaluations: int = 0, batch: int = -1, class_index:
                int = -1, combine: Literal["examples", "batches"] = "examples", loss: Literal["host", "cross_entropy"] = "host",
                normalize_logits: Literal["none", "unit", "rms"] = "none") -> Result:
        """How far the examples' gradients agree, from 1 to their number."""
    @overload
    def measure(self, name: Literal["gsnr"], *, seed: int = 24301, max_evaluations: int = 0, batch: int = -1, class_index: int =
                -1, combine: Literal["examples", "batches"] = "examples", loss: Literal["host", "cross_entropy"] = "host",
                normalize_logits: Literal["none", "unit", "rms"] = "none") -> Result:
        """The gradient's signal-to-noise ratio by coordinate."""
    @overload
    def measure(self, name: Literal["stiffness"], *, classes: Flag = False, seed: int = 24301, max_evaluations: int = 0, batch:
                int = -1, class_index: int = -1, combine: Literal["examples", "batches"] = "examples", loss: Literal["host",
                "cross_entropy"] = "host", normalize_logits: Literal["none", "unit", "rms"] = "none") -> Result:
        """The mean cosine of the gradients of two examples."""
    @overload
    def measure(self, name: Literal["fisher_rao_norm"], *, mode: Literal["any", "homogeneous"] = "any", depth: int = 1, seed: int
                = 24301, max_evaluations: int = 0, batch: int = -1, class_index: int = -1, combine: Literal["examples", "batches"]
                = "examples", loss: Literal["host", "cross_entropy"] = "host", normalize_logits: Literal["none", "unit", "rms"] =
                "none") -> Result:
        """The length of the weights in the Fisher metric."""
    @overload
    def measure(self, name: Literal["pca_plane"], *, point: arrays.Arrays = ..., center: Flag = True, grid: int = 0, refresh: Flag
                = False, seed: int = 24301, max_evaluations: int = 0, batch: int = -1, class_index: int = -1, combine:
                Literal["examples", "batches"] = "examples", loss: Literal["host", "cross_entropy"] = "host", normalize_logits:
                Literal["none", "unit", "rms"] = "none") -> Result:
        """The plane of a trajectory's principal axes, and the loss on it."""
    @overload
    def measure(self, name: Literal["roughness"], *, samples: int = 50, count: int = 201, normalization: Literal["none", "unit",
                "filter", "tensor", "weight", "weight_absolute"] = "filter", bias_scaling: Literal["scaled", "ignore", "unit"] =
                "ignore", seed: int = 24301, max_evaluations: int = 0, batch: int = -1, class_index: int = -1, combine:
                Literal["examples", "batches"] = "examples", loss: Literal["host", "cross_entropy"] = "host", normalize_logits:
                Literal["none", "unit", "rms"] = "none") -> Result:
        """How much the loss goes up and down along random lines."""
    @overload
    def measure(self, name: Literal["curvature_map"], *, directions: Literal["random", "gradient", "eigenvectors", "given", "pca"]
                = "random", direction: arrays.Arrays = ..., point: arrays.Arrays = ..., normalization: Literal["none", "unit",
                "filter", "tensor", "weight", "weight_absolute"] = "filter", bias_scaling: Literal["scaled", "ignore", "unit"] =
                "ignore", low: float = -1.0, high: float = 1.0, count: int = 11, keep: Flag = False, refresh: Flag = False,
                tolerance: float = 0.01, operator: Literal["hessian", "gauss_newton"] = "hessian", hessian: Literal["auto",
                "product", "central", "forward", "richardson"] = "auto", step_size: float = 0.0, seed: int = 24301,
                max_evaluations: int = 0, batch: int = -1, class_index: int = -1, combine: Literal["examples", "batches"] =
                "examples", loss: Literal["host", "cross_entropy"] = "host", normalize_logits: Literal["none", "unit", "rms"] =
                "none") -> Result:
        """The ratio of the extreme eigenvalues on a plane through the weights."""
    @overload
    def measure(self, name: Literal["plane"], *, point: arrays.Arrays = ..., count: int = 21, margin: float = 0.2, refresh: Flag =
                False, seed: int = 24301, max_evaluations: int = 0, batch: int = -1, class_index: int = -1, combine:
                Literal["examples", "batches"] = "examples", loss: Literal["host", "cross_entropy"] = "host", normalize_logits:
                Literal["none", "unit", "rms"] = "none") -> Result:
        """The loss on the plane through three points of the weights."""
    @overload
    def measure(self, name: Literal["eigen_plane"], *, which: Literal["largest", "smallest", "magnitude", "both"] = "largest",
                low: float = -1.0, high: float = 1.0, count: int = 51, keep: Flag = False, refresh: Flag = False, operator:
                Literal["hessian", "gauss_newton"] = "hessian", hessian: Literal["auto", "product", "central", "forward",
                "richardson"] = "auto", step_size: float = 0.0, scaling: Literal["none", "element", "filter", "tensor",
                "tensor_rms", "custom"] = "none", bias_scaling: Literal["scaled", "ignore", "unit"] = "scaled", eta: float = 0.0,
                scaling_values: arrays.Arrays = ..., tensor: int = -1, slice: int = -1, seed: int = 24301, max_evaluations: int =
                0, batch: int = -1, class_index: int = -1, combine: Literal["examples", "batches"] = "examples", loss:
                Literal["host", "cross_entropy"] = "host", normalize_logits: Literal["none", "unit", "rms"] = "none") -> Result:
        """The loss on the plane of two eigenvectors of the Hessian."""
    @overload
    def measure(self, name: Literal["path_profile"], *, to: arrays.Arrays = ..., point: arrays.Arrays = ..., measure:
                Literal["lambda_max", "lambda_min", "trace", "worst_case", "average_case", "sam_gap", "gradient_norm",
                "eps_radius", "keskar_box", "local_entropy", "pacbayes_sigma"] = "lambda_max", count: int = 11, seed: int = 24301,
                max_evaluations: int = 0, batch: int = -1, class_index: int = -1, combine: Literal["examples", "batches"] =
                "examples", loss: Literal["host", "cross_entropy"] = "host", normalize_logits: Literal["none", "unit", "rms"] =
                "none") -> Result:
        """Another measure at the points of a path."""
    @overload
    def measure(self, name: Literal["bezier"], *, to: arrays.Arrays = ..., bends: int = 3, steps: int = 200, lr: float = 0.01,
                chain: Flag = False, noise: float = 0.001, count: int = 61, refresh: Flag = False, seed: int = 24301,
                max_evaluations: int = 0, batch: int = -1, class_index: int = -1, combine: Literal["examples", "batches"] =
                "examples", loss: Literal["host", "cross_entropy"] = "host", normalize_logits: Literal["none", "unit", "rms"] =
                "none") -> Result:
        """A trained curve of low loss between two points of the weights."""
    @overload
    def measure(self, name: Literal["convexity"], *, rho: Numbers = 0.1, samples: int = 100, scaling: Literal["none", "element",
                "filter", "tensor", "tensor_rms", "custom"] = "none", bias_scaling: Literal["scaled", "ignore", "unit"] =
                "scaled", eta: float = 0.0, scaling_values: arrays.Arrays = ..., tensor: int = -1, slice: int = -1, seed: int =
                24301, max_evaluations: int = 0, batch: int = -1, class_index: int = -1, combine: Literal["examples", "batches"] =
                "examples", loss: Literal["host", "cross_entropy"] = "host", normalize_logits: Literal["none", "unit", "rms"] =
                "none") -> Result:
        """The share of random segments on which the loss is convex."""
    @overload
    def measure(self, name: Literal["weight_norms"], *, initial: arrays.Arrays = ..., seed: int = 24301, max_evaluations: int = 0,
                batch: int = -1, class_index: int = -1, combine: Literal["examples", "batches"] = "examples", loss:
                Literal["host", "cross_entropy"] = "host", normalize_logits: Literal["none", "unit", "rms"] = "none") -> Result:
        """Norms of the weights, and their distance from the initial ones."""
    @overload
    def measure(self, name: Literal["spectral_norms"], *, tolerance: float = 1e-10, seed: int = 24301, max_evaluations: int = 0,
                batch: int = -1, class_index: int = -1, combine: Literal["examples", "batches"] = "examples", loss:
                Literal["host", "cross_entropy"] = "host", normalize_logits: Literal["none", "unit", "rms"] = "none") -> Result:
        """The largest singular value and the stable rank of each tensor."""
    @overload
    def measure(self, name: Literal["margin"], *, quantile: float = 0.1, seed: int = 24301, max_evaluations: int = 0, batch: int =
                -1, class_index: int = -1, combine: Literal["examples", "batches"] = "examples", loss: Literal["host",
                "cross_entropy"] = "host", normalize_logits: Literal["none", "unit", "rms"] = "none") -> Result:
        """The margins of the outputs."""
    @overload
    def measure(self, name: Literal["trajectory"], *, point: arrays.Arrays = ..., measure: Literal["none", "lambda_max",
                "lambda_min", "trace", "worst_case", "average_case", "sam_gap", "gradient_norm", "eps_radius", "keskar_box",
                "local_entropy", "pacbayes_sigma"] = "none", seed: int = 24301, max_evaluations: int = 0, batch: int = -1,
                class_index: int = -1, combine: Literal["examples", "batches"] = "examples", loss: Literal["host",
                "cross_entropy"] = "host", normalize_logits: Literal["none", "unit", "rms"] = "none") -> Result:
        """Lengths and angles of a way through the weights."""
    @overload
    def measure(self, name: Literal["hessian_gauss_newton_gap"], *, samples: int = 5, seed: int = 24301, max_evaluations: int = 0,
                batch: int = -1, class_index: int = -1, combine: Literal["examples", "batches"] = "examples", loss:
                Literal["host", "cross_entropy"] = "host", normalize_logits: Literal["none", "unit", "rms"] = "none") -> Result:
        """How far the Hessian is from the Gauss-Newton matrix."""
    @overload
    def measure(self, name: Literal["hessian_coherence"], *, samples: int = 20, mode: Literal["full", "rank_one"] = "rank_one",
                lr: float = 0.0, batch_size: float = 1.0, operator: Literal["hessian", "gauss_newton"] = "hessian", hessian:
                Literal["auto", "product", "central", "forward", "richardson"] = "auto", step_size: float = 0.0, seed: int =
                24301, max_evaluations: int = 0, batch: int = -1, class_index: int = -1, combine: Literal["examples", "batches"] =
                "examples", loss: Literal["host", "cross_entropy"] = "host", normalize_logits: Literal["none", "unit", "rms"] =
                "none") -> Result:
        """How far the examples' Hessians agree, and whether descent on batches is stable."""
    @overload
    def measure(self, name: Literal["igs"], *, damping: float = 0.0, samples: int = 0, seed: int = 24301, max_evaluations: int =
                0, batch: int = -1, class_index: int = -1, combine: Literal["examples", "batches"] = "examples", loss:
                Literal["host", "cross_entropy"] = "host", normalize_logits: Literal["none", "unit", "rms"] = "none") -> Result:
        """Information-geometric sharpness: the steepest slope of the loss per change of the model."""
    @overload
    def measure(self, name: Literal["class_gradient_alignment"], *, seed: int = 24301, max_evaluations: int = 0, batch: int = -1,
                class_index: int = -1, combine: Literal["examples", "batches"] = "examples", loss: Literal["host",
                "cross_entropy"] = "host", normalize_logits: Literal["none", "unit", "rms"] = "none") -> Result:
        """The cosines of the gradients of different classes."""
    @overload
    def measure(self, name: Literal["gradient_flow_sharpness"], *, steps: int = 100000, tolerance: float = 1e-08, operator:
                Literal["hessian", "gauss_newton"] = "hessian", hessian: Literal["auto", "product", "central", "forward",
                "richardson"] = "auto", step_size: float = 0.0, scaling: Literal["none", "element", "filter", "tensor",
                "tensor_rms", "custom"] = "none", bias_scaling: Literal["scaled", "ignore", "unit"] = "scaled", eta: float = 0.0,
                scaling_values: arrays.Arrays = ..., tensor: int = -1, slice: int = -1, seed: int = 24301, max_evaluations: int =
                0, batch: int = -1, class_index: int = -1, combine: Literal["examples", "batches"] = "examples", loss:
                Literal["host", "cross_entropy"] = "host", normalize_logits: Literal["none", "unit", "rms"] = "none") -> Result:
        """The largest eigenvalue at the end of the gradient flow."""
    @overload
    def measure(self, name: Literal["sharpness_transfer"], *, values: Numbers = ..., seed: int = 24301, max_evaluations: int = 0,
                batch: int = -1, class_index: int = -1, combine: Literal["examples", "batches"] = "examples", loss:
                Literal["host", "cross_entropy"] = "host", normalize_logits: Literal["none", "unit", "rms"] = "none") -> Result:
        """Whether series of sharpness agree across models."""
    @overload
    def measure(self, name: Literal["surrogate_sensitivity"], *, alpha: float = 0.1, mu: float = 0.0, sigma: float = 0.01,
                samples: int = 100, temperature: float = 0.1, seed: int = 24301, max_evaluations: int = 0, batch: int = -1,
                class_index: int = -1, combine: Literal["examples", "batches"] = "examples", loss: Literal["host",
                "cross_entropy"] = "host", normalize_logits: Literal["none", "unit", "rms"] = "none") -> Result:
        """The chance that random weights move the output by alpha."""
    @overload
    def measure(self, name: Literal["trajectory_kl"], *, to: arrays.Arrays = ..., temperature: float = 5.0, seed: int = 24301,
                max_evaluations: int = 0, batch: int = -1, class_index: int = -1, combine: Literal["examples", "batches"] =
                "examples", loss: Literal["host", "cross_entropy"] = "host", normalize_logits: Literal["none", "unit", "rms"] =
                "none") -> Result:
        """How far the outputs move between two points of a trajectory."""
    @overload
    def measure(self, name: Literal["psp_entropy"], *, values: Numbers = ..., classes: int = 1, seed: int = 24301,
                max_evaluations: int = 0, batch: int = -1, class_index: int = -1, combine: Literal["examples", "batches"] =
                "examples", loss: Literal["host", "cross_entropy"] = "host", normalize_logits: Literal["none", "unit", "rms"] =
                "none") -> Result:
        """The entropy of neurons' signs within the classes."""
    @overload
    def measure(self, name: Literal["path_norm"], *, root: Flag = False, seed: int = 24301, max_evaluations: int = 0, batch: int =
                -1, class_index: int = -1, combine: Literal["examples", "batches"] = "examples", loss: Literal["host",
                "cross_entropy"] = "host", normalize_logits: Literal["none", "unit", "rms"] = "none") -> Result:
        """The sum over paths of the products of squared weights."""
    @overload
    def measure(self, name: Literal["effective_model_complexity"], *, error: float = 0.1, restarts: int = 3, high: int = 0, seed:
                int = 24301, max_evaluations: int = 0, batch: int = -1, class_index: int = -1, combine: Literal["examples",
                "batches"] = "examples", loss: Literal["host", "cross_entropy"] = "host", normalize_logits: Literal["none",
                "unit", "rms"] = "none") -> Result:
        """The most examples that training still fits."""
    @overload
    def measure(self, name: Literal["eigen_residual"], *, direction: arrays.Arrays = ..., operator: Literal["hessian",
                "gauss_newton"] = "hessian", hessian: Literal["auto", "product", "central", "forward", "richardson"] = "auto",
                step_size: float = 0.0, scaling: Literal["none", "element", "filter", "tensor", "tensor_rms", "custom"] = "none",
                bias_scaling: Literal["scaled", "ignore", "unit"] = "scaled", eta: float = 0.0, scaling_values: arrays.Arrays =
                ..., tensor: int = -1, slice: int = -1, seed: int = 24301, max_evaluations: int = 0, batch: int = -1, class_index:
                int = -1, combine: Literal["examples", "batches"] = "examples", loss: Literal["host", "cross_entropy"] = "host",
                normalize_logits: Literal["none", "unit", "rms"] = "none") -> Result:
        """How far a direction is from an eigenvector of the Hessian."""
    @overload
    def measure(self, name: Literal["measure_correlation"], *, measure: Numbers = ..., generalization: Numbers = ..., groups:
                Numbers = ..., seed: int = 24301, max_evaluations: int = 0, batch: int = -1, class_index: int = -1, combine:
                Literal["examples", "batches"] = "examples", loss: Literal["host", "cross_entropy"] = "host", normalize_logits:
                Literal["none", "unit", "rms"] = "none") -> Result:
        """Rank correlations of a measure with generalisation over models."""
    @overload
    def measure(self, name: Measure, *, seed: int = 24301, max_evaluations: int = 0, batch: int = -1, class_index: int = -1,
                combine: Literal["examples", "batches"] = "examples", loss: Literal["host", "cross_entropy"] = "host",
                normalize_logits: Literal["none", "unit", "rms"] = "none") -> Result:
        """Any of libsam.measures(), with the settings that all have.

        seed: Of every random draw: draw k does not depend on the others, on batches or threads.
        max_evaluations: Evaluations, at the most; what was found so far comes back with converged 0. 0: no limit.
        batch: Only this batch; -1: all.
        class_index: Only the examples of this class; -1: all.
        combine: Weights of the batches: batch_weights or batch_examples of the objective, or all equal.
        loss: Who turns logits into losses: the host, or the library by the cross-entropy of its logits.
        normalize_logits: Logits without their mean and divided by their length, or by their root mean square, before the
            library's cross-entropy: a sharpness that their scale does not change.
        """

class Methods(dict[str, Entry]):
    """Entries by name; what it goes through are names that serve as `method`."""

    def __iter__(self) -> Iterator[Method]: ...

class Bases(dict[str, Entry]):
    """Entries by name; what it goes through are names that serve as `base`."""

    def __iter__(self) -> Iterator[Base]: ...

class Measures(dict[str, Entry]):
    """Entries by name; what it goes through are names that serve as `measure`."""

    def __iter__(self) -> Iterator[Measure]: ...

class Schedules(dict[str, Entry]):
    """Entries by name; what it goes through are names that serve as `schedule`."""

    def __iter__(self) -> Iterator[Schedule]: ...
