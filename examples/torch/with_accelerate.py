"""Hugging Face Accelerate: prepare() as ever; step(closure) with accelerator.backward in the closure. mixed_precision="bf16" needs
nothing more; the GradScaler of "fp16" takes no closure: see amp.py."""
import accelerate
import digits
import libsam.torch
import torch
from torch import nn


def main(epochs=4):
    torch.manual_seed(0)
    train, test = digits.load()
    accelerator = accelerate.Accelerator(cpu=True)
    model = nn.Sequential(nn.Linear(64, 64), nn.BatchNorm1d(64), nn.ReLU(), nn.Linear(64, 10))
    optimizer = libsam.torch.Optimizer(model, "sam", "adamw", lr=0.01)
    loader = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(*train), batch_size=64, shuffle=True)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=epochs * len(loader))
    model, optimizer, loader, schedule = accelerator.prepare(model, optimizer, loader, schedule)
    for _ in range(epochs):
        for x, y in loader:
            def closure():
                loss = nn.functional.cross_entropy(model(x), y)
                accelerator.backward(loss)
                return loss
            optimizer.step(closure)
            schedule.step()
    m = optimizer.optimizer.metrics                         # the prepared optimizer holds ours
    print(f"{m.steps} steps, {m.evaluations} evaluations, rate {optimizer.param_groups[0]['lr']:.1e}, test error {digits.error(model, test):.1f} %")


if __name__ == "__main__":
    main()
