"""Lightning: in an existing module one line of configure_optimizers changes and nothing else, since Lightning hands every optimizer a
closure; and manual optimisation, with a closure of one's own.

Lightning's own gradient_clip_val cuts the gradient of every evaluation, SAM's ascent too: clip_norm of the optimizer cuts the
descent direction alone. precision="bf16-mixed" needs nothing more; the GradScaler of "16-mixed" takes no closure: see amp.py.
"""
import logging
import warnings

import digits
import libsam.torch
import lightning
import torch
from torch import nn


class Automatic(lightning.LightningModule):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(64, 64), nn.BatchNorm1d(64), nn.ReLU(), nn.Dropout(0.1), nn.Linear(64, 10))

    def forward(self, x):
        return self.layers(x)

    def training_step(self, batch, place):
        return nn.functional.cross_entropy(self(batch[0]), batch[1])

    def configure_optimizers(self):
        # optimizer = torch.optim.AdamW(self.parameters(), lr=0.01)
        optimizer = libsam.torch.Optimizer(self, "sam", "adamw", lr=0.01)       # the one line, in its place
        return [optimizer], [torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=4)]


class Manual(Automatic):
    def __init__(self):
        super().__init__()
        self.automatic_optimization = False

    def training_step(self, batch, place):
        def closure():
            loss = super(Manual, self).training_step(batch, place)
            self.manual_backward(loss)
            return loss
        self.optimizers().step(closure)


def main(epochs=4):
    logging.getLogger("lightning.pytorch").setLevel(logging.ERROR)
    warnings.filterwarnings("ignore", module="lightning")
    train, test = digits.load()
    loader = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(*train), batch_size=64, shuffle=True)
    for kind in (Automatic, Manual):
        lightning.seed_everything(0, verbose=False)
        model = kind()
        trainer = lightning.Trainer(max_epochs=epochs, accelerator="cpu", logger=False, enable_checkpointing=False, enable_progress_bar=False,
                                    enable_model_summary=False)
        trainer.fit(model, loader)
        m = trainer.optimizers[0].metrics
        print(f"{kind.__name__}: {m.steps} steps, {m.evaluations} evaluations, statistics of {model.layers[1].num_batches_tracked} batches, "
              f"test error {digits.error(model, test):.1f} %")


if __name__ == "__main__":
    main()
