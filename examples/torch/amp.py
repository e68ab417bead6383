"""Mixed precision: autocast, and a GradScaler whose scale the optimizer takes off both gradients.

The closure scales what it calls backward on and answers the plain loss. A step whose gradients overflow, in either evaluation, is
given up with the weights as they were; scaler.update() then halves the scale. scaler.step and scaler.unscale_ are not called.
"""
import digits
import libsam.torch
import torch
from torch import nn


def main(epochs=4):
    torch.manual_seed(0)
    train, test = digits.load()
    model = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 10))
    optimizer = libsam.torch.Optimizer(model, "sam", "adamw", lr=0.005, clip_norm=1.0)
    scaler = torch.amp.GradScaler("cpu", init_scale=2.0 ** 24)
    for epoch in range(epochs):
        for x, y in digits.batches(train, seed=epoch):
            def closure():
                with torch.autocast("cpu", torch.float16):
                    loss = nn.functional.cross_entropy(model(x), y)
                scaler.scale(loss).backward()
                return loss
            optimizer.step(closure, scaler=scaler)
            scaler.update()
    m = optimizer.metrics
    print(f"{m.steps} steps, {m.skipped} given up, scale {scaler.get_scale():g}")
    print(f"test error {digits.error(model, test):.1f} %")


if __name__ == "__main__":
    main()
