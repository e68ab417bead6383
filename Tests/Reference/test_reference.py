"""The texts against the independent golden files, and the committed own golden files against what the writer writes."""
import json

import numpy as np
import pytest

from Tests.Reference import cases, golden, randoms, write
from Tests.Reference.problem import Problem
from Tests.Reference.step import ASCENT, BASES, METHODS
from Tests.Reference.trajectory import trajectory

INDEPENDENT = [pytest.param(path, number, id=f"{path.stem}-{number}")
               for folder in ("methods", "bases", "shared", "torch") for path in sorted((golden.FOLDER / folder).glob("*.json"))
               for number in range(len(golden.cases(path)))]


@pytest.fixture(scope="module")
def written():
    problems = {layout: Problem(write.problem_record(layout)) for layout in cases.PROBLEMS}
    return {name: write.contents(name, problems) for name in write.names()}


@pytest.mark.parametrize("path, number", INDEPENDENT)
def test_text_agrees_with_independent_trajectory(path, number):
    case = golden.cases(path)[number]
    assert golden.largest_difference(case, golden.rerun(path, case)) <= golden.tolerance(case["method"])


def test_committed_own_files_are_those_that_are_written(written):
    committed = {str(path.relative_to(golden.OWN).with_suffix("")) for path in golden.OWN.rglob("*.json")}
    assert committed == set(written)


@pytest.mark.parametrize("name", [*cases.METHODS, *cases.BASES, "shared"])
def test_own_file_is_what_the_writer_writes(name, written):
    committed = golden.cases(golden.OWN / f"{name}.json")
    assert len(committed) == len(written[name]["cases"])
    for old, new in zip(committed, written[name]["cases"], strict=True):
        assert {k: v for k, v in old.items() if k != "steps"} == {k: v for k, v in new.items() if k != "steps"}
        assert golden.same_case(old, new), golden.largest_difference(old, new["steps"])


@pytest.mark.parametrize("layout", cases.PROBLEMS)
def test_own_problem_is_what_the_writer_writes(layout, written):
    committed = json.loads((golden.OWN / "problems" / f"{layout}.json").read_text())
    assert golden.same_problem(committed, written[f"problems/{layout}"])


@pytest.mark.parametrize("registry, settings", [(METHODS, {name: settings for name, (_, settings) in cases.METHODS.items()}), (BASES, cases.BASES)],
                         ids=["methods", "bases"])
def test_every_text_has_own_cases_that_set_every_option(registry, settings):
    assert set(registry) == set(settings)
    for name, text in registry.items():
        given = {option for case in settings[name] for option in case}
        assert set(text.options) - given <= {"seed"}, name
        assert given <= set(text.options) | set(ASCENT) | {"seed"}, name


def test_every_setting_makes_a_difference():
    """Two settings of one name never give the same trajectory with the same base."""
    for name in [*cases.METHODS, *cases.BASES]:
        ends = [(case["method"], case["base"], case["steps"][-1]["w"]) for case in golden.cases(golden.OWN / f"{name}.json")]
        assert len({json.dumps(end) for end in ends}) == len(ends), name


def test_micro_batches_climb_alone_and_are_averaged():
    problem = Problem(write.problem_record())
    row, = trajectory(problem, "sam", "sgd", {"rho": 0.3, "micro_batches": 2}, {"lr": 1.0}, 1)
    directions = []
    for batch in range(2):
        _, g = problem.objective(problem.start, batch)
        directions.append(problem.objective(problem.start + 0.3 * g / np.linalg.norm(g), batch)[1])
    np.testing.assert_allclose(row["w"], problem.start - sum(directions) / 2, rtol=0, atol=1e-11)
    assert (row["ask"], row["batch"]) == ([1, 3, 5, 3], [0, 0, 1, 1])


def test_every_and_start_step_leave_the_other_steps_to_the_base():
    rows = trajectory(Problem(write.problem_record()), "sam", "sgd", {"every": 3, "start_step": 2}, {}, 6)
    assert [row["ask"] for row in rows] == [[1], [1, 3], [1], [1], [1, 3], [1]]


PHILOX = [(([0] * 4), [0] * 2, "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
          (([0xFFFFFFFF] * 4), [0xFFFFFFFF] * 2, "408f276d 41c83b0e a20bc7c6 6d5451fd"),
          ([0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344], [0xA4093822, 0x299F31D0], "d16cfe09 94fdcceb 5001e420 24126ea1")]


@pytest.mark.parametrize("counter, key, answer", PHILOX)
def test_philox_known_answers(counter, key, answer):
    assert " ".join(f"{int(word):08x}" for word in randoms.philox(counter, key)) == answer


def test_random_examples():
    assert [float(u).hex() for u in randoms.uniform(0x5EED, 1, 1, 3)] == \
        ["0x1.debef5b3b925cp-1", "0x1.cdcb1f4a1ed8dp-2", "0x1.77715d1a0ac8cp-1"]
    np.testing.assert_allclose(randoms.normal(0x5EED, 1, 1, 5), [-0.34922906, 0.11112248, -0.7864974, 0.04311259, -0.38043892], atol=1e-8)
    assert "".join("-+"[int(sign > 0)] for sign in randoms.rademacher(0x5EED, 4, 1, 16)) == "--++----++---+-+"
    for draw in (randoms.uniform, randoms.normal, randoms.rademacher):
        assert np.array_equal(draw(9, 2, 3, 7), draw(9, 2, 3, 300)[:7])
