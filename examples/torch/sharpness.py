"""Measuring sharpness every epoch: the largest eigenvalue of the Hessian and its trace, on a fixed part of the training data, in
evaluation mode, for SGD and for SAM. Measures leave the model, its gradients and torch's random state as they were."""
import digits
import libsam.torch
import torch
from torch import nn


def main(epochs=4):
    train, test = digits.load()
    fixed = [(train[0][:512], train[1][:512])]              # the same data for every epoch and method
    for method in ("none", "sam"):
        torch.manual_seed(0)
        model = nn.Sequential(nn.Linear(64, 32), nn.BatchNorm1d(32), nn.Tanh(), nn.Linear(32, 10))
        optimizer = libsam.torch.Optimizer(model, method, "sgd", lr=0.1, momentum=0.9, **({"rho": 0.2} if method == "sam" else {}))
        sharpness = libsam.torch.objective(model, nn.functional.cross_entropy, fixed)
        for epoch in range(epochs):
            for x, y in digits.batches(train, seed=epoch):
                def closure():
                    loss = nn.functional.cross_entropy(model(x), y)
                    loss.backward()
                    return loss
                optimizer.step(closure)
            top, trace = sharpness.measure("lambda_max", tolerance=1e-2), sharpness.measure("trace", tolerance=0.2)
            print(f"{method:4} epoch {epoch + 1}: lambda_max {top.value:.2f}, trace {trace.value:.1f} ± {trace.standard_error:.1f}, "
                  f"test error {digits.error(model, test):.1f} %")


if __name__ == "__main__":
    main()
