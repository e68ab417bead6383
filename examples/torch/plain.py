"""SAM over AdamW in a plain training loop, with a schedule, batch norm, dropout, and a checkpoint to go on from.

    python examples/torch/plain.py [METHOD] [BASE]

The closure is called as often as the method asks. The optimizer knows the model, so that batch norm's running statistics take the
evaluation at the weights alone, and dropout draws the same in both.
"""
import io
import sys

import digits
import libsam.torch
import torch
from torch import nn


def main(method="sam", base="adamw", epochs=6):
    torch.manual_seed(0)
    train, test = digits.load()
    model = nn.Sequential(nn.Linear(64, 64), nn.BatchNorm1d(64), nn.ReLU(), nn.Dropout(0.2), nn.Linear(64, 10))
    optimizer = libsam.torch.Optimizer(libsam.torch.groups(model, weight_decay=0.05), method, base, lr=0.01, model=model)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=epochs)
    for epoch in range(epochs):
        for x, y in digits.batches(train, seed=epoch):
            def closure():
                loss = nn.functional.cross_entropy(model(x), y)
                loss.backward()
                return loss
            loss = optimizer.step(closure)
        schedule.step()
        print(f"epoch {epoch + 1}: loss {loss:.4f}, test error {digits.error(model, test):.1f} %")
    checkpoint = io.BytesIO()                               # or a path
    torch.save({"model": model.state_dict(), "optimizer": optimizer.state_dict(), "schedule": schedule.state_dict()}, checkpoint)
    return model, optimizer


if __name__ == "__main__":
    main(*sys.argv[1:])
