"""scikit-learn's handwritten digits (1797 images of 8 x 8) as tensors, from the file that libsam's tests have of them."""
import json
import pathlib

import torch

FILE = pathlib.Path(__file__).resolve().parents[2] / "Tests" / "Golden" / "digits" / "network.json"


def load():
    """((images, labels) for training, (images, labels) for the test): images [n, 64], float32, 0 to 1."""
    stored = json.loads(FILE.read_text())
    images = torch.tensor(stored["images"]["pixels"], dtype=torch.float32).reshape(-1, 64) / 16
    labels = torch.tensor(stored["labels"])
    order = torch.randperm(len(labels), generator=torch.Generator().manual_seed(0))
    train, test = order[:1437], order[1437:]
    return (images[train], labels[train]), (images[test], labels[test])


def batches(data, size=64, seed=0):
    """One epoch in an order of its own."""
    images, labels = data
    for places in torch.randperm(len(labels), generator=torch.Generator().manual_seed(seed)).split(size):
        yield images[places], labels[places]


@torch.no_grad()
def error(model, data):
    """The share of wrong answers, in percent."""
    training = model.training
    model.eval()
    wrong = (model(data[0]).argmax(1) != data[1]).double().mean().item()
    model.train(training)
    return 100 * wrong
