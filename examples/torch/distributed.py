"""DistributedDataParallel over gloo, two processes: SAM's perturbation from the gradient of all workers, or of each worker alone.

    python examples/torch/distributed.py

global   every backward averages gradients over the workers, so that all compute the same perturbation: SAM on the whole batch.
local    the first backward stays on the worker (no_sync): each perturbs by its own gradient, as in the paper's m-sharpness, and one
         exchange a step is saved. The descent gradient is averaged, so that the weights of all workers stay the same bits.
"""
import contextlib
import tempfile

import digits
import libsam
import libsam.torch
import torch
from torch import nn

WORKERS, SIZE = 2, 64


def network():
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(64, 32), nn.Tanh(), nn.Linear(32, 10))


def work(rank, folder, local, epochs):
    torch.set_num_threads(1)
    torch.distributed.init_process_group("gloo", init_method=f"file://{folder}/meeting", rank=rank, world_size=WORKERS)
    train, test = digits.load()
    model = nn.parallel.DistributedDataParallel(network())
    optimizer = libsam.torch.Optimizer(model, "sam", "sgd", lr=0.2, momentum=0.9, rho=0.1)
    for epoch in range(epochs):
        for x, y in digits.batches(train, SIZE, seed=epoch):
            if len(y) < SIZE:
                continue
            x, y = x.chunk(WORKERS)[rank], y.chunk(WORKERS)[rank]

            def closure(ask):
                alone = local and not ask & libsam.Ask.PERTURBED
                with model.no_sync() if alone else contextlib.nullcontext():
                    loss = nn.functional.cross_entropy(model(x), y)
                    loss.backward()
                return loss
            optimizer.step(closure)
    torch.save((digits.error(model, test), nn.utils.parameters_to_vector(model.parameters()).tolist()), f"{folder}/{rank}.pt")
    torch.distributed.destroy_process_group()


def train(local, epochs=2):
    """(test error, weights) of each worker."""
    with tempfile.TemporaryDirectory() as folder:
        torch.multiprocessing.spawn(work, (folder, local, epochs), WORKERS)      # ends with an exception where a worker does
        return [torch.load(f"{folder}/{rank}.pt") for rank in range(WORKERS)]


if __name__ == "__main__":
    for local in (False, True):
        (error, first), (_, second) = train(local)
        print(f"{'local ' if local else 'global'}: test error {error:.1f} %, weights of both workers {'the same' if first == second else 'DIFFERENT'}")
