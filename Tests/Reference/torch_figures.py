"""Writes ../Golden/torch: torch's own optimizers, in float64, over the usual golden problem. Made with torch 2.13.0.

Run by hand, from the project's folder, in an environment that has torch and numpy: `python -m Tests.Reference.torch_figures`.
Nothing else here imports torch.

What differs from a plain call of torch.optim, and nothing does but this: options are spelt as the library's; torch's Muon takes matrices
alone, so a convolution's weights are handed to it as a matrix and what is no matrix to AdamW; its iteration runs in float64
instead of bfloat16. torch's default dtype is float64: NAdam's and ASGD's scalars are kept in it (in float32 they alone move the weights by up to 1e-8).
"""
import pathlib

import torch

from .golden import same_trajectories
from .problem import Problem
from .write import put

VERSION = "2.13.0"
GOLDEN = pathlib.Path(__file__).parents[1] / "Golden"
LAYOUT, STEPS, RECORDED = "usual", 12, (1, 2, 3, 6, 12)

PAIRS = {"betas": ("beta1", "beta2"), "etas": ("eta_minus", "eta_plus"), "step_sizes": ("step_min", "step_max"), "eps": ("eps1", "eps2")}
FLAGS = {"amsgrad", "nesterov", "centered", "decoupled_weight_decay"}
OPTIMIZERS = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam, "adamw": torch.optim.AdamW, "adamax": torch.optim.Adamax, "nadam": torch.optim.NAdam,
              "radam": torch.optim.RAdam, "rmsprop": torch.optim.RMSprop, "adagrad": torch.optim.Adagrad, "adadelta": torch.optim.Adadelta,
              "rprop": torch.optim.Rprop, "asgd": torch.optim.ASGD, "adafactor": torch.optim.Adafactor, "muon": torch.optim.Muon}
SMALL_ADAMW = {"lr": 3e-4, "beta1": 0.9, "beta2": 0.95, "eps": 1e-10, "weight_decay": 0.0}      # muon's for what is no matrix, not torch's

# The first setting of each is torch's defaults: none is named where the library's are the same.
SETTINGS = {
    "sgd": [{"lr": 1e-3}, {"lr": 0.2, "momentum": 0.8, "dampening": 0.3, "weight_decay": 0.1}, {"lr": 0.1, "momentum": 0.9, "nesterov": 1, "weight_decay": 0.02}],
    "adam": [{}, {"lr": 0.05, "beta1": 0.7, "beta2": 0.9, "eps": 1e-2, "weight_decay": 0.2}, {"lr": 0.05, "beta2": 0.7, "amsgrad": 1}],
    "adamw": [{}, {"lr": 0.05, "beta1": 0.7, "beta2": 0.9, "eps": 1e-2, "weight_decay": 0.2}, {"lr": 0.05, "beta2": 0.7, "amsgrad": 1}],
    "adamax": [{}, {"lr": 0.05, "beta1": 0.7, "beta2": 0.9, "eps": 1e-2, "weight_decay": 0.2}],
    "nadam": [{}, {"lr": 0.05, "beta1": 0.7, "beta2": 0.9, "eps": 1e-2, "weight_decay": 0.2, "momentum_decay": 0.3},
              {"lr": 0.05, "weight_decay": 0.3, "decoupled_weight_decay": 1}],
    "radam": [{}, {"lr": 0.05, "beta1": 0.7, "beta2": 0.9, "eps": 1e-2, "weight_decay": 0.2}, {"lr": 0.05, "beta2": 0.6},
              {"lr": 0.05, "beta2": 0.95, "weight_decay": 0.3, "decoupled_weight_decay": 1}],
    "rmsprop": [{}, {"lr": 0.05, "alpha": 0.8, "eps": 1e-2, "weight_decay": 0.2, "momentum": 0.6}, {"lr": 0.02, "alpha": 0.9, "eps": 0.1, "centered": 1},
                {"lr": 0.02, "alpha": 0.7, "eps": 0.05, "centered": 1, "momentum": 0.5}],
    "adagrad": [{}, {"lr": 0.1, "lr_decay": 0.2, "weight_decay": 0.2, "initial_accumulator_value": 0.05, "eps": 1e-2}],
    "adadelta": [{}, {"lr": 2.0, "rho": 0.6, "eps": 1e-3, "weight_decay": 0.2}],
    "rprop": [{}, {"lr": 0.05, "eta_minus": 0.3, "eta_plus": 1.6, "step_min": 0.02, "step_max": 0.12}],
    "asgd": [{}, {"lr": 0.3, "lambd": 0.05, "alpha": 0.5, "t0": 2, "weight_decay": 0.2}],
    "adafactor": [{}, {"lr": 0.3, "beta2_decay": -0.5, "eps1": 0.05, "eps2": 0.3, "d": 1.3, "weight_decay": 0.2}, {"lr": 0.2, "beta2_decay": -0.2}],
    "muon": [{}, {"lr": 0.05, "momentum": 0.7, "nesterov": 0, "weight_decay": 0.3, "ns_steps": 3, "eps": 0.5, "adjust_lr_fn": "match_rms_adamw",
                  "adamw_lr": 0.03, "adamw_beta1": 0.6, "adamw_beta2": 0.8, "adamw_eps": 1e-2, "adamw_weight_decay": 0.2},
             {"lr": 0.03, "momentum": 0.9, "ns_steps": 2, "adjust_lr_fn": "original"}],
}


def spelt(kind, options):
    """Options of the library in torch's words; of a pair that is named in part the other has torch's default."""
    options, defaults = dict(options), kind([torch.zeros(1, 1)]).defaults
    for name, pair in PAIRS.items():
        if set(pair) & set(options):
            options[name] = tuple(options.pop(part, default) for part, default in zip(pair, defaults[name], strict=True))
    return {name: bool(value) if name in FLAGS else value for name, value in options.items()}


def is_matrix(tensor):
    return tensor.role == "weight" and len(tensor.shape) >= 2


def optimizers(name, options, tensors, parameters):
    if name != "muon":
        return [OPTIMIZERS[name](parameters, **spelt(OPTIMIZERS[name], options))]
    small = SMALL_ADAMW | {option.removeprefix("adamw_"): value for option, value in options.items() if option.startswith("adamw_")}
    own = {option: value for option, value in options.items() if not option.startswith("adamw_")}
    matrices, others = ([p for t, p in zip(tensors, parameters, strict=True) if is_matrix(t) == kind] for kind in (True, False))
    return [torch.optim.Muon(matrices, **spelt(torch.optim.Muon, own)), torch.optim.AdamW(others, **spelt(torch.optim.AdamW, small))]


def steps(problem, name, options):
    shapes = [(t.shape[0], -1) if name == "muon" and is_matrix(t) else t.shape for t in problem.tensors]
    parameters = [torch.nn.Parameter(torch.tensor(problem.start[t.span]).reshape(shape)) for t, shape in zip(problem.tensors, shapes, strict=True)]
    chain = optimizers(name, options, problem.tensors, parameters)
    for number in range(1, STEPS + 1):
        loss, g = problem.objective(torch.cat([p.detach().flatten() for p in parameters]).numpy(), number - 1)
        for t, p in zip(problem.tensors, parameters, strict=True):
            p.grad = torch.tensor(g[t.span]).reshape(p.shape)
        for optimizer in chain:
            optimizer.step()
        w = torch.cat([p.detach().flatten() for p in parameters])
        assert w.dtype == torch.float64
        yield {"ask": [1], "batch": [number - 1], "loss": loss, **({"w": w.tolist()} if number in RECORDED else {})}


def main():
    assert torch.__version__.split("+")[0] == VERSION, torch.__version__
    torch.set_default_dtype(torch.float64)
    torch.Tensor.bfloat16 = torch.Tensor.clone                          # Muon's iteration stays in float64, and off the momentum
    problem = Problem.read(GOLDEN / "problems" / f"{LAYOUT}.json")
    for name, settings in SETTINGS.items():
        cases = [{"method": "none", "base": name, "options": {}, "base_options": options, "layout": LAYOUT, "steps": list(steps(problem, name, options))}
                 for options in settings]
        put(GOLDEN / "torch" / f"{name}.json", {"cases": cases}, same_trajectories)


if __name__ == "__main__":
    main()
