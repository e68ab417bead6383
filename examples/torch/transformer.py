"""SAM for a small transformer over the rows of the images: warm-up, decay on matrices alone, clipping, an average of the weights.
Muon as the base orthogonalises the matrices' steps; embeddings and vectors go by its adamw."""
import digits
import libsam.torch
import torch
from torch import nn


class Transformer(nn.Module):
    """A row of 8 pixels is a token."""

    def __init__(self, width=48, layers=2):
        super().__init__()
        self.enter, self.place = nn.Linear(8, width), nn.Embedding(8, width)
        layer = nn.TransformerEncoderLayer(width, 4, 2 * width, dropout=0.1, batch_first=True, norm_first=True)
        self.encoder, self.norm, self.head = nn.TransformerEncoder(layer, layers, enable_nested_tensor=False), nn.LayerNorm(width), nn.Linear(width, 10)

    def forward(self, x):
        tokens = self.enter(x.reshape(-1, 8, 8)) + self.place.weight
        return self.head(self.norm(self.encoder(tokens)).mean(1))


def main(base="adamw", epochs=5):
    torch.manual_seed(0)
    train, test = digits.load()
    model = Transformer()
    rates = {"lr": 0.01} if base == "adamw" else {"lr": 0.02, "adamw_lr": 0.005}
    optimizer = libsam.torch.Optimizer(libsam.torch.groups(model, weight_decay=0.01), "sam", base, model=model, rho=0.02, clip_norm=1.0,
                                       average="ema", average_decay=0.95, **rates)
    steps = epochs * 23
    warm = torch.optim.lr_scheduler.LinearLR(optimizer, 0.1, total_iters=10)
    fall = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps - 10)
    schedule = torch.optim.lr_scheduler.SequentialLR(optimizer, [warm, fall], [10])
    for epoch in range(epochs):
        for x, y in digits.batches(train, seed=epoch):
            def closure():
                loss = nn.functional.cross_entropy(model(x), y, label_smoothing=0.1)
                loss.backward()
                return loss
            optimizer.step(closure)
            schedule.step()
    print(f"{base}: test error {digits.error(model, test):.1f} %")
    with optimizer.averaged_weights():
        print(f"{base}: averaged weights {digits.error(model, test):.1f} %")


if __name__ == "__main__":
    for base in ("adamw", "muon"):
        main(base)
