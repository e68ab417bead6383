"""What passes between host and library in a step: what to evaluate, and what is known afterwards."""
import enum
from dataclasses import dataclass

from . import _abi


class Ask(enum.IntFlag):
    """What the host evaluates next, at the weights that now stand in its arrays. Ask(0): the step is complete."""

    EVALUATE = _abi.SAM_EVALUATE
    """Loss and gradient; set in every request."""
    PERTURBED = _abi.SAM_PERTURBED
    """The weights are not the iterate: do not update running statistics (batch norm)."""
    NEXT_BATCH = _abi.SAM_NEXT_BATCH
    """A further batch, which this step has not seen. Without it: the batch that `batch` names, with the same random draws."""
    LOSS_ONLY = _abi.SAM_LOSS_ONLY
    """The gradient is not needed and not read."""
    AUXILIARY = _abi.SAM_AUXILIARY
    """Loss and gradient of the auxiliary objective."""
    LOCAL = _abi.SAM_LOCAL
    """Do not average this gradient over workers."""


@dataclass(frozen=True)
class Metrics:
    """What is known of the last completed step, from work done anyway. NaN: not known, or before the first step."""

    steps: int
    """Completed steps since creation."""
    evaluations: int
    """Evaluations delivered since creation."""
    skipped: int
    """Steps given up under nonfinite = "skip"."""
    loss: float
    """Of the step's first evaluation (mean over accumulate), wherever it was made."""
    perturbed_loss: float
    """Of the last perturbed evaluation."""
    gradient_norm: float
    """Euclidean, of the gradient at the iterate, over all tensors that took part."""
    perturbation_norm: float
    """Of the perturbed weights minus the iterate."""
    update_norm: float
    """Of the weights after the step minus those before it."""
    perturbed_gradient_norm: float
    """Of the last perturbed evaluation's gradient."""
    cosine: float
    """Between the clean and the perturbed gradient, -1 to 1."""
    effective_radius: float
    """Length of what survived of the perturbation when it was rounded to the parameters' dtype."""
