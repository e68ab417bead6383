"""Settings at which a method is another one, bit for bit or to rounding. Each row also says a setting at which it is not."""
import libsam
import numpy as np
import pytest

from identities import FIXED, Linear, Quadratic, Split, USUAL, nothing, trajectory

SCALAR = Quadratic([[2.0]], [0.7], center=0.1)
BATCH_TWICE = Split(USUAL.evaluate, USUAL.evaluate)                      # the auxiliary objective is the batch's
TAIL_ONLY, HEAD_ONLY = Split(nothing, USUAL.evaluate), Split(USUAL.evaluate, nothing)
DIVERGENCE = Split(USUAL.evaluate, lambda x, batch: (0.3, np.nan * x))
ALWAYS, NEVER = {"lambda1": -1e30, "lambda2": -1e30}, {"lambda1": 1e30, "lambda2": 1e30}
MINIBATCH = {"fisher": "minibatch", "initial": "ones", "update_every": 3}
PLAIN = {"momentum": 0.0, "weight_decay": 0.0}
UNCOMPRESSED = {"sparsity_low": 0.0, "sparsity_high": 0.0, "plus": False}

# method, its options, the other method and its options, what breaks the identity, tolerance (0: bit for bit), problems of the two
ROWS = [
    ("sam", {"scaling": "element", "eta": 0.01}, "asam", {}, {"scaling": "none"}, 0, USUAL, USUAL),
    ("sam", {"part": "norm"}, "sam_on", {}, {"part": "rest"}, 0, USUAL, USUAL),
    ("looksam", {"k": 1}, "sam", {}, {"k": 2}, 0, USUAL, USUAL),
    ("looklayersam", {"k": 1}, "sam_layerwise", {}, {"k": 2}, 0, USUAL, USUAL),
    ("rst", {"p": 1.0}, "sam", {}, {"p": 0.5}, 0, USUAL, USUAL),
    ("rst", {"p": 0.0}, "none", {}, {"p": 0.5}, 0, USUAL, USUAL),
    ("rst", {"p": 1.0, "gamma": 0.0}, "none", {}, {"gamma": 0.5}, 1e-14, USUAL, USUAL),
    ("ae_sam", ALWAYS, "sam", {}, {"lambda1": 0.0, "lambda2": 0.0}, 0, USUAL, USUAL),
    ("ae_sam", NEVER, "none", {}, {"lambda1": 0.0, "lambda2": 0.0}, 0, USUAL, USUAL),
    ("ae_looksam", ALWAYS, "sam", {}, {"lambda1": 0.0, "lambda2": 0.0}, 0, USUAL, USUAL),
    ("ae_looksam", NEVER, "none", {}, {"lambda1": 0.0, "lambda2": 0.0}, 0, USUAL, USUAL),
    ("dnsam", {"denominator": "full"}, "sam", {}, {"denominator": "ema"}, 1e-13, BATCH_TWICE, USUAL),
    ("dnsam", {"denominator": "ema", "decay": 0.0}, "sam", {}, {"decay": 0.9}, 1e-13, USUAL, USUAL),
    ("sam_m", {"micro_batches": 1}, "sam", {}, {"micro_batches": 2}, 0, USUAL, USUAL),
    ("sam_m", {"micro_batches": 4}, "sam", {}, {"problem": USUAL}, 1e-14, FIXED, FIXED),
    ("sam_m", {"method.micro_batches": 3}, "sam", {"micro_batches": 3}, {"method.micro_batches": 2}, 1e-14, USUAL, USUAL),
    ("gnp", {"alpha": 1.0}, "sam", {}, {"alpha": 0.5}, 0, USUAL, USUAL),
    ("gnp", {"alpha": 0.0}, "none", {}, {"alpha": 0.5}, 0, USUAL, USUAL),
    ("wsam", {"gamma": 0.5, "decouple": False}, "sam", {}, {"gamma": 0.6}, 1e-14, USUAL, USUAL),
    ("wsam", {"gamma": 0.5} | PLAIN, "sam", PLAIN, {"momentum": 0.9}, 1e-14, USUAL, USUAL),
    ("wsam", {"gamma": 0.0}, "none", {}, {"gamma": 0.5}, 1e-14, USUAL, USUAL),
    ("gsam", {"alpha": 0.0}, "sam", {}, {"alpha": 0.4}, 1e-14, USUAL, USUAL),
    ("gsam", {"alpha": 0.0, "form": "clean"}, "none", {}, {"form": "perturbed"}, 1e-14, USUAL, USUAL),
    ("gsam", {}, "sam", {}, {"rho": 0.1}, 1e-14, SCALAR, SCALAR),
    ("crsam", {"gamma": 0.0, "beta": 0.0}, "sam", {}, {"beta": 0.1}, 1e-14, USUAL, USUAL),
    ("gam", {"alpha": 0.0}, "none", {}, {"alpha": 0.5}, 1e-14, USUAL, USUAL),
    ("friendly_sam", {"sigma": 0.0}, "sam", {}, {"sigma": 0.5}, 0, USUAL, USUAL),
    ("friendly_sam", {"order": "average_first"}, "friendly_sam", {}, {"sigma": 0.5}, 1e-12, USUAL, USUAL),
    ("vasso", {"theta": 1.0}, "sam", {}, {"theta": 0.5}, 0, USUAL, USUAL),
    ("ssam_f", MINIBATCH | {"sparsity": 0.0}, "sam", {}, {"sparsity": 0.5}, 0, USUAL, USUAL),
    ("ssam_f", MINIBATCH | {"sparsity": 1.0, "initial": "zeros"}, "none", {}, {"sparsity": 0.5}, 0, USUAL, USUAL),
    ("ssam_d", {"sparsity": 0.0, "update_every": 3}, "sam", {}, {"sparsity": 0.5}, 0, USUAL, USUAL),
    ("ssam_d", {"sparsity": 1.0, "update_every": 3}, "none", {}, {"sparsity": 0.5}, 0, USUAL, USUAL),
    ("esam", {"beta": 1.0}, "sam", {}, {"beta": 0.5}, 0, USUAL, USUAL),
    ("esam", {"beta": 1.0, "selection": True}, "sam", {}, {"beta": 0.5}, 0, USUAL, USUAL),
    ("cram", UNCOMPRESSED, "usam", {}, {"plus": True}, 1e-14, USUAL, USUAL),
    ("cram", UNCOMPRESSED | {"normalize": True}, "sam", {}, {"sparsity_high": 0.5}, 1e-14, USUAL, USUAL),
    ("cram", UNCOMPRESSED | {"plus": True, "rho": 0.0, "weight_decay": 0.0}, "none", {"lr": 0.2, "weight_decay": 0.0},
     {"plus": False}, 0, USUAL, USUAL),
    ("adasap", {"rho_min": 0.3, "rho_max": 0.3}, "asam", {}, {"rho_max": 0.4}, 0, USUAL, USUAL),
    ("le_sam", {"sigma": 1e9, "rho_max": 0.3}, "sam", {}, {"sigma": 1e-2}, 0, USUAL, USUAL),
    ("tram", {"divergence": 0.3}, "sam", {}, {"divergence": 0.2}, 0, USUAL, USUAL),
    ("tram", {"divergence": 9.0, "rho_max": 0.3}, "sam", {}, {"rho_max": 0.0}, 0, USUAL, USUAL),
    ("tram", {"source": "auxiliary"}, "sam", {}, {"source": "option"}, 0, DIVERGENCE, USUAL),
    ("multistep_sam", {"ascents": 1}, "sam", {}, {"ascents": 2}, 1e-14, USUAL, USUAL),
    ("multistep_mean_sam", {"ascents": 1}, "sam", {}, {"ascents": 2}, 1e-14, USUAL, USUAL),
    ("lookbehind_sam", {"k": 1, "alpha": 1.0}, "sam", {}, {"alpha": 0.5}, 1e-14, USUAL, USUAL),
    ("rsam", {"sigma": 0.0}, "sam", {}, {"sigma": 0.1}, 0, USUAL, USUAL),
    ("fisher_sam", {"eta": 0.0}, "sam", {}, {"eta": 0.2}, 1e-14, USUAL, USUAL),
    ("arwp", {"sigma": 0.1, "eta": 0.0}, "rwp", {"sigma": 0.1}, {"eta": 1.0}, 0, USUAL, USUAL),
    ("m_arwp", {"sigma": 0.1, "lam": 0.0}, "none", {}, {"lam": 0.5}, 1e-14, FIXED, FIXED),
    ("dp_sat", {"noise_multiplier": 0.0, "max_grad_norm": 1e12, "examples": 1}, "reuse_sam", {}, {"max_grad_norm": 0.01}, 1e-14, USUAL, USUAL),
    ("sagm", {"alpha": 0.0}, "gnp", {"alpha": 0.5}, {"alpha": 0.1}, 1e-14, USUAL, USUAL),
    ("eigen_sam", {"alpha": 0.0, "period": 2}, "sam", {}, {"alpha": 0.2}, 1e-14, USUAL, USUAL),
    ("eigen_sam", {"period": 12}, "sam", {}, {"period": 2}, 0, USUAL, USUAL),
    ("sampa", {"lam": 1.0} | PLAIN, "past_extragradient", {"gamma1": 0.1} | PLAIN, {"lam": 0.2}, 1e-14, USUAL, USUAL),
    ("bsam", {"data_size": 0, "beta1": 0.0, "damping": 0.99, "weight_decay": 0.01, "beta2": 1 - 2 ** -53, "lr": 0.1}, "usam",
     {"momentum": 0.0}, {"beta2": 0.9}, 1e-12, USUAL, USUAL),
    ("zo_recursive", {"period": 1}, "zo", {"distribution": "sphere"}, {"period": 2}, 0, USUAL, USUAL),
    ("extragradient", {"gamma1": -0.3}, "usam", {}, {"gamma1": 0.3}, 0, USUAL, USUAL),
    ("optimistic", {"optimism": 0.0}, "none", {}, {"optimism": 1.0}, 0, USUAL, USUAL),
    ("normalized_gd", {"beta": 0.0}, "none", {}, {"beta": 1.0}, 0, USUAL, USUAL),
    ("spider", {"period": 1, "normalize": False}, "none", {}, {"normalize": True}, 0, USUAL, USUAL),
    ("spider", {"period": 12, "normalize": False}, "none", {}, {"problem": USUAL, "period": 3}, 1e-13, FIXED, FIXED),
    ("spider", {"period": 1}, "normalized_gd", {}, {"normalize": False}, 1e-11, USUAL, USUAL),
    ("exp_o2nc", {"random_scaling": False, "lr": 0.1, "beta": 0.9}, "none", {"lr": 0.09, "weight_decay": 0.0},
     {"random_scaling": True}, 1e-13, USUAL, USUAL),
    ("bloop", {"lam": 0.0}, "none", {}, {"lam": 0.1}, 1e-14, USUAL, USUAL),
]


def name_of(row):
    return "-".join([row[0], *(f"{option}={value}" for option, value in row[1].items()), "is", row[2]])


@pytest.mark.parametrize("method, options, other, others, broken, tolerance, problem, others_problem",
                         [pytest.param(*row, id=f"{place}-{name_of(row)}") for place, row in enumerate(ROWS)])
def test_special_case(method, options, other, others, broken, tolerance, problem, others_problem):
    ours, theirs = trajectory(method, options, problem), trajectory(other, others, others_problem)
    assert ours.tobytes() == theirs.tobytes() if tolerance == 0 else abs(ours - theirs).max() <= tolerance
    changed = options | broken
    assert abs(trajectory(method, changed, changed.pop("problem", problem)) - theirs).max() > 1e-6


@pytest.mark.parametrize("method", ["imbsam", "focalsam", "split_sam"])
def test_without_head_classes_it_is_sam_without_tail_classes_the_base(method):
    assert trajectory(method, problem=TAIL_ONLY).tobytes() == trajectory("sam").tobytes()
    assert trajectory(method, problem=HEAD_ONLY).tobytes() == trajectory("none").tobytes()
    assert abs(trajectory(method, problem=BATCH_TWICE) - trajectory("sam")).max() > 1e-3


FLAT = ["sam", "asam", "usam", "sam_layerwise", "sam_filterwise", "friendly_sam", "vasso", "stable_sam", "gnp", "wsam", "gsam", "crsam",
        "gam", "le_sam", "rst", "ae_sam", "reuse_sam", "async_sam", "sampa", "msam", "multistep_sam", "multistep_mean_sam", "rsam", "rwp",
        "arwp", "avg_sam", "fisher_sam", "sagm", "extragradient", "past_extragradient", "zo_ascent_sam"]


@pytest.mark.parametrize("method", FLAT)
def test_on_a_linear_loss_it_is_the_base(method):
    """A gradient that is the same everywhere: wherever a method evaluates it, the base is given it unchanged."""
    problem = Linear()
    large = {name: 0.3 for name in ("rho", "sigma", "gamma1") if name in libsam.methods()[method].options}
    assert abs(trajectory(method, large, problem) - trajectory("none", problem=problem)).max() <= 1e-13
    assert abs(trajectory(method, large) - trajectory("none")).max() > 1e-6
