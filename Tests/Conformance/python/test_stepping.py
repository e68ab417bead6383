"""The closure, the explicit loop, cancelling, and what happens when something goes wrong in a step."""
import copy
import pickle

import libsam
import numpy as np
import pytest

from host import Host, METHODS, own_base

Ask = libsam.Ask


def test_step_answers_the_first_loss_and_asks_with_flags():
    asks, host = [], Host()
    before = host.weights
    first = host.optimizer.step(lambda ask: (asks.append(ask), host.evaluate(ask))[1])
    assert first == host.problem.evaluate(before, 0)[0] == host.optimizer.metrics.loss
    assert asks == [Ask.EVALUATE, Ask.EVALUATE | Ask.PERTURBED] and all(isinstance(ask, Ask) for ask in asks)


@pytest.mark.parametrize("method", METHODS)
def test_the_explicit_loop_is_the_closure(method):
    one, other = Host(method, own_base(method)), Host(method, own_base(method))
    for _ in range(6):
        one.step()
        ask = other.optimizer.advance()
        while ask:
            ask = other.optimizer.advance(other.evaluate(ask))
    assert one.weights.tobytes() == other.weights.tobytes() and one.optimizer.metrics.steps == 6


class Stop(Exception):
    pass


def interrupted(method, evaluation, error):
    """A host whose fourth step raises at that evaluation, and whether the step had it."""
    host = Host(method, own_base(method))
    host.run(3)
    before, count = host.weights, 0

    def closure(ask):
        nonlocal count
        count += 1
        loss = host.evaluate(ask)
        if count == evaluation:
            raise error
        return loss
    try:
        host.optimizer.step(closure)
        return None
    except error:
        assert host.weights.tobytes() == before.tobytes()
        return host


@pytest.mark.parametrize("error", [Stop, KeyboardInterrupt])
@pytest.mark.parametrize("method", METHODS)
def test_a_closure_that_raises_cancels_the_step(method, error):
    """Weights and state are those before the step: what follows is what follows where the step's batches were only used up."""
    for evaluation in range(1, Host(method, own_base(method)).optimizer.evaluations + 1):
        host = interrupted(method, evaluation, error)
        if host is None:                                   # this step asked for fewer
            assert evaluation > 1
            break
        assert host.optimizer.metrics.steps == 3
        plain = Host(method, own_base(method))
        plain.run(3)
        while plain.optimizer.batch < host.optimizer.batch:
            plain.optimizer.advance()
            plain.optimizer.cancel()
        assert plain.optimizer.batch == host.optimizer.batch
        assert host.run(4).tobytes() == plain.run(4).tobytes()


def test_cancel_in_the_closure_ends_the_step():
    host = Host(options={"rho": 0.5})
    before = host.weights

    def closure(ask):
        loss = host.evaluate(ask)
        if ask & Ask.PERTURBED:
            assert host.weights.tobytes() != before.tobytes()
            host.optimizer.cancel()
        assert len(host.asked) == 1 + bool(ask & Ask.PERTURBED)      # no further step was begun
        return loss
    host.optimizer.step(closure)
    assert host.weights.tobytes() == before.tobytes() and host.optimizer.metrics.steps == 0
    host.optimizer.cancel()                                 # between steps: nothing
    host.step()
    assert host.optimizer.metrics.steps == 1


@pytest.mark.parametrize("answer", [None, "much", [1.0, 2.0]])
def test_a_closure_must_answer_a_number(answer):
    host = Host()
    before = host.weights
    with pytest.raises(libsam.ArgumentError, match="the closure's loss must be a number"):
        host.optimizer.step(lambda ask: answer)
    assert host.weights.tobytes() == before.tobytes()
    assert host.optimizer.step(lambda ask: np.float32(1.5)) == 1.5


def test_step_within_a_step():
    host = Host()
    host.optimizer.advance()
    with pytest.raises(libsam.StateError, match="a step is under way: finish it with advance"):
        host.step()
    host.optimizer.cancel()
    host.step()


@pytest.mark.parametrize("what", ["loss", "gradient"])
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("at", [Ask.EVALUATE, Ask.EVALUATE | Ask.PERTURBED])
def test_nonfinite(what, value, at):
    def spoil(ask, host):
        if ask == at and host.optimizer.metrics.steps == 2:
            if what == "loss":
                return value
            host.slopes["fc.bias"][2] = value
    host = Host(spoil=spoil)
    before = host.run(2)
    with pytest.raises(libsam.NonfiniteError, match="fc.bias" if what == "gradient" else "loss") as caught:
        host.step()
    assert caught.value.status == -5 and caught.value.name == "SAM_ERROR_NONFINITE"
    assert host.weights.tobytes() == before.tobytes() and host.optimizer.metrics.steps == 2
    host.optimizer.nonfinite = "skip"
    host.step()
    assert host.weights.tobytes() == before.tobytes()
    assert (host.optimizer.metrics.steps, host.optimizer.metrics.skipped) == (2, 1)


def test_between_steps_only():
    host = Host()
    host.optimizer.advance()
    for forbidden in (lambda: host.optimizer.set("lr", 0.1), lambda: host.optimizer.set("nonfinite", "skip"),
                      lambda: host.optimizer.schedule("lr", "constant", initial=0.1)):
        with pytest.raises(libsam.StateError):
            forbidden()
    host.optimizer.cancel()
    host.optimizer.lr = 0.2
    assert host.optimizer.lr == 0.2


def test_points_outside_the_arrays():
    """in_place = 0: the perturbed weights stand in memory of the library, and nothing else differs."""
    inside, outside, places = Host(), Host(options={"in_place": 0}), []

    def spoil(ask, host):
        places.append(host.optimizer.point("fc.weight") is host.arrays["fc.weight"])
        if ask & Ask.PERTURBED:
            assert host.weights.tobytes() == home.tobytes()
    outside.spoil = spoil
    for _ in range(4):
        home = outside.weights
        outside.step()
        inside.step()
    assert places == [True, False] * 4
    assert inside.weights.tobytes() == outside.weights.tobytes()


def test_batch_and_evaluations():
    host = Host()
    assert (host.optimizer.batch, host.optimizer.evaluations) == (0, 2)
    host.optimizer.accumulate = 3
    assert host.optimizer.evaluations == 6
    host.step()
    assert host.asked == [1, 5, 5, 3, 3, 3] and host.batches == [0, 1, 2, 0, 1, 2] and host.optimizer.batch == 3
    assert host.optimizer.metrics.evaluations == 6


def test_closed():
    with Host().optimizer as optimizer:
        assert "sam" in repr(optimizer)
    optimizer.close()
    assert "closed" in repr(optimizer)
    for use in (lambda: optimizer.step(lambda ask: 0.0), lambda: optimizer.metrics, lambda: optimizer.lr,
                lambda: optimizer.batch, optimizer.cancel, lambda: optimizer.set("lr", 1),
                lambda: optimizer.bind("fc.bias", None), lambda: optimizer.point("fc.bias")):
        with pytest.raises(libsam.ArgumentError):
            use()


def test_closing_in_the_middle_of_a_step_restores():
    host = Host(options={"rho": 0.5})
    before = host.weights
    ask = host.optimizer.advance()
    host.optimizer.advance(host.evaluate(ask))
    assert host.weights.tobytes() != before.tobytes()
    host.optimizer.close()
    assert host.weights.tobytes() == before.tobytes()


def test_no_copies():
    for copied in (copy.copy, copy.deepcopy, pickle.dumps):
        with pytest.raises(TypeError, match="neither be copied nor pickled"):
            copied(Host().optimizer)
