"""The base alone, SAM, and methods that differ from it in the perturbation or in how gradients are composed."""
from .step import method
from .vectors import across, norm, per_tensor, unit


@method()
def none(step):
    return step.gradient()


@method()
def sam(step, rho=0.05, l2=0.0):
    """Foret et al. 2021. l2: a penalty l2/2 |w|^2 that both gradients see."""
    e = step.climb(step.gradient() + l2 * step.w, rho)
    return step.gradient(step.w + e) + l2 * (step.w + e)


@method("asam", scaling="element")
@method("sam_filterwise", scaling="filter")
@method("sam_on", part="norm")
def adaptive(step, rho=0.5):
    """asam, sam_filterwise: Kwon et al. 2021. sam_on: Mueller et al. 2023, the normalisation layers alone. Only the ascent options
    differ from sam's."""
    return step.gradient(step.w + step.climb(step.gradient(), rho))


@method()
def usam(step, rho=0.05):
    """Andriushchenko and Flammarion 2022: the gradient is not normalised."""
    return step.gradient(step.w + rho * step.gradient())


@method()
def sam_layerwise(step, rho=0.05, relative=1):
    """Liu et al. 2022: every tensor has a radius of its own, rho |w| or rho."""
    def perturbation(tensor, g, w):
        radius = rho * norm(w) if relative else rho
        return radius * unit(g)
    return step.gradient(step.w + per_tensor(step.tensors, perturbation, step.gradient(), step.w))


@method()
def friendly_sam(step, rho=0.05, sigma=1.0, lam=0.9, order="subtract_first"):
    """Li et al. 2024: climbs along what the gradient has beyond its average."""
    g = step.gradient()
    old = step.kept.get("average")
    new = step.kept["average"] = g if old is None else lam * old + (1 - lam) * g
    along = g if old is None else g - sigma * (old if order == "subtract_first" else new)
    return step.gradient(step.w + step.climb(along, rho))


@method()
def gsam(step, rho=0.05, alpha=0.4, form="perturbed"):
    """Zhuang et al. 2022: less of the clean gradient across the perturbed one; form "clean": more of the perturbed across the clean."""
    g = step.gradient()
    gp = step.gradient(step.w + step.climb(g, rho))
    return gp - alpha * across(g, gp) if form == "perturbed" else g + alpha * across(gp, g)


@method()
def gam(step, rho=0.02, rho_norm=0.2, form="difference", alpha=0.5, gamma=0.03, weight1=0.6, weight2=0.5, weight3=0.4):
    """Zhang et al. 2023: ascent on the gradient's norm, by a difference of gradients."""
    g0 = step.gradient()
    g1 = step.gradient(step.w + step.climb(g0, rho))
    e1 = step.climb(g1 - g0, rho_norm)
    g2 = step.gradient(step.w + e1)
    g3 = step.gradient(step.w + (e1 + step.climb(g2, rho)))
    if form == "difference":
        return g0 + alpha * (g3 - g2)
    descent = weight1 * g1 + weight3 * g3
    return descent - gamma * across(g0 + weight2 * g2, descent)
