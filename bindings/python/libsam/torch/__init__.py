"""libsam for PyTorch: an optimizer for any training loop over weights on the CPU, and measures of a model's sharpness.

    import libsam.torch
    optimizer = libsam.torch.Optimizer(model, "sam", "adamw", lr=1e-3, rho=0.05)
    loss = optimizer.step(closure)      # closure() evaluates the loss, calls backward and returns it

    libsam.torch.objective(model, criterion, batches).measure("lambda_max")
"""
from .matching import by_name
from .objective import Objective, objective
from .optimizer import Optimizer
from .roles import groups, roles
from .statistics import frozen_statistics, refresh_statistics

__all__ = ["Objective", "Optimizer", "by_name", "frozen_statistics", "groups", "objective", "refresh_statistics", "roles"]
