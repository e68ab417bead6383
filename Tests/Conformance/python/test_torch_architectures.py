"""Measures of ordinary networks: `check` finds no fault, values are those of dense algebra, and nothing of the model changes."""
import contextlib
import functools

import libsam
import libsam.torch
import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

WORDS, WIDTH = 7, 4


class Module(nn.Module):
    """A network written as a function of its layers."""

    def __init__(self, forward, **layers):
        super().__init__()
        for name, layer in layers.items():
            setattr(self, name, layer)
        self.run = forward

    def forward(self, x):
        return self.run(self, x)


def tokens(n=6, length=3):
    return torch.arange(n * length).reshape(n, length) % WORDS


def points(*shape):
    return torch.linspace(-2, 2, int(np.prod(shape))).reshape(shape).sin()


def labels(n=6, classes=3):
    return torch.arange(n) % classes


def tied(self, x):
    return F.linear(torch.tanh(self.e(x)).mean(1), self.e.weight)


def experts(self, x):
    gate = self.gate(x).softmax(-1)
    return gate[:, :1] * self.a(x) + gate[:, 1:] * self.b(x)


def graph(self, x):
    edges = torch.tensor([[0.0, 1, 0], [1, 0, 1], [0, 1, 0]], dtype=x.dtype)
    return self.out((edges @ torch.tanh(self.h(x))).mean(1))


def ce(outputs, targets):
    return F.cross_entropy(outputs, targets)


def last(layer, x):
    return layer(x)[0][:, -1]


MODELS = {
    "mlp": lambda: (nn.Sequential(nn.Linear(4, 5), nn.Tanh(), nn.Linear(5, 3)), ce, points(6, 4), labels()),
    "relu": lambda: (nn.Sequential(nn.Linear(4, 6), nn.ReLU(), nn.Linear(6, 3)), ce, points(6, 4), labels()),
    "convolution with batch norm": lambda: (nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.ReLU(), nn.Flatten(), nn.Linear(8, 3)), ce,
                                            points(6, 1, 4, 4), labels()),
    "residual": lambda: (Module(lambda s, x: s.o(x + torch.relu(s.a(x))), a=nn.Linear(4, 4), o=nn.Linear(4, 3)), ce, points(6, 4), labels()),
    "group norm": lambda: (nn.Sequential(nn.Conv2d(1, 4, 3), nn.GroupNorm(2, 4), nn.SiLU(), nn.Flatten(), nn.Linear(16, 3)), ce,
                           points(6, 1, 4, 4), labels()),
    "layer norm": lambda: (nn.Sequential(nn.Linear(4, 4), nn.LayerNorm(4), nn.GELU(), nn.Linear(4, 3)), ce, points(6, 4), labels()),
    "transformer encoder": lambda: (nn.Sequential(nn.TransformerEncoderLayer(4, 2, 6, dropout=0.1, batch_first=True), nn.Flatten(), nn.Linear(12, 3)), ce,
                                    points(6, 3, 4), labels()),
    "tied language model": lambda: (Module(tied, e=nn.Embedding(WORDS, WIDTH)), ce, tokens(), labels(6, WORDS)),
    "lstm": lambda: (Module(lambda s, x: s.o(last(s.r, x)), r=nn.LSTM(4, 3, batch_first=True), o=nn.Linear(3, 3)), ce, points(6, 3, 4), labels()),
    "gru": lambda: (Module(lambda s, x: s.o(last(s.r, x)), r=nn.GRU(4, 3, batch_first=True), o=nn.Linear(3, 3)), ce, points(6, 3, 4), labels()),
    "attention": lambda: (Module(lambda s, x: s.o(s.a(x, x, x, need_weights=False)[0].mean(1)), a=nn.MultiheadAttention(4, 2, batch_first=True),
                                 o=nn.Linear(4, 3)), ce, points(6, 3, 4), labels()),
    "scaled dot product": lambda: (Module(lambda s, x: s.o(F.scaled_dot_product_attention(s.q(x), s.k(x), x).mean(1)), q=nn.Linear(4, 4),
                                          k=nn.Linear(4, 4), o=nn.Linear(4, 3)), ce, points(6, 3, 4), labels()),
    "autoencoder": lambda: (nn.Sequential(nn.Linear(4, 2), nn.Tanh(), nn.Linear(2, 4)), F.mse_loss, points(6, 4), points(6, 4)),
    "one logit": lambda: (nn.Sequential(nn.Linear(4, 4), nn.Tanh(), nn.Linear(4, 1)), lambda o, t: F.binary_cross_entropy_with_logits(o[:, 0], t.to(o.dtype)),
                          points(6, 4), labels(6, 2)),
    "several labels": lambda: (nn.Sequential(nn.Linear(4, 3)), F.binary_cross_entropy_with_logits, points(6, 4), (points(6, 3) > 0).float()),
    "parametrization": lambda: (nn.Sequential(nn.utils.parametrize.register_parametrization(nn.Linear(4, 3), "weight", nn.Tanh()), nn.Linear(3, 3)),
                                ce, points(6, 4), labels()),
    "spectral norm": lambda: (nn.Sequential(nn.utils.parametrizations.spectral_norm(nn.Linear(4, 3)), nn.Tanh(), nn.Linear(3, 3)), ce, points(6, 4), labels()),
    "dropout": lambda: (nn.Sequential(nn.Linear(4, 5), nn.Dropout(0.5), nn.Tanh(), nn.Linear(5, 3)), ce, points(6, 4), labels()),
    "one axis": lambda: (nn.Sequential(nn.Conv1d(1, 2, 3), nn.ELU(), nn.Flatten(), nn.Linear(8, 3)), ce, points(6, 1, 6), labels()),
    "graph": lambda: (Module(graph, h=nn.Linear(4, 4), out=nn.Linear(4, 3)), ce, points(6, 3, 4), labels()),
    "experts": lambda: (Module(experts, gate=nn.Linear(4, 2), a=nn.Linear(4, 3), b=nn.Linear(4, 3)), ce, points(6, 4), labels()),
    "shortcut over scales": lambda: (Module(lambda s, x: s.o(torch.cat([x, F.interpolate(torch.tanh(s.d(x)), scale_factor=2)], 1)).mean((2, 3)),
                                            d=nn.Conv2d(1, 2, 2, 2), o=nn.Conv2d(3, 3, 1)), ce, points(6, 1, 4, 4), labels()),
}


def made(name, dtype):
    torch.manual_seed(5)
    model, loss, inputs, targets = MODELS[name]()
    cast = [t.to(dtype) if t.is_floating_point() else t for t in (inputs, targets)]
    return model.to(dtype).train(), loss, *cast


def snapshot(model):
    """Weights, buffers, modes, gradients and torch's random state."""
    return ({name: t.clone() for name, t in [*model.named_parameters(), *model.named_buffers()]}, [m.training for m in model.modules()],
            [p.grad for p in model.parameters()], torch.get_rng_state())


def unchanged(model, before):
    after = snapshot(model)
    assert all(torch.equal(value, after[0][name]) for name, value in before[0].items()) and before[1:3] == after[1:3]
    assert torch.equal(before[3], after[3])


def dense(model, loss, inputs, targets):
    """The Hessian in evaluation mode."""
    model.eval()
    weights = [p for p in model.parameters()]
    with torch.nn.attention.sdpa_kernel(torch.nn.attention.SDPBackend.MATH):
        slopes = torch.autograd.grad(loss(model(inputs), targets), weights, create_graph=True)
        flat = torch.cat([s.reshape(-1) for s in slopes])
        rows = [torch.cat([g.reshape(-1) for g in torch.autograd.grad(one, weights, retain_graph=True, materialize_grads=True)])
                if one.requires_grad else torch.zeros(len(flat), dtype=flat.dtype) for one in flat]
    model.train()
    return torch.stack(rows).double().numpy()


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32])
@pytest.mark.parametrize("name", MODELS)
def test_check_finds_no_fault_and_values_are_those_of_dense_algebra(name, dtype):
    model, loss, inputs, targets = made(name, dtype)
    before = snapshot(model)
    objective = libsam.torch.objective(model, loss, (inputs, targets))
    assert objective.measure("check").fault == 0
    H = dense(model, loss, inputs, targets)
    torch.set_rng_state(before[3])
    values, close = np.linalg.eigvalsh((H + H.T) / 2), 1e-5 if dtype is torch.float64 else 2e-2
    scale = abs(values).max()
    assert abs(objective.measure("lambda_max", tolerance=1e-7).value - values[-1]) < close * scale
    assert abs(objective.measure("trace", method="exact").value - values.sum()) < close * abs(values).sum()
    several = libsam.torch.objective(model, loss, [(inputs[:4], targets[:4]), (inputs[4:], targets[4:])])
    assert abs(several.measure("lambda_max", tolerance=1e-7).value - values[-1]) < close * scale
    unchanged(model, before)


MEASURES = [name for name, measure in libsam.measures().items() if not ({"other", "train"} & set(map(str, measure.needs)))]


def settings(name, model):
    to = {key: p.detach() + 0.1 for key, p in model.named_parameters()}
    return {"barrier": {"to": to}, "bezier": {"to": to}, "trajectory_kl": {"to": to}, "path_profile": {"to": to}, "stability_ratio": {"lr": 0.1},
            "eigen_residual": {"direction": to}, "relative_flatness": {"tensor": 0}, "pca_plane": {"point": [to] * 3}, "plane": {"point": [to] * 3}}.get(name, {})


class Stop(Exception):
    pass


@pytest.mark.parametrize("way", ["end", "limit", "cancel", "interrupt", "error"])
@pytest.mark.parametrize("name", MEASURES)
def test_the_model_is_the_same_after_every_way_out(name, way):
    """With running statistics that are refreshed at every point where a measure can."""
    torch.manual_seed(2)
    model = nn.Sequential(nn.Linear(4, 3), nn.BatchNorm1d(3), nn.Dropout(0.3), nn.utils.parametrizations.spectral_norm(nn.Linear(3, 3)))
    model(points(6, 4))
    objective = libsam.torch.objective(model, ce, [(points(6, 4), labels()), (points(6, 4).cos(), labels())])
    given, calls = settings(name, model), [0]
    if "refresh" in libsam.measures()[name].options:
        given["refresh"] = 1
    given["max_evaluations"] = 3 if way == "limit" else 100
    if way not in ("limit", "end"):
        def progress(*_):
            calls[0] += 1
            if calls[0] == 4 and way != "cancel":
                raise KeyboardInterrupt if way == "interrupt" else Stop
            return calls[0] >= 4
        objective.progress = progress
    model.train()
    before = snapshot(model)
    with contextlib.suppress(libsam.Error, Stop, KeyboardInterrupt):
        objective.measure(name, **given)
    unchanged(model, before)
    assert not nn.modules.module._global_forward_pre_hooks


def hidden(form):
    class Model(nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = nn.Linear(4, 3)

        def forward(self, x):
            return form(self.layer(x))
    return Model()


FORMS = {"tuple": (lambda y: (y, y.sum()), lambda o: o[0]), "dict": (lambda y: {"logits": y, "hidden": None}, lambda o: o["logits"]),
         "list": (lambda y: [y], lambda o: o[0]), "object": (lambda y: type("Output", (), {"logits": y})(), lambda o: o.logits)}


@pytest.mark.parametrize("form", FORMS)
def test_outputs_of_any_form_are_measured(form):
    torch.manual_seed(0)
    wrap, unwrap = FORMS[form]
    model, plain = hidden(wrap), hidden(lambda y: y)
    plain.load_state_dict(model.state_dict())
    one = libsam.torch.objective(model, lambda o, t: F.cross_entropy(unwrap(o), t), (points(6, 4), labels()))
    two = libsam.torch.objective(plain, F.cross_entropy, (points(6, 4), labels()))
    for name in ("check", "lambda_max", "fisher_trace", "noise_scale", "worst_case"):
        extra = {"labels": "given"} if name == "fisher_trace" else {}
        a, b = one.measure(name, **extra), two.measure(name, **extra)
        assert (a.fault == b.fault == 0) if name == "check" else a.value == pytest.approx(b.value, rel=1e-5), name
    with pytest.raises(libsam.UnsupportedError, match="logits"):
        one.measure("margin")


TARGETS = {"ignored": (torch.tensor([0, 1, -100, 2, -100, 1]), F.cross_entropy), "bool": (labels(6, 2).bool(), lambda o, t: F.binary_cross_entropy_with_logits(o[:, 0], t.to(o.dtype))),
           "float": (points(6), lambda o, t: F.mse_loss(o[:, 0], t)), "soft": (points(6, 3).softmax(-1), F.cross_entropy),
           "small integers": (labels().to(torch.uint8), lambda o, t: F.cross_entropy(o, t.long()))}


@pytest.mark.parametrize("kind", TARGETS)
def test_targets_of_any_kind_build_an_objective(kind):
    targets, loss = TARGETS[kind]
    model, inputs = nn.Linear(4, 3), points(6, 4)
    empty = (inputs[:0], targets[:0])
    one = libsam.torch.objective(model, loss, (inputs, targets))
    parts = libsam.torch.objective(model, loss, [(inputs[:4], targets[:4]), empty, (inputs[4:], targets[4:])])
    exact = one.measure("lambda_max", tolerance=1e-8).value
    assert one.measure("check").fault == 0 and exact > 0
    assert parts.measure("lambda_max", tolerance=1e-8).value == pytest.approx(exact, rel=1e-4)


@pytest.mark.parametrize("loss", [nn.CrossEntropyLoss(weight=torch.tensor([0.1, 1, 10])), nn.CrossEntropyLoss(ignore_index=1), nn.NLLLoss(ignore_index=2),
                                  functools.partial(F.cross_entropy, weight=torch.tensor([0.1, 1, 10]), ignore_index=2)])
def test_batches_weigh_what_the_loss_divides_by(loss):
    model = nn.Sequential(nn.Linear(4, 3), nn.LogSoftmax(-1))
    inputs, targets = points(9, 4), torch.tensor([0, 0, 0, 0, 1, 2, 2, 1, 2])
    whole = libsam.torch.objective(model, loss, (inputs, targets)).measure("lambda_max", tolerance=1e-8).value
    for cut in (3, 5, 8):
        parts = [(inputs[:cut], targets[:cut]), (inputs[cut:], targets[cut:])]
        assert libsam.torch.objective(model, loss, parts).measure("lambda_max", tolerance=1e-8).value == pytest.approx(whole, rel=1e-4)
    with pytest.raises(libsam.ArgumentError, match="reduction"):
        libsam.torch.objective(model, nn.NLLLoss(reduction="sum"), parts)
    with pytest.raises(libsam.ArgumentError, match="batch_weights"):
        libsam.torch.objective(model, loss, parts, batch_weights=[1.0])


@pytest.mark.parametrize("form", [tuple, lambda b: {"x": b[0], "y": b[1]}])
def test_batches_of_another_form_weigh_their_examples(form):
    model, inputs, targets = nn.Linear(4, 3), points(9, 4), labels(9)

    def loss(batch):
        x, y = batch.values() if isinstance(batch, dict) else batch
        return F.cross_entropy(model(x), y)
    whole = libsam.torch.objective(model, loss, [form((inputs, targets))], pairs=False).measure("lambda_max", tolerance=1e-8).value
    parts = [form((inputs[:7], targets[:7])), form((inputs[7:], targets[7:]))]
    assert libsam.torch.objective(model, loss, parts, pairs=False).measure("lambda_max", tolerance=1e-8).value == pytest.approx(whole, rel=1e-4)
    given = libsam.torch.objective(model, loss, parts, pairs=False, batch_weights=[1, 1]).measure("lambda_max", tolerance=1e-8).value
    assert abs(given - whole) > 1e-3 * whole


def test_weights_may_be_a_model_or_its_state():
    torch.manual_seed(1)

    def tied_model():
        model = nn.Sequential(nn.Linear(4, 4), nn.BatchNorm1d(4), nn.Linear(4, 4), nn.Linear(4, 3))
        model[2].weight = model[0].weight
        return model
    one, other = tied_model(), tied_model()
    objective = libsam.torch.objective(one, ce, (points(6, 4), labels()))
    by_name = {name: p.detach().numpy() for name, p in other.named_parameters()}
    expected = objective.measure("barrier", to=by_name).value
    for to in (other, other.state_dict(), dict(other.named_parameters())):
        assert objective.measure("barrier", to=to).value == expected


def test_what_cannot_be_measured_is_said():
    bag = Module(lambda s, x: s.o(torch.tanh(s.e(x))), e=nn.EmbeddingBag(WORDS, 3), o=nn.Linear(3, 3))
    objective = libsam.torch.objective(bag, ce, (tokens(), labels()))           # no second derivative: differences by themselves
    with pytest.raises(libsam.UnsupportedError, match="central"):
        objective.hessian_product(libsam.Query(libsam.Ask(1), -1, -1, -1), {n: np.ones(p.shape, np.float32) for n, p in bag.named_parameters()})
    found = objective.measure("lambda_max").value
    assert objective.measure("check").fault == 0 and found == objective.measure("lambda_max", hessian="central").value
    assert libsam.torch.objective(bag, ce, (tokens(), labels()), products=False).measure("lambda_max").value == found
    with pytest.raises(libsam.ArgumentError, match="one number"):
        libsam.torch.objective(nn.Linear(4, 3), nn.CrossEntropyLoss(reduction="none"), (points(6, 4), labels())).measure("lambda_max")


def test_inference_mode_and_sparse_gradients():
    with torch.inference_mode():
        inputs = points(6, 4)
    model = nn.Linear(4, 3)
    with torch.inference_mode():
        inside = libsam.torch.objective(model, ce, (inputs, labels())).measure("lambda_max").value
    assert inside == libsam.torch.objective(model, ce, (points(6, 4), labels())).measure("lambda_max").value
    values = []
    for sparse in (False, True):
        torch.manual_seed(0)
        model = Module(lambda s, x: s.o(s.e(x).mean(1)), e=nn.Embedding(WORDS, 4, sparse=sparse), o=nn.Linear(4, 3))
        values.append(libsam.torch.objective(model, ce, (tokens(), labels())).measure("lambda_max", hessian="central").value)
    assert values[0] == values[1]


def test_batch_norm_by_the_batch():
    model = nn.Sequential(nn.Linear(4, 3), nn.BatchNorm1d(3), nn.Tanh(), nn.Linear(3, 3)).double()
    inputs, targets = points(6, 4).double(), labels()
    before = snapshot(model)
    objective = libsam.torch.objective(model, ce, (inputs, targets), batch_norm="batch")
    found = objective.measure("lambda_max", tolerance=1e-8).value
    assert objective.measure("check").fault == 0
    unchanged(model, before)
    weights = list(model.parameters())
    slopes = torch.cat([s.reshape(-1) for s in torch.autograd.grad(ce(model(inputs), targets), weights, create_graph=True)])
    H = torch.stack([torch.cat([g.reshape(-1) for g in torch.autograd.grad(one, weights, retain_graph=True, materialize_grads=True)]) for one in slopes])
    assert found == pytest.approx(float(torch.linalg.eigvalsh((H + H.T) / 2)[-1]), rel=1e-6)
