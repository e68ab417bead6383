"""What the tests of libsam.torch share: real data, a network with every kind of tensor, and closures."""
import functools
import io
import json

import torch
from host import GOLDEN
from torch import nn
from torch.nn import functional

torch.set_num_threads(1)                                    # the sums of two runs are in one order


@functools.cache
def digits():
    """scikit-learn's digits: images [1797, 64], 0 to 1, float64, and labels."""
    stored = json.loads((GOLDEN / "digits" / "network.json").read_text())
    return torch.tensor(stored["images"]["pixels"], dtype=torch.float64).reshape(stored["images"]["shape"]) / 16, torch.tensor(stored["labels"])


def batch(place=0, size=64, dtype=torch.float32):
    images, labels = digits()
    chosen = torch.arange(place * size, (place + 1) * size) % len(labels)
    return images[chosen].to(dtype), labels[chosen]


def network(dtype=torch.float32, seed=0, drop=0.0):
    """64-24-16-10 with batch norm, layer norm and dropout."""
    torch.manual_seed(seed)
    return nn.Sequential(nn.Linear(64, 24), nn.BatchNorm1d(24), nn.ReLU(), nn.Dropout(drop), nn.Linear(24, 16), nn.LayerNorm(16), nn.Tanh(),
                         nn.Linear(16, 10)).to(dtype)


def smooth(dtype=torch.float64, seed=0):
    """A network without running statistics or draws."""
    torch.manual_seed(seed)
    return nn.Sequential(nn.Linear(64, 12), nn.Tanh(), nn.LayerNorm(12), nn.Linear(12, 10)).to(dtype)


def closure_of(model, place=0, size=64, loss=functional.cross_entropy):
    """A closure over one batch, in the model's dtype."""
    x, y = batch(place, size, next(model.parameters()).dtype)

    def closure():
        value = loss(model(x), y)
        value.backward()
        return value
    return closure


def weights(model):
    """A copy of all parameters as one vector."""
    return nn.utils.parameters_to_vector(model.parameters()).detach().clone()


def same(model, other):
    """Whether parameters and buffers have the same bits."""
    return all(torch.equal(a.flatten().view(torch.uint8), b.flatten().view(torch.uint8))
               for a, b in zip(model.state_dict().values(), other.state_dict().values(), strict=True))


def state_of(optimizer):
    """Everything that the library's optimizer keeps, as bytes."""
    return optimizer._library.state()


def through_a_file(value):
    """As torch.save and torch.load(weights_only=True) give it back."""
    file = io.BytesIO()
    torch.save(value, file)
    file.seek(0)
    return torch.load(file, weights_only=True)


def small(seed=0):
    """4-3-2."""
    torch.manual_seed(seed)
    return nn.Sequential(nn.Linear(4, 3), nn.Tanh(), nn.Linear(3, 2))


def asked(model, place=0):
    """A closure over a small network that takes any ask."""
    x = torch.linspace(-1, 1, 8).reshape(2, 4) + place / 7

    def evaluate(ask):
        loss = (model(x) ** 2).sum()
        loss.backward()
        return loss
    return evaluate
