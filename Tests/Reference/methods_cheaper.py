"""Methods that need fewer evaluations: reused, stale and momentum perturbations."""
from .step import method
from .vectors import across, norm, per_tensor, unit


def reused(step, g, across_part, alpha, scope="global"):
    """g with the kept part across it, of alpha times g's length."""
    if scope == "tensor":
        return per_tensor(step.tensors, lambda t, g, v: g + alpha * norm(g) / (norm(v) + 1e-8) * v, g, across_part)
    return g + alpha * norm(g) / (norm(across_part) + 1e-8) * across_part


@method()
def looksam(step, rho=0.1, k=10, alpha=0.7, scope="global"):
    """Liu et al. 2022: SAM each k-th step; between, its part across the clean gradient is used again."""
    g = step.gradient()
    if (step.t - 1) % k:
        return reused(step, g, step.kept["across"], alpha, scope)
    gp = step.gradient(step.w + step.climb(g, rho))
    step.kept["across"] = per_tensor(step.tensors, lambda t, a, b: across(a, b), gp, g) if scope == "tensor" else across(gp, g)
    return gp


@method()
def msam(step, rho=0.3, l2_at_perturbed=0):
    """Becker et al. 2024: the perturbation goes against the base's momentum."""
    m = step.base_moment()
    if m is None:
        return step.gradient()
    e = -rho * unit(m)
    g = step.gradient(step.w + e)
    return g + step.base_option("weight_decay") * e if l2_at_perturbed else g
