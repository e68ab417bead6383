"""Gradient accumulation: four micro-batches of 16 for a step of 64, in the library and by hand. Both are the step on 64."""
import digits
import libsam.torch
import torch
from torch import nn

PARTS = 4


def network():
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 10))


def in_the_library(parts, model, optimizer):
    """accumulate=4: the closure is one micro-batch; optimizer.batch says which. Each has its own draws of dropout, twice the same."""
    start = optimizer.batch

    def closure():
        x, y = parts[optimizer.batch - start]
        loss = nn.functional.cross_entropy(model(x), y)
        loss.backward()
        return loss
    return optimizer.step(closure)


def by_hand(parts, model, optimizer):
    """The closure sums gradients of loss / 4 over the micro-batches."""
    def closure():
        total = 0.0
        for x, y in parts:
            loss = nn.functional.cross_entropy(model(x), y) / PARTS
            loss.backward()
            total += loss.item()
        return total
    return optimizer.step(closure)


def main(epochs=3):
    train, test = digits.load()
    for step, options in ((in_the_library, {"accumulate": PARTS}), (by_hand, {})):
        model = network()
        optimizer = libsam.torch.Optimizer(model, "sam", "sgd", lr=0.2, momentum=0.9, clip_norm=1.0, **options)
        for epoch in range(epochs):
            for x, y in digits.batches(train, seed=epoch):
                if len(y) == 64:
                    step(list(zip(x.split(16), y.split(16))), model, optimizer)
        m = optimizer.metrics
        print(f"{step.__name__}: {m.steps} steps, {m.evaluations} evaluations, test error {digits.error(model, test):.1f} %")


if __name__ == "__main__":
    main()
