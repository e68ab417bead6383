"""Fine-tuning: a network trained on the digits 0 to 4 learns 5 to 9. First a new head alone, with SAM on the normalisation layers
(sam_on); then the body is unfrozen with a smaller rate, and what the optimizer knows of the head stays."""
import digits
import libsam.torch
import torch
from torch import nn


def chosen(data, low):
    images, labels = data
    mask = (labels >= low) & (labels < low + 5)
    return images[mask], labels[mask] - low


def epochs(model, optimizer, data, count):
    for epoch in range(count):
        for x, y in digits.batches(data, 32, seed=epoch):
            def closure():
                loss = nn.functional.cross_entropy(model(x), y)
                loss.backward()
                return loss
            optimizer.step(closure)


def main():
    torch.manual_seed(0)
    train, test = digits.load()
    body = nn.Sequential(nn.Linear(64, 64), nn.LayerNorm(64), nn.ReLU())
    model = nn.Sequential(body, nn.Linear(64, 5))
    epochs(model, libsam.torch.Optimizer(model, "none", "adamw", lr=0.005), chosen(train, 0), 4)
    print(f"digits 0 to 4: test error {digits.error(model, chosen(test, 0)):.1f} %")

    model[1] = nn.Sequential(nn.LayerNorm(64), nn.Linear(64, 5))
    optimizer = libsam.torch.Optimizer([{"params": model[1].parameters(), "name": "head"}], "sam_on", "adamw", lr=0.01, rho=0.1, model=model)
    body.requires_grad_(False)
    epochs(model, optimizer, chosen(train, 5), 2)
    print(f"digits 5 to 9, head alone: test error {digits.error(model, chosen(test, 5)):.1f} %")

    body.requires_grad_(True)
    optimizer.add_param_group({"params": body.parameters(), "name": "body", "lr": 0.002})
    epochs(model, optimizer, chosen(train, 5), 2)
    print(f"and the body: test error {digits.error(model, chosen(test, 5)):.1f} %")
    print(optimizer)


if __name__ == "__main__":
    main()
