"""Stacked axes and gradients that come later, from Python: a stack is its slices registered one after the other, bit for bit."""
import copy

import libsam
import numpy as np
import pytest
from measure_models import Softmax
from test_measure_promises import FEW, NUMBERS

METHODS, BASES = libsam.methods(), libsam.bases()


def trained(parameters, gradients, method, base, steps=3, late=False, **more):
    """The weights and the metrics behind some steps on a quartic of all coordinates, in the arrays' order."""
    optimizer = libsam.Optimizer(parameters, gradients, method=method, base=base, **more)
    own = {name: np.zeros_like(w) for name, w in parameters.items()}

    def closure(ask):
        x = np.concatenate([parameters[name].ravel() for name in parameters])
        a = 1 + np.arange(x.size) % 5
        slope, at = a * (x - 0.5) + (x - 0.5) ** 3, 0
        for name, w in parameters.items():
            if late and optimizer.gradients[name] is None:
                optimizer.bind(name, own[name])
            optimizer.gradients[name][...] = slope[at:at + w.size].reshape(w.shape)
            at += w.size
        return float((a * (x - 0.5) ** 2 / 2 + (x - 0.5) ** 4 / 4).sum())
    for _ in range(steps):
        optimizer.step(closure)
    return np.concatenate([parameters[name].ravel() for name in parameters]), repr(optimizer.metrics)


def arrays(stacked):
    x = np.random.default_rng(1).standard_normal(24 + 12 + 6)
    parts = {"w": x[:24].reshape(2, 3, 4), "b": x[24:36].reshape(3, 4), "v": x[36:].reshape(2, 3)}
    if not stacked:
        parts = {f"{name}{i}": part[i] for name, part in parts.items() if name != "v" for i in range(len(part))} | {"v": parts["v"]}
    return {name: part.copy() for name, part in parts.items()}


@pytest.mark.parametrize("method, base", [*((name, None if entry.own_update else "muon") for name, entry in METHODS.items()), *(("sam", name) for name in BASES)])
def test_a_stack_is_its_slices(method, base):
    whole, apart = arrays(True), arrays(False)
    zeros = [{name: np.zeros_like(w) for name, w in each.items()} for each in (whole, apart)]
    try:
        a = trained(whole, zeros[0], method, base, stacked={"w": 1, "b": 1})
    except libsam.UnsupportedError:
        return
    b = trained(apart, zeros[1], method, base)
    assert a[0].tobytes() == b[0].tobytes() and a[1] == b[1]


def test_stacking_matters():
    """To all that looks at axes; the rest does not see it."""
    def bits(method, base, **more):
        whole = arrays(True)
        return trained(whole, {name: np.zeros_like(w) for name, w in whole.items()}, method, base, **more)[0].tobytes()
    for method, base in (("sam", "muon"), ("sam", "normuon"), ("sam", "lanton"), ("sam", "shampoo"), ("sam", "soap"), ("sam", "adafactor"), ("sam", "lamb"),
                         ("sam", "lars"), ("sam_layerwise", "sgd"), ("sam_filterwise", "sgd"), ("gcsam", "sgd"), ("adasap", "sgd"), ("rwp", "sgd")):
        assert bits(method, base) != bits(method, base, stacked={"w": 1, "b": 1}), (method, base)
    assert bits("sam", "adamw") == bits("sam", "adamw", stacked={"w": 1, "b": 1})


class Stacked(Softmax):
    """The same weights as one array (2, 3, 2) and a vector of rows, or as three arrays."""

    def __init__(self, stacked, **more):
        super().__init__(K=4, d=3, **more)
        flat = np.vstack([self.w["head"], self.w["tail"][None]]).ravel()
        self.is_stacked = stacked
        self.w = self.named(flat)
        self.g = {name: np.zeros_like(w) for name, w in self.w.items()}

    def named(self, flat):
        flat = np.array(flat, float).ravel()
        if self.is_stacked:
            return {"s": flat.reshape(2, 3, 2).copy()}
        return {"a": flat[:6].reshape(3, 2).copy(), "b": flat[6:].reshape(3, 2).copy()}

    def W(self, arrays=None):
        return np.concatenate([np.asarray(w).ravel() for w in (self.w if arrays is None else arrays).values()]).reshape(4, 3)

    def store(self, g):
        for name, part in self.named(g).items():
            self.g[name][...] = part

    def product(self, query, direction):
        self.counted()
        return self.named(self.hessian(self.rows(query.batch, query.class_index, query.example)) @ self.W(direction).ravel())


@pytest.mark.parametrize("name", list(libsam.measures()))
def test_a_measure_sees_slices(name):
    found = []
    for stacked in (True, False):
        model = Stacked(stacked)
        points = [model.named(model.W() + 0.1 * np.random.default_rng(k).standard_normal((4, 3))) for k in range(3)]
        known = set(libsam.measures()[name].options)
        settings = {s: points if many else points[0] for s, many in (("to", False), ("point", True), ("direction", False), ("initial", False))
                    if s in known and not (s == "point" and "to" in known) and not (s == "direction" and name.startswith(("slice", "curv")))}
        settings |= FEW.get(name, {}) | NUMBERS.get(name, {})
        if name == "relative_flatness":
            settings["tensor"] = 0
            settings |= {"slice": 1} if stacked else {"tensor": 1}
        for scale in ("filter", "tensor") if "scaling" in known else ("",):
            more = {"scaling": scale} if scale else {}
            other = {"other": model.objective()} if name == "sharpness_gap" else {}
            found.append(libsam.measure(model.w, model.objective(**other), name, stacked={"s": 1} if stacked else None, **settings, **more))
    half = len(found) // 2
    for a, b in zip(found[:half], found[half:]):
        assert a.keys() == b.keys()
        for key in a:
            if key != "seconds":
                np.testing.assert_array_equal(np.asarray(a[key]), np.asarray(b[key]), err_msg=key)


def test_slices_by_name_and_number():
    model = Stacked(True)
    found = libsam.measure(model.w, model.objective(), "layerwise", stacked={"s": 1}, measure="lambda_max")
    by = found.by_parameter("values")["s"]
    assert by.shape == (2,) and by.tolist() == found.values.tolist()
    one = [libsam.measure(model.w, model.objective(), "lambda_max", stacked={"s": 1}, tensor=0, slice=k).value for k in range(2)]
    assert one == by.tolist() and one[0] != one[1]
    both = libsam.measure(model.w, model.objective(), "eigenpairs", stacked={"s": 1}, count=2)
    assert both.by_parameter("vectors")["s"].shape == (2, 2, 3, 2)
    for settings, said in ((dict(tensor=0, slice=2), "slice = 2.*0 to 1"), (dict(slice=0), "without the setting tensor"), (dict(tensor=1), "tensor = 1")):
        with pytest.raises((libsam.RangeError, libsam.ArgumentError), match=said):
            libsam.measure(model.w, model.objective(), "lambda_max", stacked={"s": 1}, **settings)
    with pytest.raises(libsam.ArgumentError, match="slice = -1.*2 layers"):
        libsam.measure(model.w, model.objective(), "relative_flatness", stacked={"s": 1}, tensor=0)


def test_what_cannot_be():
    w, g = {"w": np.ones((2, 3))}, {"w": np.ones((2, 3))}
    for stacked, said in (({"v": 1}, "'v', which is no parameter"), ({"w": -1}, "0 to"), ({"w": 1.5}, "1.5"), ({"w": 3}, "stacked_axes = 3.*0 to 2")):
        with pytest.raises(libsam.ArgumentError, match=said):
            libsam.Optimizer(w, g, stacked=stacked)
    for wrong in ({"stacked": 1}, {"stacked": [1]}, {"trained": True}):
        with pytest.raises(libsam.ArgumentError, match="needed"):
            libsam.Optimizer(w, g, **wrong)
    with pytest.raises(libsam.ArgumentError, match="trained names 'v'"):
        libsam.Optimizer(w, g, trained=["v"])
    with pytest.raises(libsam.ArgumentError, match="none of 1 tensors can be trained"):
        libsam.Optimizer(w, {"w": None})
    with libsam.Optimizer(w, g, stacked={"w": 1}) as optimizer, pytest.raises(libsam.ArgumentError, match="leave it out"):
        libsam.measure(optimizer, None, "weight_norms", stacked={"w": 1})


def test_an_optimizer_is_measured_as_it_stacks():
    w, g = {"w": np.arange(12.0).reshape(2, 2, 3)}, {"w": np.ones((2, 2, 3))}
    with libsam.Optimizer(w, g, stacked={"w": 1}) as optimizer:
        norms = libsam.measure(optimizer, None, "weight_norms")
    assert norms.by_parameter("l2")["w"].tolist() == [np.linalg.norm(part) for part in w["w"]] and norms.l2.shape == (2,)


@pytest.mark.parametrize("method", list(METHODS))
def test_gradients_of_the_first_evaluation(method):
    base, late, usual = None if METHODS[method].own_update else "adamw", arrays(True), arrays(True)
    a = trained(late, {name: None for name in late}, method, base, late=True, trained=list(late))
    b = trained(usual, {name: np.zeros_like(w) for name, w in usual.items()}, method, base)
    assert a[0].tobytes() == b[0].tobytes() and a[1] == b[1]


def test_no_gradient_ever():
    w = {"w": np.ones(3)}
    with libsam.Optimizer(w, {"w": None}, trained=["w"], lr=0.1) as optimizer:
        with pytest.raises(libsam.StateError, match='gradient of "w" = NULL'):
            optimizer.step(lambda ask: 1.0)
        with pytest.raises(libsam.ArgumentError, match="float32"):
            optimizer.bind("w", np.ones(3, np.float32))
        with pytest.raises(libsam.StateError, match="gradient of \"w\" = NULL"):
            libsam.measure(optimizer, lambda query: 1.0, "gradient_norm")
    with libsam.Optimizer(w, {"w": None}, trained=["w"], method="zo_sgd", base=None, lr=0.1) as optimizer:
        for _ in range(5):
            optimizer.step(lambda ask: float(w["w"] @ w["w"]))
    assert (w["w"] != 1).any()


def test_torch():
    torch = pytest.importorskip("torch")

    class Experts(torch.nn.Module):
        def __init__(self, together):
            super().__init__()
            torch.manual_seed(0)
            w = torch.randn(3, 4, 5)
            self.head = torch.nn.Linear(4, 2)
            if together:
                self.w = torch.nn.Parameter(w)
            else:
                self.parts = torch.nn.ParameterList(torch.nn.Parameter(part.clone()) for part in w)

        def forward(self, x):
            return self.head(sum(torch.tanh(x @ part.T) for part in (self.w if hasattr(self, "w") else self.parts)))

    def run(together, steps, **more):
        model = Experts(together)
        optimizer = libsam.torch.Optimizer(model, "sam_filterwise", "muon", lr=0.02, **more)
        return model, optimizer, go(model, optimizer, steps)

    def go(model, optimizer, steps):
        x = torch.linspace(-1, 1, 40).reshape(8, 5)

        def closure():
            loss = model(x).square().mean() + model.head.weight.sum()
            loss.backward()
            return loss
        for _ in range(steps):
            optimizer.step(closure)
        w = model.w if hasattr(model, "w") else torch.stack(list(model.parts))
        return w.detach().numpy().tobytes()

    import libsam.torch
    model, optimizer, stacked = run(True, 4, stacked={"w": 1})
    assert stacked == run(False, 4)[2] != run(True, 4)[2]
    # the flag goes on through copies, states and groups
    other = copy.deepcopy(optimizer)
    assert [group["stacked"] for group in other.param_groups] == [[1, 0, 0]]
    plain = Experts(True)
    grouped = libsam.torch.Optimizer([{"params": [plain.w], "stacked": [1]}, {"params": list(plain.head.parameters())}], "sam_filterwise", "muon", lr=0.02,
                                     model=plain)
    assert go(plain, grouped, 4) == stacked
    grouped.load_state_dict(grouped.state_dict())
    assert grouped.param_groups[0]["stacked"] == [1] and go(plain, grouped, 2) == go(model, optimizer, 2)
    found = libsam.torch.objective(model, lambda out, y: (out - y).square().mean(), (torch.ones(8, 5), torch.zeros(8, 2)), stacked={"w": 1}).measure("spectral_norms")
    assert found.by_parameter("values")["w"].shape == (3,)
    for wrong in (dict(stacked={"v": 1}), dict(stacked={"w": 4})):
        with pytest.raises(libsam.ArgumentError):
            libsam.torch.Optimizer(plain, "sam", "sgd", **wrong)
    with pytest.raises(libsam.ArgumentError, match="'stacked'"):
        libsam.torch.Optimizer([{"params": [plain.w], "stacked": 1}], "sam", "sgd")


def test_torch_where_nothing_requires_a_gradient_yet():
    torch = pytest.importorskip("torch")
    import libsam.torch
    model = torch.nn.Linear(2, 1).requires_grad_(False)
    optimizer = libsam.torch.Optimizer(model, "sam", "sgd", lr=0.1)
    model.requires_grad_(True)
    before = model.weight.detach().clone()

    def closure():
        loss = model(torch.ones(1, 2)).square().sum()
        loss.backward()
        return loss
    optimizer.step(closure)
    assert not torch.equal(before, model.weight)


def test_jax():
    jax = pytest.importorskip("jax")
    import jax.numpy as jnp
    import libsam.jax
    w = jnp.asarray(np.random.default_rng(0).standard_normal((3, 4, 5)), jnp.float32)

    def loss(params):
        return sum((jnp.tanh(part) ** 2).sum() * (1 + i) for i, part in enumerate(params["layers"]))

    def run(params, **more):
        optimizer = libsam.jax.Optimizer(params, "sam_layerwise", "soap", lr=0.02, **more)
        for _ in range(4):
            params, _ = optimizer.step(jax.value_and_grad(loss), params)
        return np.asarray(jnp.stack(list(params["layers"]))).tobytes()
    together, apart = {"layers": w}, {"layers": [w[0], w[1], w[2]]}
    assert run(together, stacked=lambda name: 1) == run(apart) != run(together)
    found = libsam.jax.objective(lambda params, x: loss(params), together, (jnp.ones(1),), stacked=lambda name: 1).measure("weight_norms")
    assert found.l2.shape == (3,)
    with pytest.raises(libsam.ArgumentError):
        libsam.jax.Optimizer(together, "sam", "sgd", stacked=lambda name: 4)
