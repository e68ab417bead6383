"""The demo's network is trained by bases of every kind, alone and under sam."""
import pathlib
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "bindings" / "python"), str(ROOT / "examples" / "digits")]
import train  # noqa: E402

RATES = {"sgd": 0.05, "adamw": 3e-3, "muon": 0.01, "normuon": 0.005, "soap": 3e-3, "shampoo": 0.05, "schedule_free_adamw": 1e-2, "prodigy": 1.0,
         "lamb": 1e-2, "adafactor": 3e-2, "lion": 1e-3, "adahessian": 0.05}


@pytest.mark.parametrize("method", ["none", "sam"])
@pytest.mark.parametrize("base", RATES)
def test_the_network_learns(base, method):
    """From about 10 % right to 80 % and more, with 40 % of the training labels wrong."""
    options = {"rho": 0.1} if method == "sam" else {}
    result = train.Run(train.Cell(method, "steps", 120, 0, RATES[base], 0.005, options, base=base)).train()
    assert not result.diverged and result.curve[0][2] < 0.3
    assert result.test > 0.8, f"{result.test:.3f}"
    assert result.train_loss < result.curve[0][1]
