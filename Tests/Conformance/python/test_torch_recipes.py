"""Every recipe of examples/torch as a program, by what it prints; and what they claim of workers, micro-batches and checkpoints."""
import os
import pathlib
import re
import subprocess
import sys

import libsam
import libsam.torch
import pytest
import torch
from torch import nn
from torch_host import batch, same, smooth

ROOT = pathlib.Path(__file__).resolve().parents[3]
RECIPES = ROOT / "examples" / "torch"
# the lines as patterns; each group is a test error in percent, and the bound of it
EXPECTED = {
    "plain": (r"(?:epoch \d: loss 0\.\d{4}, test error [\d.]+ %\n){5}epoch 6: loss 0\.\d{4}, test error ([\d.]+) %\n", 6),
    "by_hand": (r"115 steps, 230 evaluations; the last: loss 0\.\d+, at the perturbed weights 0\.\d+\ntest error ([\d.]+) %\n", 9),
    "amp": (r"8\d steps, [1-9] given up, scale \d+\ntest error ([\d.]+) %\n", 12),
    "accumulation": (r"in_the_library: 66 steps, 528 evaluations, test error ([\d.]+) %\nby_hand: 66 steps, 132 evaluations, test error ([\d.]+) %\n", 11),
    "distributed": (r"global: test error ([\d.]+) %, weights of both workers the same\nlocal : test error ([\d.]+) %, weights of both workers the same\n", 11),
    "finetune": (r"digits 0 to 4: test error ([\d.]+) %\ndigits 5 to 9, head alone: test error [\d.]+ %\nand the body: test error ([\d.]+) %\n"
                 r"Optimizer\('sam_on', 'adamw'\n    head: 4 tensors.*\n    body: 4 tensors, lr=0.002.*\)\n", 8),
    "transformer": (r"adamw: test error ([\d.]+) %\nadamw: averaged weights ([\d.]+) %\nmuon: test error ([\d.]+) %\nmuon: averaged weights ([\d.]+) %\n", 16),
    "sharpness": (r"(?:none epoch \d: lambda_max [\d.]+, trace [\d.]+ ± [\d.]+, test error [\d.]+ %\n){4}"
                  r"(?:sam  epoch \d: lambda_max [\d.]+, trace [\d.]+ ± [\d.]+, test error [\d.]+ %\n){3}.*test error ([\d.]+) %\n", 8),
    "with_lightning": (r"Automatic: 92 steps, 184 evaluations, statistics of 92 batches, test error ([\d.]+) %\n"
                       r"Manual: 92 steps, 184 evaluations, statistics of 92 batches, test error ([\d.]+) %\n", 8),
    "with_accelerate": (r"92 steps, 184 evaluations, rate [\d.e+-]+, test error ([\d.]+) %\n", 8),
    "with_skorch": (r"test error ([\d.]+) %\nradius 0\.0?2: accuracy 0\.9\d+ in cross-validation\n", 8),
}


def test_every_recipe_is_here_and_in_the_readme():
    names = {path.stem for path in RECIPES.glob("*.py")} - {"digits"}
    assert names == set(EXPECTED)
    assert all(f"[{name}.py]({name}.py)" in (RECIPES / "README.md").read_text() for name in names)


def output(name, *words):
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "bindings" / "python"), "OMP_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run([sys.executable, RECIPES / f"{name}.py", *words], env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("name", EXPECTED)
def test_it_runs(name):
    pattern, bound = EXPECTED[name]
    text = output(name)
    found = re.fullmatch(pattern, text)
    assert found, text
    assert all(float(error) < bound for error in found.groups()), text


def test_the_packages_readme():
    text = (ROOT / "bindings" / "python" / "README.md").read_text().partition("## PyTorch")[2].partition("## JAX")[0]
    model, (x, y) = smooth(), batch(dtype=torch.float64)
    scope = {"model": model, "x": x, "y": y, "criterion": nn.functional.cross_entropy, "batches": [(x, y)]}
    exec("\n".join(line[4:] for line in text.splitlines() if line.startswith("    ")), scope)
    assert scope["optimizer"].metrics.steps == 1 and scope["top"].value > 0 and not same(model, smooth())


@pytest.fixture
def recipes(monkeypatch):
    """Imports a recipe."""
    monkeypatch.syspath_prepend(str(RECIPES))
    import importlib
    return importlib.import_module


def test_one_line_is_all_that_lightning_needs(recipes):
    """The recipe's module with torch's own line and with ours, under automatic optimisation: with method none and the same base the
    weights are the same to rounding, running statistics and schedule included; with sam they are others, at two evaluations a step."""
    import lightning
    source = (RECIPES / "with_lightning.py").read_text()
    ours, torchs = (next(line.strip() for line in source.splitlines() if line.strip().startswith(start)) for start in ("optimizer = ", "# optimizer = "))
    digits = recipes("digits")
    data = torch.utils.data.TensorDataset(*(one[:320] for one in digits.load()[0]))
    ends = {}
    for name, line in (("torch", torchs.removeprefix("# ")), ("none", ours.replace('"sam"', '"none"')), ("sam", ours)):
        scope = {"__name__": "recipe"}
        exec(source.replace(ours, line), scope)
        lightning.seed_everything(0, verbose=False)
        model = scope["Automatic"]()
        trainer = lightning.Trainer(max_epochs=2, accelerator="cpu", logger=False, enable_checkpointing=False, enable_progress_bar=False,
                                    enable_model_summary=False)
        trainer.fit(model, torch.utils.data.DataLoader(data, batch_size=64))
        ends[name] = {key: value.clone() for key, value in model.state_dict().items()}
        if name != "torch":
            metrics = trainer.optimizers[0].metrics
            assert (metrics.steps, metrics.evaluations) == (10, {"none": 10, "sam": 20}[name])
    for key in ends["torch"].keys() - {"layers.0.bias", "layers.1.running_mean"}:       # batch norm takes the bias out: its gradient is noise
        value = ends["torch"][key]
        torch.testing.assert_close(ends["none"][key], value, rtol=1e-3, atol=1e-4)
    assert not torch.equal(ends["sam"]["layers.0.weight"], ends["none"]["layers.0.weight"])


def test_the_largest_eigenvalue_falls_by_sam():
    tops = [float(value) for value in re.findall(r"lambda_max ([\d.]+)", output("sharpness"))]
    assert tops[7] < tops[3]


def test_two_workers_are_one_on_the_whole_batch(recipes):
    """global: the same steps as one process on the whole batch, to the rounding of the sums; local: others."""
    distributed, digits = recipes("distributed"), recipes("digits")
    model, (data, _) = distributed.network(), digits.load()
    optimizer = libsam.torch.Optimizer(model, "sam", "sgd", lr=0.2, momentum=0.9, rho=0.1)
    for x, y in digits.batches(data, distributed.SIZE, seed=0):
        if len(y) == distributed.SIZE:
            optimizer.step(lambda: (loss := nn.functional.cross_entropy(model(x), y)).backward() or loss)
    alone = nn.utils.parameters_to_vector(model.parameters()).detach()
    (_, both), (_, other) = distributed.train(local=False, epochs=1)
    (_, each), (_, second) = distributed.train(local=True, epochs=1)
    assert both == other and each == second
    torch.testing.assert_close(torch.tensor(both), alone, rtol=1e-4, atol=1e-5)
    assert (torch.tensor(each) - alone).norm() > 1e-3 * alone.norm()


def test_both_accumulations_are_one_training(recipes):
    accumulation, digits = recipes("accumulation"), recipes("digits")
    made = []
    for step, options in ((accumulation.in_the_library, {"accumulate": 4}), (accumulation.by_hand, {})):
        model = accumulation.network()
        optimizer = libsam.torch.Optimizer(model, "sam", lr=0.2, momentum=0.9, **options)
        for x, y in list(digits.batches(digits.load()[0]))[:5]:
            step(list(zip(x.split(16), y.split(16))), model, optimizer)
        made.append(nn.utils.parameters_to_vector(model.parameters()).detach())
    torch.testing.assert_close(*made, rtol=1e-4, atol=1e-6)


def test_the_plain_recipe_resumes(recipes):
    plain, digits = recipes("plain"), recipes("digits")
    data = list(digits.batches(digits.load()[0]))[:4]
    model, optimizer = plain.main(epochs=1)
    other, again = plain.main(epochs=1)
    assert same(model, other)
    saved = optimizer.state_dict()
    draws = torch.get_rng_state()
    for run, which in ((model, optimizer), (other, again)):
        torch.set_rng_state(draws)
        which.load_state_dict(saved)
        for x, y in data:
            which.step(lambda: (loss := nn.functional.cross_entropy(run(x), y)).backward() or loss)
    assert same(model, other)


def test_prepared_and_wrapped_optimizers_are_ours():
    """What the libraries on top look at: the class, the table, the state through their own saving."""
    import accelerate
    model = nn.Linear(4, 2)
    accelerator = accelerate.Accelerator(cpu=True)
    prepared = accelerator.prepare(libsam.torch.Optimizer(model, "sam", lr=0.5))
    x = torch.ones(3, 4)
    prepared.step(lambda: (loss := model(x).square().sum()).backward() or loss)
    state = prepared.state_dict()
    other = accelerator.prepare(libsam.torch.Optimizer(nn.Linear(4, 2), "sam", lr=0.1))
    other.load_state_dict(state)
    assert other.param_groups[0]["lr"] == 0.5 and other.optimizer.metrics.steps == 1
    assert isinstance(prepared.optimizer, libsam.torch.Optimizer)
