"""libsam for JAX: an optimizer for any training loop over a pytree of arrays, and measures of a loss's sharpness.

    import libsam.jax
    optimizer = libsam.jax.Optimizer(params, "sam", "adamw", lr=1e-3, rho=0.05)
    params, loss = optimizer.step(value_and_grad, params, x, y)     # jax.jit(jax.value_and_grad(loss))

    libsam.jax.objective(loss, params, batches).measure("lambda_max")
"""
from .objective import Objective, objective
from .optimizer import Optimizer
from .tree import role

__all__ = ["Objective", "Optimizer", "objective", "role"]
