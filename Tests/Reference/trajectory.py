"""The run of a method with a base on a problem: the shared options, and the record of its steps."""
import numpy as np

from .step import ASCENT, AUXILIARY, BASES, EVALUATE, METHODS, NEXT_BATCH, SHARED, Step, Update
from .vectors import cut_largest, norm


class Run:
    def __init__(self, problem, method_name, base_name, options, base_options):
        self.problem, self.text, self.base = problem, METHODS[method_name], BASES[base_name] if base_name else None
        own = {name: options.get(name, value) for name, value in self.text.options.items()}
        shared = {name: options.get(name, value) for name, value in SHARED.items()}
        self.ascent = {name: options.get(name, value) for name, value in self.text.ascent.items()}
        unknown = set(options) - set(own) - set(shared) - set(self.ascent)
        if unknown:
            raise TypeError(f"{method_name} has no option {sorted(unknown)}")
        self.options, self.seed = own, shared["seed"]
        self.sign, self.gradient_scale = (-1.0 if shared["maximize"] else 1.0), shared["gradient_scale"]
        self.clip_coordinates, self.clip_value, self.clip_norm = (shared[f"clip_{by}"] for by in ("coordinates", "value", "norm"))
        self.accumulate, self.every, self.start_step = shared["accumulate"], shared["every"], shared["start_step"]
        self.micro_batches = 1 if "micro_batches" in own else shared["micro_batches"]
        self.base_name, self.ascent_used = base_name, False
        self.base_options = {**(self.base.options if base_name else {}), **base_options}
        self.last_batch, self.step = -1, Step(self)
        self.update = Update(self.step)

    def evaluate(self, x, bits):
        """Loss and gradient of what is minimised, averaged over `accumulate` micro-batches; recorded in `row`."""
        if self.fresh or bits & NEXT_BATCH:
            self.window = range(self.last_batch + 1, self.last_batch + 1 + self.accumulate)
            self.last_batch, first = self.window[-1], True
            bits |= NEXT_BATCH * bool(self.row["ask"])
        else:
            first = False
        self.fresh = False
        losses, gradients = [], []
        for place, batch in enumerate(self.window):
            self.row["ask"].append(EVALUATE | bits | (NEXT_BATCH if first and place else 0))
            self.row["batch"].append(batch)
            loss, g = self.problem.auxiliary(x) if bits & AUXILIARY else self.problem.objective(x, batch)
            losses.append(loss)
            gradients.append(self.sign * (g * self.gradient_scale) / self.gradient_scale)
        loss = sum(losses) / self.accumulate
        self.row.setdefault("loss", loss)
        return self.sign * loss, sum(gradients) / self.accumulate

    def apply_base(self, w, d):
        if self.clip_coordinates:
            d = cut_largest(d, self.clip_coordinates)
        if self.clip_value:
            d = np.clip(d, -self.clip_value, self.clip_value)
        if self.clip_norm and norm(d) > self.clip_norm:
            d = d * (self.clip_norm / norm(d))
        return self.base.function(self.update, w, d, **self.base_options)

    def direction(self):
        late = self.step.t - self.start_step
        if late < 0 or late % self.every:
            self.fresh = True
            return self.step.gradient()
        directions = []
        for _ in range(self.micro_batches):
            self.fresh = True                                   # the next evaluation is on a new batch
            directions.append(self.text.function(self.step, **self.options))
        return directions[0] if len(directions) == 1 else sum(directions) / len(directions)

    def advance(self):
        """One step; its row of the record: ask bits, batches, first loss, weights behind it."""
        self.row = {"ask": [], "batch": []}
        step = self.step
        step.t, step.behind, step.moved = step.t + 1, None, None
        d = self.direction()
        new = step.moved if d is None else self.apply_base(step.w, d)
        step.w = new if step.behind is None else new + step.behind
        return {**self.row, "w": step.w}


def trajectory(problem, method_name, base_name, options, base_options, steps):
    run = Run(problem, method_name, base_name, options, base_options)
    rows = [run.advance() for _ in range(steps)]
    if set(options) & set(ASCENT) - set(run.options) and not run.ascent_used:
        raise TypeError(f"{method_name} does not use the ascent options")
    return rows
