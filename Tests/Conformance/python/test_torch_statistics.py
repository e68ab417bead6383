"""What forward passes at perturbed weights write into networks is put back, bit for bit, whatever it is called and whose it is."""
import contextlib

import libsam
import libsam.torch
import pytest
import torch
from torch import nn


class Codebook(nn.Module):
    """An average of what passes, in buffers of its own names; one is there from the first pass on, one is replaced."""

    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(4, 4)
        self.register_buffer("ema", torch.zeros(4))
        self.register_buffer("uses", torch.zeros((), dtype=torch.int64))
        self.register_buffer("late", None)
        self.register_buffer("replaced", torch.zeros(4), persistent=False)

    def forward(self, x):
        y = self.layer(x)
        with torch.no_grad():
            self.ema.mul_(0.9).add_(y.mean(0), alpha=0.1)
            self.uses += 1
            self.late = y.sum(0) if self.late is None else self.late + y.sum(0)
            self.replaced = self.replaced + y.mean(0)
        return y


class Watching(nn.Module):
    """A range that grows, as observers of quantisation have it: a buffer of another size after the first pass."""

    def __init__(self):
        super().__init__()
        self.register_buffer("low", torch.empty(0))

    def forward(self, x):
        low = x.detach().amin(0)
        if self.low.numel() == 0:
            self.low.resize_(low.shape).copy_(low)
        else:
            self.low.copy_(torch.minimum(self.low, low))
        return x


def spectral_old():
    return nn.utils.spectral_norm(nn.Linear(4, 4))


def spectral_new():
    return nn.utils.parametrizations.spectral_norm(nn.Linear(4, 4))


WRITERS = {"batch norm": lambda: nn.BatchNorm1d(4), "cumulative": lambda: nn.BatchNorm1d(4, momentum=None),
           "instance norm": lambda: nn.Sequential(nn.Unflatten(1, (2, 2)), nn.InstanceNorm1d(2, track_running_stats=True), nn.Flatten()),
           "spectral norm": spectral_old, "spectral parametrization": spectral_new, "codebook": Codebook, "observer": Watching,
           "scripted": lambda: torch.jit.script(nn.BatchNorm1d(4)),
           "evaluating codebook": lambda: Codebook().eval()}


def network(writer):
    torch.manual_seed(3)
    return nn.Sequential(nn.Linear(4, 4), WRITERS[writer](), nn.Linear(4, 2))


def state(module):
    """Buffers by name, with their bits; those that are not saved too."""
    return {name: None if b is None else (b.shape, b.detach().reshape(-1).clone().view(torch.uint8).tolist())
            for part, one in module.named_modules() for key, b in buffers(one) for name in [f"{part}.{key}"]}


def buffers(module):
    return list(module.named_buffers(recurse=False)) if isinstance(module, torch.jit.ScriptModule) else list(module._buffers.items())


def batches(count):
    generator = torch.Generator().manual_seed(7)
    return [torch.randn(8, 4, generator=generator) for _ in range(count)]


@pytest.mark.parametrize("loop", ["closure", "advance"])
@pytest.mark.parametrize("given", ["module", "parameters", "model=", "another model"])
@pytest.mark.parametrize("writer", WRITERS)
def test_buffers_are_those_of_the_clean_evaluations(writer, given, loop):
    """With a learning rate of 0 the buffers are those of a run of the base alone."""
    ends = []
    for method in ("none", "sam"):
        model = network(writer)
        optimizer = {
            "module": lambda: libsam.torch.Optimizer(model, method, "sgd", lr=0.0),
            "parameters": lambda: libsam.torch.Optimizer(model.parameters(), method, "sgd", lr=0.0),
            "model=": lambda: libsam.torch.Optimizer(model.parameters(), method, "sgd", lr=0.0, model=model),
            "another model": lambda: libsam.torch.Optimizer(model[0], method, "sgd", lr=0.0, model=model[2]),
        }[given]()
        for x in batches(3):
            def closure():
                loss = (model(x) ** 2).sum()
                loss.backward()
                return loss
            if loop == "closure":
                optimizer.step(closure)
            else:
                loss = None
                while optimizer.advance(loss):
                    loss = closure()
        ends.append(state(model))
    assert ends[0] == ends[1]
    assert writer.startswith("spectral") or ends[0] != state(network(writer))


@pytest.mark.parametrize("writer", WRITERS)
def test_another_networks_buffers_too(writer):
    """A generator is trained by what a discriminator of its own says, which the optimizer does not know."""
    ends = []
    for method in ("none", "sam"):
        torch.manual_seed(1)
        generator, critic = nn.Linear(4, 4), network(writer)
        optimizer = libsam.torch.Optimizer(generator, method, "sgd", lr=0.0, rho=0.5) if method == "sam" else \
            libsam.torch.Optimizer(generator, method, "sgd", lr=0.0)
        for x in batches(2):
            def closure():
                loss = (critic(generator(x)) ** 2).sum()
                loss.backward()
                return loss
            optimizer.step(closure)
        ends.append(state(critic))
    assert ends[0] == ends[1]


@pytest.mark.parametrize("way", ["exception", "cancel", "nonfinite"])
@pytest.mark.parametrize("writer", WRITERS)
def test_every_way_out_of_a_step_puts_them_back(writer, way):
    model = network(writer)
    optimizer, after_clean, asks = libsam.torch.Optimizer(model, "sam", "sgd", lr=0.1), [], []

    def closure(ask):
        asks.append(ask)
        loss = (model(batches(1)[0]) ** 2).sum()
        loss.backward()
        if ask & libsam.Ask.PERTURBED:
            if way == "exception":
                raise RuntimeError("stop")
            if way == "cancel":
                optimizer.cancel()
            return loss * (float("nan") if way == "nonfinite" else 1)
        after_clean.append(state(model))
        return loss
    with contextlib.suppress(RuntimeError, libsam.NonfiniteError):
        optimizer.step(closure)
    assert len(asks) == 2 and state(model) == after_clean[0]
    assert not nn.modules.module._global_forward_pre_hooks


def test_casts_of_autocast_are_those_of_the_perturbed_weights():
    losses = []
    for outside in (False, True):
        torch.manual_seed(0)
        model, x, found = nn.Linear(4, 3, bias=False), torch.randn(5, 4), []
        optimizer = libsam.torch.Optimizer(model, "sam", "sgd", lr=0.1, rho=1.0)

        def closure():
            with contextlib.nullcontext() if outside else torch.autocast("cpu", torch.bfloat16):
                loss = model(x).float().pow(2).sum()
            loss.backward()
            found.append(loss.item())
            return loss
        with torch.autocast("cpu", torch.bfloat16) if outside else contextlib.nullcontext():
            optimizer.step(closure)
        losses.append(found)
    assert losses[0] == losses[1] and losses[0][0] != losses[0][1]
