"""Further methods of two and three evaluations: other norms, averaged ascent directions, compositions of the two gradients."""
from .step import method
from .vectors import norm, per_tensor, unit


@method()
def dnsam(step, rho=0.05, denominator="full", decay=0.9):
    """Monzio Compagnoni et al. 2023: divides by the norm of the gradient over all data, which the auxiliary objective gives."""
    g = step.gradient()
    if denominator == "full":
        length = norm(step.gradient(auxiliary=True))
    else:
        length = step.kept["length"] = decay * step.kept.get("length", norm(g)) + (1 - decay) * norm(g)
    return step.gradient(step.w + (rho / (length + 1e-12) if length else 0.0) * g)


@method()
def sam_m(step, rho=0.05, micro_batches=4):
    """Foret et al. 2021, Andriushchenko and Flammarion 2022, m-sharpness: every micro-batch climbs alone."""
    return sum(step.gradient(step.w + step.climb(step.gradient(next_batch=k > 0), rho)) for k in range(micro_batches)) / micro_batches


@method()
def gcsam(step, rho=0.05, descent=1):
    """Hassan et al. 2025: the rows of matrices lose their mean."""
    def centred(g):
        return per_tensor(step.tensors, lambda t, g: g - g.mean(tuple(range(1, g.ndim)), keepdims=True) if g.ndim >= 2 else g, g)
    gp = step.gradient(step.w + step.climb(centred(step.gradient()), rho))
    return centred(gp) if descent else gp


@method()
def vasso(step, rho=0.05, theta=0.9):
    """Li and Giannakis 2023: climbs along an average of gradients."""
    g = step.gradient()
    d = step.kept["average"] = (1 - theta) * step.kept["average"] + theta * g if "average" in step.kept else g
    return step.gradient(step.w + step.climb(d, rho))


@method()
def stable_sam(step, rho=0.05, direction="perturbed"):
    """Tan et al. 2025; direction "clean": Andriushchenko and Flammarion 2022. One gradient's direction with the other one's length."""
    g = step.gradient()
    gp = step.gradient(step.w + step.climb(g, rho))
    along, length = (gp, norm(g)) if direction == "perturbed" else (g, norm(gp))
    return (length / norm(along) if norm(along) else 0.0) * along


@method()
def gnp(step, rho=0.05, alpha=0.8, normalized_clean=0):
    """Zhao et al. 2022."""
    g = step.gradient()
    gp = step.gradient(step.w + step.climb(g, rho))
    return (1 - alpha) * (unit(g) if normalized_clean else g) + alpha * gp


@method()
def wsam(step, rho=0.05, gamma=0.9, decouple=1):
    """Yue et al. 2023: the sharpness gp - g with the weight alpha, past the base or through it."""
    alpha, g = gamma / (1 - gamma), step.gradient()
    gp = step.gradient(step.w + step.climb(g, rho))
    if not decouple:
        return alpha * gp + (1 - alpha) * g
    step.behind = -step.base_option("lr") * alpha * (gp - g)
    return g


@method()
def crsam(step, rho=0.1, gamma=0.1, beta=0.1):
    """Wu et al. 2024: gradients on both sides of the iterate."""
    g = step.gradient()
    e = step.climb(g, rho)
    gp, gm = step.gradient(step.w + e), step.gradient(step.w - e)
    return gp + gamma * (gp + gm - 2 * g) + beta * (gp - gm)


@method("split_sam", "imbsam", "focalsam")
def split(step, rho=0.05):
    """imbsam: Zhou et al. 2023. focalsam: Li et al. 2025. Only the auxiliary part of the loss is made flat."""
    rest = step.gradient()
    e = step.climb(step.gradient(auxiliary=True), rho)
    return step.gradient(step.w + e, auxiliary=True) + rest


@method()
def le_sam(step, sigma=0.05, rho_max=1.0):
    """Wang et al. 2026: the radius at which the loss rises by sigma to first order."""
    g = step.gradient()
    return step.gradient(step.w + step.climb(g, min(sigma / (norm(g) + 1e-12), rho_max)))


@method()
def tram(step, divergence=0.0, rho_max=0.0, source="option"):
    """Sherborne et al. 2024: the radius is a divergence that the host measures."""
    g = step.gradient()
    rho = divergence if source == "option" else step.loss_at(auxiliary=True)
    return step.gradient(step.w + step.climb(g, min(rho, rho_max) if rho_max else rho))


@method()
def fisher_sam(step, rho=0.1, eta=0.2):
    """Kim et al. 2022: the ball of the metric 1 + eta g^2."""
    g = step.gradient()
    metric = 1 + eta * g * g
    return step.gradient(step.w + rho * unit(g / metric ** 0.5) / metric ** 0.5)


@method()
def sagm(step, rho=0.05, alpha=0.001):
    """Wang et al. 2023."""
    g = step.gradient()
    return (g + step.gradient(step.w + step.climb(g, rho) - alpha * g)) / 2
