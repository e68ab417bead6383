"""The same without a closure: a loop of one's own asks the optimizer what to evaluate."""
import digits
import libsam.torch
import torch
from torch import nn


def main(epochs=5):
    torch.manual_seed(0)
    train, test = digits.load()
    model = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 10))
    optimizer = libsam.torch.Optimizer(model, "sam", "sgd", lr=0.1, momentum=0.9, rho=0.05)
    for epoch in range(epochs):
        for x, y in digits.batches(train, seed=epoch):
            loss = None
            while optimizer.advance(loss):                  # gradients are cleared before each evaluation
                loss = nn.functional.cross_entropy(model(x), y)
                loss.backward()
    m = optimizer.metrics
    print(f"{m.steps} steps, {m.evaluations} evaluations; the last: loss {m.loss:.4f}, at the perturbed weights {m.perturbed_loss:.4f}")
    print(f"test error {digits.error(model, test):.1f} %")


if __name__ == "__main__":
    main()
