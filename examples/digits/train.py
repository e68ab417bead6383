"""Training runs. A cell is what is run: a method with its options, a seed and a limit."""
import math
import time
from dataclasses import dataclass, field

import libsam
import numpy as np

import data
import measure
from network import Network

BATCH = 100
MOMENTUM = 0.9
POINTS = 40                             # of a curve


@dataclass(frozen=True)
class Cell:
    """method: a name of the catalogue, "none" for the base alone. unit: what limit counts, "evaluations" (of the gradient) or
    "steps". lr: at the start, from where it falls along a cosine to 0; None: the method's own default. decay: the weight
    decay, on matrices alone. options: of the method. label: what the tables call it. measured, sliced: whether the sharpness
    at the end and the loss around it are wanted as well; of seed 0 then also the portrait. base: of a method that needs one, with
    momentum where it has none by default."""

    method: str
    unit: str
    limit: int
    seed: int
    lr: float | None
    decay: float
    options: dict = field(default_factory=dict)
    label: str = ""
    base: str = "sgd"
    measured: bool = True
    sliced: bool = False

    @property
    def name(self) -> str:
        return self.label or (self.base if self.method == "none" else self.method)

    @property
    def entry(self) -> libsam.Entry:
        return libsam.methods()[self.method]


@dataclass
class Result:
    """What a run gave. Losses are means over all training examples with their wrong labels, accuracies 0 to 1."""

    cell: Cell
    steps: int = 0
    evaluations: int = 0
    validation: float = 0.0             # at the end
    curve: list = field(default_factory=list)       # (evaluations, train loss, test accuracy)
    seconds: float = 0.0                # of training: evaluations and library
    library_seconds: float = 0.0        # of it, in the library
    diverged: bool = False              # ended by a loss or gradient that was not finite
    rises: list = field(default_factory=list)       # of the loss, at measure.RADII
    eigenvalue: float = math.nan
    slices: list = field(default_factory=list)
    portrait: dict = field(default_factory=dict)

    @property
    def train_loss(self):
        return self.curve[-1][1]

    @property
    def test(self):
        return self.curve[-1][2]


class Batches:
    """Batch number b of a run: each epoch in an order of its own, drawn from (seed, epoch)."""

    def __init__(self, split, seed):
        self.split, self.seed, self.epoch, self.order = split, seed, -1, None

    def __getitem__(self, number):
        epoch, place = divmod(number, len(self.split.labels) // BATCH)
        if epoch != self.epoch:
            self.epoch, self.order = epoch, np.random.default_rng([self.seed, 3, epoch]).permutation(len(self.split.labels))
        chosen = self.order[place * BATCH:(place + 1) * BATCH]
        return self.split.images[chosen], self.split.labels[chosen]


class Run:
    def __init__(self, cell):
        self.cell, self.data, self.network, self.result = cell, data.load(cell.seed), Network(cell.seed), Result(cell)
        self.batches, self.statistics_kept = Batches(self.data.train, cell.seed), True
        network, own = self.network, cell.entry.own_update
        self.optimizer = libsam.Optimizer(
            network.parameters, network.gradients, method=cell.entry.name, base=None if own else cell.base, roles=network.roles,
            groups={"undecayed": [name for name, role in network.roles.items() if role != "weight"]})
        for option, value in cell.options.items():
            self.optimizer.set(f"method.{option}", value)
        if not own:
            options = libsam.bases()[cell.base].options
            if "momentum" in options and not options["momentum"].default:
                self.optimizer.base.momentum = MOMENTUM
            if "weight_decay" in options:
                self.optimizer.base.weight_decay = cell.decay
                self.optimizer.groups["undecayed"].weight_decay = 0
        self.rate = None if own and "lr" not in cell.entry.options else "lr"
        self.lr = cell.lr if cell.lr is not None else cell.entry.options["lr"].default if self.rate else 0.0

    def train(self) -> Result:
        cell, result, clock, used, looking, begun = self.cell, self.result, time.perf_counter, 0, 0.0, time.perf_counter()
        try:
            while used < cell.limit:
                if used >= len(result.curve) * cell.limit / POINTS:
                    start = clock()
                    self.look()
                    looking += clock() - start
                self.step(used / cell.limit)
                used = result.steps if cell.unit == "steps" else result.evaluations
        except libsam.NonfiniteError:
            result.diverged = True
        result.seconds = clock() - begun - looking
        self.optimizer.close()
        self.look()
        result.validation = self.network.accuracy(self.data.validation)
        return result

    def step(self, progress):
        """One step by the explicit loop. The running statistics take its first evaluation, where that is at the iterate."""
        clock, result = time.perf_counter, self.result
        start = clock()
        if self.rate:
            self.optimizer.set(self.rate, self.lr * (1 + math.cos(math.pi * progress)) / 2)
        ask, first = self.optimizer.advance(), True
        result.library_seconds += clock() - start
        while ask:
            if ask & libsam.Ask.AUXILIARY:          # here: the loss over all training examples
                images, labels = self.data.train.images, self.data.train.labels
            else:
                images, labels = self.batches[self.optimizer.batch]
            at_iterate = not ask & libsam.Ask.PERTURBED
            loss = self.network.evaluate(images, labels, update_statistics=first and at_iterate)
            if first:
                self.statistics_kept = at_iterate
            result.evaluations += 1
            start = clock()
            ask, first = self.optimizer.advance(loss), False
            result.library_seconds += clock() - start
        result.steps += 1

    def look(self):
        """Adds a point to the curve. A method that does not visit the iterate gets the statistics of all training images."""
        if not self.statistics_kept:
            self.network.take_statistics(self.data.train.images)
        n = self.network
        self.result.curve.append((self.result.evaluations, n.loss(self.data.train), n.accuracy(self.data.test)))


def run(cell: Cell) -> Result:
    """Trains, and measures what the cell says."""
    work = Run(cell)
    result = work.train()
    if cell.measured:
        minimum = measure.Minimum(work.network.parameters, work.data.train)
        top = measure.top_eigenvalue(minimum)
        result.rises, result.eigenvalue = measure.rises(minimum), top.value
        if cell.sliced:
            result.slices = measure.slices(minimum, top)
            if cell.seed == 0:
                result.portrait = measure.portrait(minimum)
    return result
