"""One output f is the logit of class 1 against class 0: the same numbers as of two outputs 0 and f, of every measure that looks at logits.

Labels that are no classes are refused, for every number of outputs."""
import libsam
import numpy as np
import pytest
from measure_models import Softmax

OWN = dict(loss="cross_entropy")
CASES = [("gradient_norm", OWN), ("sam_gap", OWN), ("worst_case", OWN), ("average_case", OWN), ("lambda_max", OWN), ("coherence", OWN), ("stiffness", dict(OWN, classes=True)),
         ("gsnr", OWN), ("gradient_covariance", OWN), ("noise_scale", OWN), ("noise_scale", dict(OWN, samples=9)), ("hessian_coherence", OWN), ("fisher_trace", OWN),
         ("fisher_trace", dict(labels="exact")), ("fisher_trace", dict(labels="sampled", samples=3)), ("igs", {}), ("igs", dict(damping=0.1)), ("margin", {}),
         ("fisher_rao_norm", OWN), ("fisher_rao_norm", dict(mode="homogeneous")), ("trajectory_kl", {}), ("pacbayes_sigma", dict(metric="error", samples=20)), ("pacbayes_sigma", OWN)]
IDS = [f"{n}-{i}" for i, (n, _) in enumerate(CASES)]


class Line:
    """f = w.x of each example; logits [f], or [0, f] where two: both of the same weights. `pad`: further outputs at -1000."""

    def __init__(self, outputs):
        random = np.random.default_rng(3)
        self.X, self.w, self.g, self.outputs = random.standard_normal((24, 5)), random.standard_normal(5), np.zeros(5), outputs
        self.y = np.arange(24) % 2

    def logits(self, query):
        f = self.X @ self.w
        rows = np.full((24, self.outputs), -1000.0)
        rows[:, -1 if self.outputs == 1 else 1] = f
        if self.outputs > 1:
            rows[:, 0] = 0
        return rows, self.y

    def back(self, query, rows):
        self.g[...] = self.X.T @ rows[:, 0 if self.outputs == 1 else 1]

    def measure(self, name, **settings):
        if name == "trajectory_kl":
            settings["to"] = {"w": self.w + 0.3}
        objective = libsam.Objective(evaluate=lambda query: 0.0, gradients={"w": self.g}, logits=self.logits, backpropagate_logits=self.back, outputs=self.outputs, examples=24)
        return libsam.measure({"w": self.w}, objective, name, **settings)


@pytest.mark.parametrize("outputs", [2, 3])
@pytest.mark.parametrize("name, settings", CASES, ids=IDS)
def test_one_output_is_the_second_of_two(name, settings, outputs):
    if settings.get("labels") == "sampled" and outputs == 3:
        return                                              # the draws of three classes are others
    one, more = Line(1).measure(name, **settings), Line(outputs).measure(name, **settings)
    for key in set(one) - {"seconds", "evaluations", "gradient_evaluations", "loss_evaluations"}:
        np.testing.assert_allclose(one[key], more[key], rtol=1e-9, atol=1e-12, err_msg=key)


@pytest.mark.parametrize("outputs", [1, 2, 3])
@pytest.mark.parametrize("name, settings", CASES, ids=IDS)
def test_a_label_that_is_no_class_is_refused(name, settings, outputs):
    for label in (-100, -1, max(outputs, 2), 2**62):
        model = Line(outputs)
        model.y = model.y.copy()
        model.y[7] = label
        with pytest.raises(libsam.ArgumentError, match=rf"labels\[7\] = {label}.*expected 0 to {max(outputs, 2) - 1}"):
            model.measure(name, **settings)


def test_normalised_logits_need_two():
    for kind in ("unit", "rms"):
        with pytest.raises(libsam.UnsupportedError, match="only the sign"):
            Line(1).measure("worst_case", normalize_logits=kind)
        assert np.isfinite(Line(2).measure("worst_case", normalize_logits=kind).value)


def test_what_an_objective_does_not_offer_is_said_in_words():
    """Over the catalogue: no sentence names a field of a C struct, or NULL."""
    from test_measure_promises import NAMES, NUMBERS, case
    members = ["evaluate", "hessian_product", "gauss_newton_product", "logits", "backpropagate_logits", "evaluate_example", "example_losses", "outputs", "examples",
               "forward_ones", "train", "refresh", "batch_examples", "class_examples"]
    said = set()
    for name in NAMES:
        for without in members:
            for more in ({}, OWN, dict(hessian="product"), dict(operator="gauss_newton"), dict(refresh=True), dict(labels="exact"), dict(class_index=0)):
                model, settings = case(name)
                if name in NUMBERS or not set(more) <= set(libsam.measures()[name].options):
                    continue
                try:
                    without_examples = (without, "batch_examples") if without == "examples" else (without,)
                    model.measure(name, without=without_examples, other=Softmax() if name == "sharpness_gap" else None, **{**settings, **more, "max_evaluations": 3})
                except libsam.Error as error:
                    said.add(without)
                    assert "sam_objective" not in str(error) and "NULL" not in str(error), (name, without, str(error))
    assert said >= {"evaluate", "hessian_product", "logits", "backpropagate_logits", "evaluate_example", "outputs", "forward_ones", "train", "refresh"}
