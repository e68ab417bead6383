"""What help() adds. Written by bindings/declare.py: do not edit."""

_OPTIMIZER = """\
Options of "sam":

    rho: Radius of the ascent. Default 0.05; [0, inf); by group.
    scaling: Shape of the ball: none 1; element |w| + eta; tensor its norm + eta; square |w|; filter the row's norm + eta;
        plain_norm |w|, outside the norm. Default none; none, element, tensor, square, filter, plain_norm; by group.
    eta: Added to the weights' size by scaling element, tensor and filter. Default 0.01; [0, inf); by group.
    ascent_norm: Norm of the ball: two, or infinity, where every element moves by rho T; scaling plain_norm has the first alone.
        Default two; two, infinity.
    part: Which tensors are perturbed and counted in the radius: all, those of role norm, the others. Default all; all, norm,
        rest.
    l2: Coefficient of a penalty l2/2 |w|^2 in both gradients, the second at the perturbed point; 0: none. Default 0; [0, inf).

Options of "sgd":

    lr: Learning rate. Default 0.1; [0, inf); by group.
    momentum: Factor of the running sum of directions; 0: none, and no state. Default 0; [0, 1); by group.
    dampening: Share of the new direction that is left out of the momentum, from the second step on. Default 0; [0, 1]; by group.
    nesterov: Step along direction + momentum * buffer instead of the buffer. Default False; 0 or 1; by group.
    weight_decay: Coefficient of w, added to the direction. Default 0; [0, inf); by group.

Options of "adamw":

    lr: Learning rate. Default 0.001; [0, inf); by group.
    beta1: Decay of the first moment. Default 0.9; [0, 1); by group.
    beta2: Decay of the second moment. Default 0.999; [0, 1); by group.
    eps: Added to the root of the second moment. Default 1e-08; [0, inf); by group.
    weight_decay: Decoupled: w is multiplied by 1 - lr * weight_decay before the update. Default 0.01; [0, inf); by group.
    amsgrad: Divide by the largest second moment so far. Default False; 0 or 1; by group.

Methods, with their options and defaults (libsam.show("asam") has what they mean; help(libsam.typing.Options) has all):

    none: The base optimizer alone: one evaluation, its gradient is the direction.
    sam: Sharpness-aware minimisation: the gradient at the worst point of a ball around the weights. [rho=0.05, scaling=none,
        eta=0.01, ascent_norm=two, part=all, l2=0]
    asam: Adaptive SAM: the ball is scaled by the weights' sizes, so that rescaling a layer changes nothing. [rho=0.5,
        scaling=element, eta=0.01, ascent_norm=two, part=all, l2=0]
    sam_on: SAM on the normalisation layers alone: only their tensors are perturbed and counted in the radius. [rho=0.5,
        scaling=none, eta=0.01, ascent_norm=two, part=norm, l2=0]
    sam_filterwise: Adaptive SAM with one scale a filter: the norm of the row's weights. [rho=0.5, scaling=filter, eta=0.01,
        ascent_norm=two, part=all, l2=0]
    usam: SAM with a perturbation proportional to the gradient, not normalised. [rho=0.05, scaling=none, eta=0.01,
        ascent_norm=two, part=all]
    sam_layerwise: SAM with a perturbation of the same relative length in every tensor. [rho=0.05, scaling=none, eta=0.01,
        ascent_norm=two, part=all, relative=True]
    gsam: SAM that removes from its direction what would raise the gap between perturbed and clean loss. [rho=0.05, scaling=none,
        eta=0.01, ascent_norm=two, part=all, alpha=0.4, form=perturbed]
    looksam: SAM in every k-th step; the steps between reuse the part of its direction across the gradient. [rho=0.1,
        scaling=none, eta=0.01, ascent_norm=two, part=all, k=10, alpha=0.7, scope=global, layerwise=False]
    friendly_sam: SAM that climbs along the noise of the gradient: the gradient without its running mean. [rho=0.05, scaling=none,
        eta=0.01, ascent_norm=two, part=all, sigma=1, lam=0.9, order=subtract_first]
    gam: Minimises the largest gradient norm in a ball beside the loss: first-order flatness. [rho=0.02, scaling=none, eta=0.01,
        ascent_norm=two, part=all, rho_norm=0.2, form=difference, alpha=0.5, gamma=0.03, weight1=0.6, weight2=0.5, weight3=0.4]
    msam: SAM that perturbs against the base's momentum: the cost of one evaluation. [rho=0.3, scaling=none, eta=0.01,
        ascent_norm=two, part=all, l2_at_perturbed=False]
    dnsam: SAM with the ascent divided by the full gradient's norm instead of the batch's. [rho=0.05, scaling=none, eta=0.01,
        ascent_norm=two, part=all, denominator=full, decay=0.9]
    sam_m: m-sharpness: every micro-batch has a perturbation of its own, the perturbed gradients are averaged. [rho=0.05,
        scaling=none, eta=0.01, ascent_norm=two, part=all, micro_batches=4]
    gcsam: SAM whose gradients lose the mean of every row: gradient centralisation. [rho=0.05, scaling=none, eta=0.01,
        ascent_norm=two, part=all, descent=True]
    vasso: SAM that climbs along a running mean of the gradients: variance-suppressed ascent. [rho=0.05, scaling=none, eta=0.01,
        ascent_norm=two, part=all, theta=0.9]
    stable_sam: SAM with the perturbed gradient rescaled to the clean one's norm. [rho=0.05, scaling=none, eta=0.01,
        ascent_norm=two, part=all, direction=perturbed]
    gnp: Penalises the gradient's norm: a mixture of the clean and the perturbed gradient. [rho=0.05, scaling=none, eta=0.01,
        ascent_norm=two, part=all, alpha=0.8, normalized_clean=False]
    wsam: Sharpness as a weighted regulariser, by default applied beside the base's update. [rho=0.05, scaling=none, eta=0.01,
        ascent_norm=two, part=all, gamma=0.9, decouple=True]
    crsam: SAM with a curvature penalty from gradients on both sides of the iterate. [rho=0.1, scaling=none, eta=0.01,
        ascent_norm=two, part=all, gamma=0.1, beta=0.1]
    ssam_f: Sparse SAM: only the weights with the largest Fisher information are perturbed. [rho=0.05, scaling=none, eta=0.01,
        ascent_norm=two, part=all, sparsity=0.2, update_every=1000, fisher=batches, samples=64, initial=zeros]
    ssam_d: Sparse SAM: a share of the weights is perturbed, and exchanged by dropping and growing. [rho=0.05, scaling=none,
        eta=0.01, ascent_norm=two, part=all, sparsity=0.2, update_every=1000, drop_rate=0.5, drop=gradient, growth=random,
        total_steps=10000, seed=0]
    zsharp: SAM along the gradient's outliers: in each tensor only entries far from the mean are kept. [rho=0.05, scaling=none,
        eta=0.01, ascent_norm=two, part=all, z_quantile=0.95, norm_scope=global]
    esam: Efficient SAM: a random part of the weights is perturbed, and the host may descend on selected examples. [rho=0.05,
        scaling=none, eta=0.01, ascent_norm=two, part=all, beta=1, granularity=tensor, selection=False, seed=0]
    cram: Compression-aware minimisation: the gradient at the pruned, perturbed weights. [rho=0.05, scaling=none, eta=0.01,
        ascent_norm=two, part=all, sparsity_low=0.5, sparsity_high=0.9, levels=3, structure=global, normalize=False, plus=True,
        sparse_gradient=True, seed=0]
    split_sam: SAM on a part of the loss, the auxiliary objective; the rest descends plainly. [rho=0.05, scaling=none, eta=0.01,
        ascent_norm=two, part=all]
    imbsam: SAM on the tail classes alone, the auxiliary objective; the head classes descend plainly. [rho=0.05, scaling=none,
        eta=0.01, ascent_norm=two, part=all]
    focalsam: SAM on a class-weighted part of the loss, the auxiliary objective; the rest descends plainly. [rho=0.05,
        scaling=none, eta=0.01, ascent_norm=two, part=all]
    adasap: Adaptive sharpness-aware pruning: the less a neuron matters, the larger its perturbation. [scaling=element, eta=0.01,
        ascent_norm=two, part=all, rho_min=0.01, rho_max=2, score=magnitude]
    le_sam: SAM that fixes the rise of the loss instead of the radius. [scaling=none, eta=0.01, ascent_norm=two, part=all,
        sigma=0.05, rho_max=1]
    tram: SAM whose radius is a divergence between the model's outputs: a trust region. [scaling=none, eta=0.01, ascent_norm=two,
        part=all, divergence=0, rho_max=0, source=option]
    looklayersam: LookSAM with a perturbation of the same relative length in every tensor. [rho=0.1, scaling=none, eta=0.01,
        ascent_norm=two, part=all, k=10, alpha=0.7, scope=global, layerwise=True]
    rst: SAM in randomly chosen steps, the base in the others: 1 + p evaluations in the mean. [rho=0.05, scaling=none, eta=0.01,
        ascent_norm=two, part=all, p=0.5, gamma=1, seed=0]
    ae_sam: SAM only in steps whose gradient norm stands out of its running mean and deviation. [rho=0.05, scaling=none, eta=0.01,
        ascent_norm=two, part=all, delta=0.9, lambda1=-1, lambda2=1, total_steps=1000]
    ae_looksam: SAM in steps whose gradient norm stands out; the others reuse the part of its direction across the gradient.
        [rho=0.05, scaling=none, eta=0.01, ascent_norm=two, part=all, alpha=0.7, delta=0.9, lambda1=-1, lambda2=1,
        total_steps=1000]
    reuse_sam: SAM that climbs along the perturbed gradient of the step before: one evaluation a step. [rho=0.05, scaling=none,
        eta=0.01, ascent_norm=two, part=all]
    async_sam: SAM that climbs along the clean gradient of the step before: its two evaluations are independent. [rho=0.05,
        scaling=none, eta=0.01, ascent_norm=two, part=all]
    sampa: SAM parallelised: climbs along the gradient at a point where the weights were expected, evaluated beside the step
        before. [rho=0.1, scaling=none, eta=0.01, ascent_norm=two, part=all, lam=0.2, predict=True]
    dp_sat: Differentially private SAM: clipped gradients with noise, the ascent along the private direction of the step before.
        [rho=0.05, scaling=none, eta=0.01, ascent_norm=two, part=all, max_grad_norm=0.1, noise_multiplier=1, examples=8,
        expected_examples=0, ascent=gradient, seed=0]
    lookbehind_sam: Several ascents in a row and as many base steps along what they met, then part of the way back. [rho=0.05,
        scaling=none, eta=0.01, ascent_norm=two, part=all, k=5, alpha=0.5, fresh=False]
    multistep_sam: SAM with several projected ascents inside the ball. [rho=0.05, scaling=none, eta=0.01, ascent_norm=two,
        part=all, ascents=3, ascent_step=1, normalize=True, random_start=False, seed=0]
    multistep_mean_sam: SAM with several projected ascents: the mean of the gradients at all their points. [rho=0.05,
        scaling=none, eta=0.01, ascent_norm=two, part=all, ascents=3, ascent_step=1]
    rsam: SAM that climbs from randomly perturbed weights. [rho=0.05, scaling=none, eta=0.01, ascent_norm=two, part=all,
        sigma=0.01, seed=0]
    rwp: The gradient at randomly perturbed weights: noise in proportion to each row's norm. [sigma=0.01, eta=0, beta=0.9, seed=0]
    arwp: The gradient at randomly perturbed weights, with less noise where gradients were large. [sigma=0.01, eta=1, beta=0.9,
        seed=0]
    m_arwp: A mixture of the clean gradient and that at randomly perturbed weights, on two batches. [sigma=0.01, eta=1, beta=0.9,
        seed=0, lam=0.5]
    avg_sam: The mean gradient at randomly perturbed weights: lowers the average sharpness. [sigma=0.01, samples=1, seed=0]
    anti_pgd: Adds anticorrelated noise behind the base's update, which drives towards flat minima. [sigma=0.01,
        anticorrelated=True, seed=0]
    entropy_sgd: Descends along the gradient of the local entropy, estimated by Langevin steps around the weights. [langevin=5,
        gamma=0.01, inner_lr=0.1, noise=0.0001, average=0.75, seed=0]
    fisher_sam: SAM whose ball is measured by the diagonal Fisher information. [rho=0.1, part=all, eta=0.2]
    eigen_sam: SAM whose ascent is turned towards the Hessian's leading eigenvector. [rho=0.05, scaling=none, eta=0.01,
        ascent_norm=two, part=all, alpha=0.2, period=100, power_steps=5, difference=0.001, seed=0]
    sagm: Sharpness-aware gradient matching: aligns the gradients of the loss and of the perturbed loss. [rho=0.05, scaling=none,
        eta=0.01, ascent_norm=two, part=all, alpha=0.001]
    bsam: Bayesian SAM: learns a precision for every weight, which scales noise, perturbation and update. [lr=0.5, beta1=0.9,
        beta2=0.999, weight_decay=0.0001, rho=0.05, scaling=none, eta=0.01, ascent_norm=two, part=all, damping=0.1, s_init=1,
        data_size=50000, seed=0]
    adasam: SAM with an adaptive learning rate and momentum: the update of AMSGrad from perturbed gradients. [lr=0.001, beta1=0.9,
        beta2=0.999, eps=1e-08, rho=0.05, scaling=none, eta=0.01, ascent_norm=two, part=all]
    lightsam: SAM whose radius and learning rate follow AdaGrad: neither needs to be tuned to the smoothness. [lr=0.1, eps=1e-08,
        accumulator=norm, rho=0.05, scaling=none, eta=0.01, ascent_norm=two, part=all]
    sassha: SAM preconditioned by a stable estimate of the Hessian's diagonal at the perturbed point. [lr=0.15, beta1=0.9,
        beta2=0.999, eps=0.0001, weight_decay=0, rho=0.2, scaling=none, eta=0.01, ascent_norm=two, part=all, period=10,
        hessian_power=0.5, samples=1, difference=0.001, seed=0]
    msassha: Sassha perturbed against its own momentum: one evaluation less. [lr=0.15, beta1=0.9, beta2=0.999, eps=0.0001,
        weight_decay=0.01, rho=0.3, scaling=none, eta=0.01, ascent_norm=two, part=all, period=10, hessian_power=0.5, samples=1,
        difference=0.001, seed=0]
    sam_sps: SAM with a stochastic Polyak step: the learning rate comes from the loss. [lr=1, l_star=0, rho=0.05, scaling=none,
        eta=0.01, ascent_norm=two, part=all]
    zo: The gradient estimated from losses along random directions: no backward pass. [mu=0.001, directions=1,
        distribution=gaussian, seed=0, noise=0]
    zo_sgd: Stochastic gradient descent along one random direction by two losses: fine-tuning with forward passes alone.
        [lr=1e-06, mu=0.001, weight_decay=0, seed=0]
    zo_ascent_sam: SAM that climbs along a random direction, up by two losses: one backward pass a step. [rho=0.05, scaling=none,
        eta=0.01, ascent_norm=two, part=all, mu=0.001, seed=0]
    zo_sam: SAM with both gradients estimated from losses along random directions. [rho=0.05, scaling=none, eta=0.01,
        ascent_norm=two, part=all, mu=0.001, directions=1, distribution=gaussian, seed=0]
    zo_recursive: A recursive zeroth-order estimate: differences between steps, renewed every period. [mu=0.001, directions=1,
        distribution=sphere, seed=0, period=10]
    extragradient: The gradient at a look-ahead point: for games and other monotone problems. [gamma1=0.1, fresh=False]
    past_extragradient: Extragradient that looks ahead along the previous gradient: one evaluation a step. [gamma1=0.1]
    optimistic: Optimistic gradient descent: adds the gradient's last change as a forecast of the next. [optimism=1]
    normalized_gd: Gradient descent with the gradient, or its running mean, divided by a power of its norm. [beta=1, delta=0,
        average=0]
    spider: Recursive variance-reduced gradients: each step adds the change between the last two iterates. [period=10,
        normalize=True]
    o2nc: Online-to-nonconvex conversion: the update is learnt online, gradients are taken at random points of the move. [lr=0.01,
        radius=0.01, restart=0, seed=0]
    exp_o2nc: Momentum with moves scaled by exponentially distributed numbers. [lr=0.01, beta=0.99, mu=0, random_scaling=True,
        seed=0]
    bloop: Bilevel training: the auxiliary gradient, without its part along the main one, is added. [lam=0.1, ema=0.1,
        barrier=False]
    proxy_prox: Proximal steps on a cheap proxy of the loss whose gradient is corrected at the iterate. [lr=0.01, eta=1, inner=5]
    proximal_point: The proximal point method, each step solved by a few gradient steps on its batch. [lr=0.01, eta=1, inner=5]
    reg_newton: Newton's method with a regulariser that falls with the gradient's norm. [lr=1, hessian_lipschitz=1, rule=sqrt,
        iterations=20, difference=0.001]
    damped_newton: Newton's method with a damped step in closed form, without a line search. [semi_strong=1, damping=0,
        iterations=20, difference=0.001]
    saddle_free_newton: Newton's method with the absolute values of the Hessian's eigenvalues: it leaves saddles. [lr=1, rank=10,
        damping=0.1, difference=0.001]
    truncated_model: Gradient descent with a Polyak step that the learning rate bounds: a truncated model of the loss. [lr=1,
        l_star=0]
    zo_frank_wolfe: Frank-Wolfe in a ball with a running mean of gradients estimated from losses: no projection, no backward pass.
        [mu=0.001, directions=1, radius=1, ball=l2, seed=0]

Bases:

    sgd: Stochastic gradient descent with momentum, dampening and Nesterov's step. [lr=0.1, momentum=0, dampening=0,
        nesterov=False, weight_decay=0]
    adam: Adam: steps scaled by running moments of the direction, weight decay in the direction. [lr=0.001, beta1=0.9,
        beta2=0.999, eps=1e-08, weight_decay=0, amsgrad=False]
    adamw: Adam with decoupled weight decay. [lr=0.001, beta1=0.9, beta2=0.999, eps=1e-08, weight_decay=0.01, amsgrad=False]
    rmsprop: Steps scaled by the root of a running mean of squares. [lr=0.01, alpha=0.99, eps=1e-08, weight_decay=0, momentum=0,
        centered=False]
    adagrad: Steps scaled by the root of the sum of all squares so far. [lr=0.01, lr_decay=0, weight_decay=0,
        initial_accumulator_value=0, eps=1e-10]
    lion: Steps of one length along the sign of a mix of momentum and direction. [lr=0.0001, beta1=0.9, beta2=0.99,
        weight_decay=0]
    adamax: Adam with the decaying largest magnitude in the place of the root of the second moment. [lr=0.002, beta1=0.9,
        beta2=0.999, eps=1e-08, weight_decay=0]
    nadam: Adam with Nesterov's momentum. [lr=0.002, beta1=0.9, beta2=0.999, eps=1e-08, weight_decay=0, momentum_decay=0.004,
        decoupled_weight_decay=False]
    radam: Adam that divides by the second moment only once its variance is small, and rectifies it. [lr=0.001, beta1=0.9,
        beta2=0.999, eps=1e-08, weight_decay=0, decoupled_weight_decay=False]
    adadelta: Steps whose units are those of the weights: scaled by the ratio of two running means of squares. [lr=1, rho=0.9,
        eps=1e-06, weight_decay=0]
    rprop: Resilient propagation: a step size for each weight, which grows while the sign stays and shrinks when it turns.
        [lr=0.01, eta_minus=0.5, eta_plus=1.2, step_min=1e-06, step_max=50]
    asgd: Averaged stochastic gradient descent: a falling rate, and the average of the weights (sam_optimizer_average). [lr=0.01,
        lambd=0.0001, alpha=0.75, t0=1e+06, weight_decay=0]
    adabelief: Adam scaled by how far directions lie from their running mean. [lr=0.001, beta1=0.9, beta2=0.999, eps=1e-16,
        weight_decay=0, decoupled_weight_decay=True]
    adan: Nesterov's momentum as moments of the direction and of its change. [lr=0.001, beta1=0.98, beta2=0.92, beta3=0.99,
        eps=1e-08, weight_decay=0, decoupled_weight_decay=False]
    schedule_free_sgd: SGD without a schedule: the gradient is taken between a fast sequence and its average. [lr=1, momentum=0.9,
        weight_decay=0, r=0, weight_lr_power=2, warmup_steps=0]
    schedule_free_adamw: AdamW without a schedule: the gradient is taken between a fast sequence and its average. [lr=0.0025,
        beta1=0.9, beta2=0.999, eps=1e-08, weight_decay=0, r=0, weight_lr_power=2, warmup_steps=0]
    adafactor: Steps scaled by a second moment that is kept by rows and columns alone. [lr=0.01, beta2_decay=-0.8, eps1=0,
        eps2=0.001, d=1, weight_decay=0]
    prodigy: Adam that finds its step size from how far the weights have come. [lr=1, beta1=0.9, beta2=0.999, beta3=0, eps=1e-08,
        weight_decay=0, d0=1e-06, d_coef=1, growth_rate=inf, bias_correction=False, safeguard_warmup=False]
    lars: Momentum with a rate for each tensor, in proportion to the weights' norm over the direction's. [lr=0.001, momentum=0.9,
        dampening=0, nesterov=False, weight_decay=0, trust_coefficient=0.001]
    lamb: Adam with a rate for each tensor, in proportion to the weights' norm over the direction's. [lr=0.001, beta1=0.9,
        beta2=0.999, eps=1e-06, weight_decay=0, trust_clip=10]
    muon: Momentum whose matrices are orthogonalised by Newton and Schulz's iteration; adamw for the rest. [lr=0.001,
        momentum=0.95, nesterov=True, weight_decay=0.1, ns_steps=5, eps=1e-07, adjust_lr_fn=original, adamw_lr=0.0003,
        adamw_beta1=0.9, adamw_beta2=0.95, adamw_eps=1e-10, adamw_weight_decay=0]
    normuon: Muon with a running mean of squares for each row. [lr=0.02, momentum=0.95, beta2=0.95, nesterov=True, weight_decay=0,
        ns_steps=5, eps=1e-10, update_scale=preserve_norm, adamw_lr=0.0003, adamw_beta1=0.9, adamw_beta2=0.95, adamw_eps=1e-10,
        adamw_weight_decay=0]
    lanton: Orthogonalised momentum with rates that fall with the noise of each tensor's gradient. [lr=0.02, beta1=0.95,
        beta2=0.95, alpha=1, weight_decay=0, ns_steps=5, sign_lr=0.0003]
    shampoo: Every axis preconditioned by a root of the sum of its gradients' outer products. [lr=0.001, momentum=0,
        weight_decay=0, matrix_eps=1e-06, precondition_frequency=1, max_precondition_dim=1024]
    soap: Adam in the eigenbases of Shampoo's matrices. [lr=0.003, beta1=0.95, beta2=0.95, shampoo_beta=-1, eps=1e-08,
        weight_decay=0.01, precondition_frequency=10, max_precondition_dim=10000, precondition_1d=False, correct_bias=True]
    induced_metric: Directions shortened by the metric I + xi d d' that the loss surface induces. [lr=0.1, xi=1, momentum=0,
        weight_decay=0]
    normalized_sgd: Steps along the running mean of directions, divided by a power of its norm. [lr=0.1, momentum=0, power=1,
        delta=0, weight_decay=0]
    quantile_clip_sgd: sgd whose largest elements are cut to a quantile of the magnitudes. [lr=0.1, momentum=0, quantile=0.1,
        weight_decay=0]
    adahessian: Adam on the squares of an estimate of the Hessian's diagonal. [lr=0.1, beta1=0.9, beta2=0.999, eps=1e-16,
        weight_decay=0, hessian_power=1, update_period=1, average_conv_kernel=False, difference=0]
    sophia_h: Clipped steps over a running mean of the Hessian's diagonal. [lr=0.06, beta1=0.965, beta2=0.99, eps=1e-12, p=0.01,
        weight_decay=0, update_period=10, difference=0]
    sophia_g: Clipped steps over a running mean of squared gradients on labels drawn from the model. [lr=0.0001, beta1=0.965,
        beta2=0.99, p=0.04, batch_size=1, weight_decay=0.1, update_period=10]
    oasis: Steps preconditioned by the Hessian's diagonal, on wish with a step size that finds itself. [lr=0.1, beta2=0.999,
        alpha=1e-05, weight_decay=0, adaptive=False, difference=0]
"""

MEASURES = """\
Settings of every measure, with default and range:

    seed: Of every random draw: draw k does not depend on the others, on batches or threads. Default 24301; [0, 9007199254740992].
    max_evaluations: Evaluations, at the most; what was found so far comes back with converged 0. 0: no limit. Default 0; [0,
        9007199254740992].
    batch: Only this batch; -1: all. Default -1; [-1, inf).
    class_index: Only the examples of this class; -1: all. Default -1; [-1, inf).
    combine: Weights of the batches: batch_weights or batch_examples of the objective, or all equal. Default examples; examples,
        batches.
    loss: Who turns logits into losses: the host, or the library by the cross-entropy of its logits. Default host; host,
        cross_entropy.
    normalize_logits: Logits without their mean and divided by their length, or by their root mean square, before the library's
        cross-entropy: a sharpness that their scale does not change. Default none; none, unit, rms.

Settings of most, the same wherever a measure has them:

    operator: What the products are with: the Hessian, or the host's Gauss-Newton matrix. Default hessian; hessian, gauss_newton.
    hessian: auto: the host's product, else central differences of gradients; or one of them. Default auto; auto, product,
        central, forward, richardson.
    step_size: Difference step, relative to 1 + the norm of the weights; 0: found (3e-7 or 1e-4 by dtype, smaller where the answer
        asks for it). Default 0; [0, 1].
    scaling: The scale c: 1; |w| + eta; the norm of the row (rank < 2: |w|); the norm of the tensor; that over the root of its
        size; scaling_values. Default none; none, element, filter, tensor, tensor_rms, custom.
    bias_scaling: Tensors of rank < 2 under a scale: like the others, not perturbed, or c = 1. Default scaled; scaled, ignore,
        unit.
    eta: Added to the magnitude in element scale. Default 0; [0, 1000000].
    scaling_values: The scale of scaling = custom, all >= 0. arrays by name.
    tensor: Only this tensor, by its index in the set: its diagonal block, no perturbation elsewhere; -1: all. Default -1; [-1,
        inf).
    slice: Of a stacked tensor (setting tensor): only this matrix of it, from 0; -1: all. Default -1; [-1, inf).

Measures, with their other settings and defaults (libsam.show("lambda_max") has what they mean):

    lambda_max: The largest eigenvalue of the Hessian, with its eigenvector: the sharpness that limits step sizes.
        [tolerance=0.0001, max_iterations=100, method=lanczos, start, precision=double]
    lambda_min: The smallest eigenvalue of the Hessian, negative off a minimum, with its eigenvector. [tolerance=0.0001,
        max_iterations=100, method=lanczos, start, precision=double]
    eigenpairs: The outermost eigenvalues of the Hessian with their eigenvectors. [count=5, which=largest, tolerance=0.0001,
        max_iterations=20, method=lanczos]
    trace: The trace of the Hessian, estimated with its error. [samples=60, method=auto, distribution=rademacher, tolerance=0]
    frobenius: The Frobenius norm of the Hessian. [samples=100, method=auto, distribution=rademacher]
    diagonal: The diagonal of the Hessian. [samples=100]
    spectral_density: The density of the Hessian's eigenvalues, its moments, and the share of negative ones. [samples=10,
        steps=80, kernel=papyan, count=1024, width=0, z=1e-06, edges, distribution=rademacher]
    layerwise: Another measure of each tensor by itself. [measure=trace, shared_probe=False]
    classwise: Another measure, and the curvature's ends, of each class by itself. [measure=trace]
    worst_case: The largest rise of the loss within a ball: adaptive worst-case sharpness. [rho=0.5, norm=l2, projection=scaled,
        steps=20, restarts=1, start=zero, keep=False]
    average_case: The mean rise of the loss under random perturbations: average-case sharpness, and the loss smoothed. [rho=0.1,
        samples=100, shape=normal, antithetic=True, quantiles]
    m_sharpness: The worst rise by how many batches share a perturbation. [sizes, measure=worst_case]
    sam_gap: The rise of the loss at SAM's perturbation, one step along the gradient. [rho=0.05, cosine=False]
    first_order_flatness: The largest gradient norm within a ball: first-order flatness. [rho=0.05, steps=20, restarts=1,
        one_step=False]
    noise_scale: The batch size at which the gradient's noise equals its signal. [batch_size=0, full=False, samples=0]
    stability_ratio: The sharpness over an optimizer's threshold of stability. [lr, rule=gradient_descent, beta=0.9, beta2=0.999,
        eps=1e-08, step=1, weight_decay=0, rho=0.05, preconditioner, count=1, tolerance=0.0001, max_iterations=100,
        method=lanczos, start, precision=double]
    directional_sharpness: The curvature along given directions, and the loss there by orders. [direction, length=1]
    slice_1d: The loss along a line through the weights. [directions=random, direction, point, normalization=filter,
        bias_scaling=ignore, low=-1, high=1, count=51, curvature=False, keep=False, refresh=False]
    slice_2d: The loss on a plane through the weights. [directions=random, direction, point, normalization=filter,
        bias_scaling=ignore, low=-1, high=1, count=51, keep=False, refresh=False]
    barrier: The height of the loss between two points of the weights. [to, start_point, count=25, refine=0, refresh=False]
    gradient_norm: The norm of the gradient, scaled: the first-order sharpness. [norm=l2]
    check: Whether the host's gradient belongs to its loss; names what is wrong. [samples=5]
    eps_radius: How far from the weights the loss has risen by eps. [eps=0.1, samples=20, count=0, tolerance=1e-06]
    keskar_box: The largest rise of the loss in a small box, in percent. [eps=0.001, steps=10, dimension=0]
    local_entropy: The volume of low loss about the weights. [gamma=1, samples=1000, beta=1, mode=sampling, steps=20,
        inner_step=0.01]
    pacbayes_sigma: The noise of the weights at which the loss has risen by a given amount. [metric=loss, target=0.1, samples=10,
        magnitude=False, tolerance=0.01, compat=False, initial]
    sharpness_gap: A measure on a second data set minus that on the first. [measure=worst_case, cross=False]
    spectral_functions: Effective dimension, log-determinant and ranks of the Hessian. [z=1, samples=10, steps=80,
        distribution=rademacher]
    spectral_norm: The largest magnitude of the Hessian's eigenvalues. [tolerance=0.0001, max_iterations=100, method=lanczos,
        start, precision=double]
    gradient_subspace: How much of the gradient lies in the top eigenvectors. [count=10]
    batch_sharpness: The curvature of each batch along its own gradient. [samples=128, tolerance=0.005, momentum]
    gradient_noise_interaction: The whole curvature along the batches' gradients. [samples=64]
    relative_flatness: The curvature of a layer relative to its weights. [tensor=-1, samples=100]
    gradient_covariance: The covariance of the examples' gradients: trace, diagonal, largest eigenvalues. [eigenvalues=0]
    fisher_trace: The trace of the Fisher matrix, empirical or true. [labels=given, samples=1]
    coherence: How far the examples' gradients agree, from 1 to their number.
    gsnr: The gradient's signal-to-noise ratio by coordinate.
    stiffness: The mean cosine of the gradients of two examples. [classes=False]
    fisher_rao_norm: The length of the weights in the Fisher metric. [mode=any, depth=1]
    pca_plane: The plane of a trajectory's principal axes, and the loss on it. [point, center=True, grid=0, refresh=False]
    roughness: How much the loss goes up and down along random lines. [samples=50, count=201, normalization=filter,
        bias_scaling=ignore]
    curvature_map: The ratio of the extreme eigenvalues on a plane through the weights. [directions=random, direction, point,
        normalization=filter, bias_scaling=ignore, low=-1, high=1, count=11, keep=False, refresh=False, tolerance=0.01]
    plane: The loss on the plane through three points of the weights. [point, count=21, margin=0.2, refresh=False]
    eigen_plane: The loss on the plane of two eigenvectors of the Hessian. [which=largest, low=-1, high=1, count=51, keep=False,
        refresh=False]
    path_profile: Another measure at the points of a path. [to, point, measure=lambda_max, count=11]
    bezier: A trained curve of low loss between two points of the weights. [to, bends=3, steps=200, lr=0.01, chain=False,
        noise=0.001, count=61, refresh=False]
    convexity: The share of random segments on which the loss is convex. [rho=0.1, samples=100]
    weight_norms: Norms of the weights, and their distance from the initial ones. [initial]
    spectral_norms: The largest singular value and the stable rank of each tensor. [tolerance=1e-10]
    margin: The margins of the outputs. [quantile=0.1]
    trajectory: Lengths and angles of a way through the weights. [point, measure=none]
    hessian_gauss_newton_gap: How far the Hessian is from the Gauss-Newton matrix. [samples=5]
    hessian_coherence: How far the examples' Hessians agree, and whether descent on batches is stable. [samples=20, mode=rank_one,
        lr=0, batch_size=1]
    igs: Information-geometric sharpness: the steepest slope of the loss per change of the model. [damping=0, samples=0]
    class_gradient_alignment: The cosines of the gradients of different classes.
    gradient_flow_sharpness: The largest eigenvalue at the end of the gradient flow. [steps=100000, tolerance=1e-08]
    sharpness_transfer: Whether series of sharpness agree across models. [values]
    surrogate_sensitivity: The chance that random weights move the output by alpha. [alpha=0.1, mu=0, sigma=0.01, samples=100,
        temperature=0.1]
    trajectory_kl: How far the outputs move between two points of a trajectory. [to, temperature=5]
    psp_entropy: The entropy of neurons' signs within the classes. [values, classes=1]
    path_norm: The sum over paths of the products of squared weights. [root=False]
    effective_model_complexity: The most examples that training still fits. [error=0.1, restarts=3, high=0]
    eigen_residual: How far a direction is from an eigenvector of the Hessian. [direction]
    measure_correlation: Rank correlations of a measure with generalisation over models. [measure, generalization, groups]
"""

_SHARED = {
    "maximize": """\
    maximize: Gradients and losses are negated as they arrive. Default False; 0 or 1.
""",
    "clip_coordinates": """\
    clip_coordinates: This share of the descent direction's elements, the largest, is cut to the largest of the others, before
        clip_value; 0: off. Default 0; [0, 1).
""",
    "clip_value": """\
    clip_value: Each element of the descent direction into [-clip_value, clip_value], before clip_norm; 0: off. Default 0; [0,
        inf).
""",
    "clip_norm": """\
    clip_norm: The descent direction is shortened to this norm where it is longer, before the base; 0: off. Default 0; [0, inf).
""",
    "gradient_scale": """\
    gradient_scale: The loss scale: gradients are multiplied by 1/gradient_scale as they are read. Default 1; (0, inf).
""",
    "zero_gradient": """\
    zero_gradient: The gradients that were read are cleared before sam_step returns. Default False; 0 or 1.
""",
    "accumulate": """\
    accumulate: Each evaluation is the mean over so many micro-batches. Default 1; [1, inf).
""",
    "micro_batches": """\
    micro_batches: m-sharpness: so many micro-batches have a perturbation each; their directions are averaged. Default 1; [1,
        inf).
""",
    "nonfinite": """\
    nonfinite: A loss or gradient that is not finite: error ends the step, skip gives it up and counts it, propagate does not
        look. Default error; error, skip, propagate.
""",
    "every": """\
    every: Only every so many steps is the method's, counted from start_step; the others are the base's alone. Default 1; [1,
        inf).
""",
    "start_step": """\
    start_step: The first step that is the method's. Default 1; [1, inf).
""",
    "in_place": """\
    in_place: Perturbed weights stand in the host's buffers; 0: in the library's, see sam_optimizer_point. Default True; 0 or 1.
""",
    "master": """\
    master: Parameters of 16 bits have a copy in f32 that is stepped; the host's are that copy, rounded. A change that the host
        makes is not seen. Default False; 0 or 1.
""",
    "rounding": """\
    rounding: How weights of 16 bits are rounded: to the nearest, ties to even, or up with the probability of what is cut off.
        Default nearest; nearest, stochastic.
""",
    "average": """\
    average: Averages the iterates, for sam_optimizer_average: ema with average_decay, swa with equal weights. Default none; none,
        ema, swa.
""",
    "average_decay": """\
    average_decay: ema: a = average_decay a + (1 - average_decay) w, from the first w on. Default 0.999; [0, 1).
""",
    "average_start": """\
    average_start: Steps before the first that can be averaged. Default 0; [0, inf).
""",
    "average_period": """\
    average_period: Behind average_start the weights of every so-many-th step are averaged. Default 1; [1, inf).
""",
    "seed": """\
    seed: Of every random draw. Default 0; [0, 9007199254740991].
""",
}


def _with(*without: str) -> str:
    return "".join(["Options of every optimizer, with default and range:\n\n", *(text for name, text in _SHARED.items() if name not in without), "\n", _OPTIMIZER])


ARRAYS = _with()
TENSORS = _with("in_place")
TREES = _with("in_place", "zero_gradient")
