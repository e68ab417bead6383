"""What torch calls the tensors of state that the library keeps for a parameter."""
from __future__ import annotations

COMMON = {"m": "exp_avg", "v": "exp_avg_sq", "vmax": "max_exp_avg_sq", "momentum": "momentum_buffer"}
"""Where a base has no names of its own below."""
OWN = {
    "rmsprop": {"v": "square_avg", "momentum": "momentum_buffer", "mean": "grad_avg"},
    "adagrad": {"sum": "sum"},
    "adamax": {"m": "exp_avg", "u": "exp_inf"},
    "adadelta": {"v": "square_avg", "delta": "acc_delta"},
    "rprop": {"previous": "prev", "size": "step_size"},
    "muon": {"m": "momentum_buffer", "v": "exp_avg_sq"},
    "asgd": {"mean": "ax"},
    "adafactor": {"row": "row_var", "column": "col_var"},
}
"""By base: of torch's optimizer of that name."""
STEP = "step"
WHOLE = {"row_var", "col_var", STEP}
"""Torch's names of what has not the parameter's shape."""
TORCH = {
    "sgd": {"momentum", "dampening", "nesterov"},
    "adam": {"betas", "eps", "amsgrad"},
    "adamw": {"betas", "eps", "amsgrad"},
    "rmsprop": {"alpha", "eps", "centered", "momentum"},
    "adagrad": {"lr_decay", "initial_accumulator_value", "eps"},
    "adamax": {"betas", "eps"},
    "radam": {"betas", "eps", "decoupled_weight_decay"},
    "adadelta": {"rho", "eps"},
    "rprop": {"etas", "step_sizes"},
}
"""By base: keys of the groups of torch's optimizer of that name. Those of other bases keep numbers in other forms."""
TELLING = set[str]().union(*TORCH.values(), {"momentum_decay", "lambd", "d"})
"""Keys by which torch's optimizers are told apart."""


def shown(base: str | None, slot: str) -> str:
    """The key in optimizer.state[p] of a tensor "section.slot": torch's name where it has one, else the same."""
    section, _, name = slot.partition(".")
    if section != "base":
        return slot
    return STEP if name == "steps" else OWN.get(base or "", COMMON).get(name, slot)


def slot(base: str | None, key: str) -> str | None:
    """The library's "section.slot" of a key; None where the key is somebody else's."""
    if key == STEP:
        return "base.steps"
    for name, known in OWN.get(base or "", COMMON).items():
        if known == key:
            return f"base.{name}"
    return key if key.startswith(("method.", "base.", "shared.")) else None


def has_shape_of_parameter(key: str) -> bool:
    """Whether a tensor of torch's name `key` has one element for each of the parameter."""
    return key not in WHOLE and "." not in key
