"""libsam.torch.Optimizer against torch's own optimizers and SAM written out in torch; its loops; its table of options."""
import subprocess
import sys
import warnings

import libsam
import libsam.torch
import pytest
import torch
from torch.nn import functional
from torch_host import batch, closure_of, network, same, smooth, weights

BASES = [("sgd", torch.optim.SGD, {"lr": 0.1}),
         ("sgd", torch.optim.SGD, {"lr": 0.1, "momentum": 0.9, "weight_decay": 1e-3}),
         ("sgd", torch.optim.SGD, {"lr": 0.1, "momentum": 0.9, "nesterov": True, "weight_decay": 1e-3}),
         ("sgd", torch.optim.SGD, {"lr": 0.1, "momentum": 0.8, "dampening": 0.2, "maximize": True}),
         ("adam", torch.optim.Adam, {"lr": 1e-2, "weight_decay": 1e-2, "amsgrad": True, "betas": (0.8, 0.99)}),
         ("adamw", torch.optim.AdamW, {"lr": 1e-2}),
         ("adamw", torch.optim.AdamW, {"lr": 1e-2, "weight_decay": 0.1, "betas": (0.9, 0.95), "eps": 1e-6})]
CLOSE = {torch.float64: 1e-13, torch.float32: 1e-5}         # of 30 steps; torch contracts a * b + c in some places, libsam nowhere


def distance(model, other):
    w, v = weights(model), weights(other)
    return float((w - v).norm() / v.norm())


@pytest.mark.parametrize("dtype", CLOSE)
@pytest.mark.parametrize("base, kind, options", BASES)
def test_the_base_alone_is_torchs(base, kind, options, dtype):
    model, other = smooth(dtype), smooth(dtype)
    optimizer, theirs = libsam.torch.Optimizer(model, "none", base, **options), kind(other.parameters(), foreach=False, **options)
    for place in range(30):
        loss = optimizer.step(closure_of(model, place))
        theirs.zero_grad()
        assert float(loss.detach()) == pytest.approx(float(closure_of(other, place)().detach()), rel=10 * CLOSE[dtype])
        theirs.step()
    assert 0 < distance(other, smooth(dtype)) and distance(model, other) < CLOSE[dtype]


def by_hand(model, optimizer, rho, closure):
    """The usual two passes, restored by copy."""
    parameters = list(model.parameters())
    optimizer.zero_grad()
    closure()
    norm = torch.stack([p.grad.norm() for p in parameters]).norm()
    kept = [p.detach().clone() for p in parameters]
    with torch.no_grad():
        for p in parameters:
            p += rho / norm * p.grad
    optimizer.zero_grad()
    closure()
    with torch.no_grad():
        for p, w in zip(parameters, kept):
            p.copy_(w)
    optimizer.step()


@pytest.mark.parametrize("dtype", CLOSE)
@pytest.mark.parametrize("base, kind, options", BASES[1:3] + BASES[5:])
def test_sam_is_the_usual_two_passes(base, kind, options, dtype):
    model, other = smooth(dtype), smooth(dtype)
    optimizer, theirs = libsam.torch.Optimizer(model, "sam", base, rho=0.1, **options), kind(other.parameters(), foreach=False, **options)
    for place in range(30):
        optimizer.step(closure_of(model, place))
        by_hand(other, theirs, 0.1, closure_of(other, place))
    assert distance(model, other) < 10 * CLOSE[dtype]
    without = smooth(dtype)
    plain = libsam.torch.Optimizer(without, "sam", base, rho=0.0, **options)
    for place in range(30):
        plain.step(closure_of(without, place))
    assert distance(model, without) > 1e-3


@pytest.mark.parametrize("method, base", [("none", "adamw"), ("sam", "sgd"), ("gam", "sgd"), ("looksam", "sgd"), ("bsam", None), ("none", "adahessian")])
def test_a_loop_of_ones_own_has_the_closures_bits(method, base):
    model, other, third = network(drop=0.3), network(drop=0.3), network(drop=0.3)
    one, two = libsam.torch.Optimizer(model, method, base, lr=0.01), libsam.torch.Optimizer(other, method, base, lr=0.01)
    three = libsam.torch.Optimizer(third, method, base, lr=0.01)
    for place in range(4):
        for optimizer, run in ((one, model), (two, other), (three, third)):
            torch.manual_seed(place)
            closure, loss, count = closure_of(run, place), None, 0
            if optimizer is one:
                optimizer.step(closure)
            elif optimizer is three:                        # one that clears the gradients itself
                optimizer.step(lambda: (optimizer.zero_grad(), closure())[1])
            else:
                while ask := optimizer.advance(loss):
                    loss, count = closure(), count + 1
                    assert bool(ask & libsam.Ask.PERTURBED) <= (count > 1) or method in ("bsam",)
                assert ask == libsam.Ask(0) and 1 <= count <= optimizer.evaluations
    assert same(model, other) and same(model, third) and one.metrics == two.metrics or one.metrics.steps == two.metrics.steps == 4
    assert one._library.state() == two._library.state()


def test_the_answer_is_the_first_loss_and_a_closure_gets_the_ask():
    model, asked, losses = smooth(), [], []
    optimizer = libsam.torch.Optimizer(model, "sam", "sgd", lr=0.1, rho=0.2)

    def closure(ask):
        asked.append(ask)
        losses.append(closure_of(model)())
        return losses[-1]
    assert optimizer.step(closure) is losses[0] and float(losses[1].detach()) > float(losses[0].detach())
    assert asked == [libsam.Ask.EVALUATE, libsam.Ask.EVALUATE | libsam.Ask.PERTURBED]
    metrics = optimizer.metrics
    assert (metrics.loss, metrics.perturbed_loss) == (float(losses[0].detach()), float(losses[1].detach())) and metrics.perturbation_norm == pytest.approx(0.2)
    assert optimizer.batch == 1 and optimizer.evaluations == 2 and optimizer.memory > 0


def test_gradients_are_computed_also_where_they_are_off():
    model = smooth()
    with torch.no_grad():
        libsam.torch.Optimizer(model, "sam", lr=0.1).step(closure_of(model))
    assert not same(model, smooth())


def test_without_a_closure():
    model, other = smooth(), smooth()
    one, two = libsam.torch.Optimizer(model, "none", "adam"), libsam.torch.Optimizer(other, "none", "adam")
    for place in range(3):
        one.zero_grad()
        closure_of(model, place)()
        one.step()
        two.step(closure_of(other, place))
    assert same(model, other) and not same(model, smooth())
    for method in ("sam", "msam"):                          # msam's one evaluation is not at the iterate
        model = smooth()
        optimizer = libsam.torch.Optimizer(model, method, lr=0.1, momentum=0.9)
        optimizer.step(closure_of(model))
        before = weights(model)
        closure_of(model)()
        with pytest.raises(libsam.StateError, match=f"{method}.*closure"):
            optimizer.step()
        assert torch.equal(weights(model), before)
        optimizer.step(closure_of(model))


def test_an_error_restores_the_weights():
    model = network(drop=0.5)
    optimizer = libsam.torch.Optimizer(model, "sam", lr=0.1, rho=0.5)
    before, calls, buffers = weights(model), [], {k: v.clone() for k, v in model.named_buffers()}

    def closure(ask):
        if ask & libsam.Ask.PERTURBED:
            assert not torch.equal(weights(model), before)
            raise KeyError("stop")
        return closure_of(model)()
    with pytest.raises(KeyError):
        optimizer.step(closure)
    assert torch.equal(weights(model), before) and optimizer.metrics.steps == 0
    assert all(model.get_buffer(k) is not v for k, v in buffers.items()) and model[1].num_batches_tracked == 1
    for bad, error in (("?", libsam.ArgumentError), (None, libsam.StateError), (torch.ones(2), libsam.ArgumentError),
                       (float("nan"), libsam.NonfiniteError)):
        with pytest.raises(error):
            optimizer.step(lambda: (closure_of(model)(), bad)[1])
        assert torch.equal(weights(model), before)
    with pytest.raises(libsam.StateError, match="under way"):
        optimizer.advance()
        optimizer.step(closure_of(model))
    with pytest.raises(libsam.StateError, match="asks for an evaluation"):
        optimizer.advance()
    assert optimizer.advance()                              # the error ended it: this begins a new one
    optimizer.cancel()
    optimizer.step(lambda: optimizer.cancel() or 1.0)       # a closure that gives up
    assert torch.equal(weights(model), before)
    optimizer.step(closure_of(model))
    assert optimizer.metrics.steps == 1


def test_a_graph_from_before_a_step_is_refused_by_autograd():
    """The weights that it saved have moved: torch's own optimizers let it notice, and so does this one."""
    model = smooth()
    optimizer = libsam.torch.Optimizer(model, "sam", lr=0.1)
    loss = closure_of(model, loss=lambda out, y: (functional.cross_entropy(out, y) + sum((p ** 3).sum() for p in model.parameters())))
    kept = sum((p ** 3).sum() for p in model.parameters())
    optimizer.step(loss)
    with pytest.raises(RuntimeError, match="inplace operation"):
        kept.backward()


# ---- the table


def test_schedulers_and_hands_act_on_the_next_step():
    model, other = smooth(), smooth()
    one, two = (libsam.torch.Optimizer(m, "sam", "sgd", lr=0.5, momentum=0.9, rho=0.1) for m in (model, other))
    course = torch.optim.lr_scheduler.CosineAnnealingLR(one, T_max=5)
    radius = torch.optim.lr_scheduler.LambdaLR(one.scheduled("rho"), lambda epoch: 1 / (1 + epoch))
    with warnings.catch_warnings():
        warnings.simplefilter("error")                      # torch's "scheduler before optimizer"
        for place in range(5):
            one.step(closure_of(model, place))
            course.step(), radius.step()
            two.step(closure_of(other, place))
            two.param_groups[0]["lr"], two.param_groups[0]["rho"] = one.param_groups[0]["lr"], 0.1 * (1 / (2 + place))
    assert one.param_groups[0]["lr"] == pytest.approx(0, abs=1e-12) and one.param_groups[0]["rho"] == pytest.approx(0.1 / 6)
    assert same(model, other) and one.metrics.perturbation_norm == pytest.approx(0.1 / 5)
    before = weights(model)
    one.param_groups[0]["momentum"], one.param_groups[0]["lr"] = 0.0, 0.0
    one.step(closure_of(model))
    assert torch.equal(weights(model), before)
    with pytest.raises(libsam.UnknownNameError, match="no option"):
        one.scheduled("roh")


def test_schedulers_know_of_steps_by_hand():
    model = smooth()
    optimizer = libsam.torch.Optimizer(model, "sam", lr=0.5)
    courses = [torch.optim.lr_scheduler.StepLR(o, 1, 0.5) for o in (optimizer, optimizer.scheduled("rho"))]
    with warnings.catch_warnings():
        warnings.simplefilter("error")                      # torch's "scheduler before optimizer"
        for place in range(3):
            closure, loss = closure_of(model, place), None
            while optimizer.advance(loss):
                loss = closure()
            [course.step() for course in courses]
    assert optimizer.param_groups[0]["lr"] == 0.5 / 8 and optimizer.param_groups[0]["rho"] == 0.05 / 8
    early = libsam.torch.Optimizer(smooth(), "sam", lr=0.5)
    with pytest.warns(UserWarning, match="before"):
        torch.optim.lr_scheduler.StepLR(early.scheduled("rho"), 1).step()


@pytest.mark.parametrize("make", [lambda o: torch.optim.lr_scheduler.OneCycleLR(o, 0.1, total_steps=12),
                                  lambda o: torch.optim.lr_scheduler.ReduceLROnPlateau(o, patience=0),
                                  lambda o: torch.optim.lr_scheduler.SequentialLR(o, [torch.optim.lr_scheduler.LinearLR(o), torch.optim.lr_scheduler.ExponentialLR(o, 0.9)], [2]),
                                  lambda o: torch.optim.lr_scheduler.CyclicLR(o, 0.01, 0.1, step_size_up=3, cycle_momentum=False)])
def test_torchs_schedulers_leave_what_they_leave_with_torch(make):
    model, other = smooth(), smooth()
    one, two = libsam.torch.Optimizer(model, "none", "adamw", lr=0.02), torch.optim.AdamW(other.parameters(), lr=0.02)
    courses = make(one), make(two)
    for place in range(8):
        for optimizer, run, course in zip((one, two), (model, other), courses):
            loss = optimizer.step(closure_of(run, 0))
            course.step(loss) if isinstance(course, torch.optim.lr_scheduler.ReduceLROnPlateau) else course.step()
            optimizer.zero_grad()
        assert one.param_groups[0]["lr"] == two.param_groups[0]["lr"] and one.param_groups[0]["betas"] == two.param_groups[0]["betas"]
    assert distance(model, other) < 1e-12 and same(model, model)


def test_groups_have_options_of_their_own():
    model, other = smooth(), smooth()
    split = [{"params": [p for n, p in m.named_parameters() if "0" in n], "lr": 0.3, "rho": 0.0} for m in (model, other)]
    rest = [{"params": [p for n, p in m.named_parameters() if "0" not in n], "name": "head"} for m in (model, other)]
    optimizer = libsam.torch.Optimizer([split[0], rest[0]], "sam", "sgd", lr=0.1, momentum=0.9, rho=0.2)
    theirs = torch.optim.SGD([{k: v for k, v in split[1].items() if k != "rho"}, {"params": rest[1]["params"]}], lr=0.1, momentum=0.9)
    assert [g["lr"] for g in optimizer.param_groups] == [0.3, 0.1] and "head" in repr(optimizer) and "lr=0.3" in repr(optimizer)
    for place in range(5):
        optimizer.step(closure_of(model, place))
        closure = closure_of(other, place)
        theirs.zero_grad(), closure()
        head = rest[1]["params"]
        norm = torch.stack([p.grad.norm() for p in head]).norm()    # a group with rho 0 is not in the radius
        kept = [p.detach().clone() for p in head]
        with torch.no_grad():
            for p in head:
                p += 0.2 / norm * p.grad
        theirs.zero_grad(), closure()
        with torch.no_grad():
            for p, w in zip(head, kept):
                p.copy_(w)
        theirs.step()
    assert distance(model, other) < 1e-12
    optimizer.param_groups[1]["clip_norm"] = 1.0
    with pytest.raises(libsam.ArgumentError, match=r"clip_norm has one value.*param_groups\[0\] has 0.0, param_groups\[1\] has 1.0"):
        optimizer.step(closure_of(model))
    optimizer.param_groups[0]["clip_norm"] = 1.0
    optimizer.step(closure_of(model))


def test_names_and_values_are_checked():
    model = smooth()

    def make(*words, **options):
        return libsam.torch.Optimizer(model, *words, **options)
    with pytest.raises(libsam.UnknownNameError, match="'sma' is not known.*sam"):
        make("sma")
    with pytest.raises(libsam.UnknownNameError, match="roh.*rho"):
        make(roh=0.1)
    with pytest.raises(libsam.UnknownNameError, match=r"param_groups\[0\] has 'weight_deacy'"):
        libsam.torch.Optimizer([{"params": model.parameters(), "weight_deacy": 0.1}])
    with pytest.raises(libsam.UnknownNameError, match="method.rho or base.rho"):
        make("sam", "adadelta", rho=0.1)
    with pytest.raises(libsam.UnknownNameError, match="torch's own tensors"):
        make(in_place=0)
    with pytest.raises(libsam.RangeError, match=r"param_groups\[0\]\['lr'\].*-1"):
        make(lr=-1)
    with pytest.raises(libsam.ArgumentError, match="scaling.*one of none"):
        make(scaling=3)
    with pytest.raises(libsam.ArgumentError, match="betas.*two"):
        make("sam", "adam", betas=(0.9,))
    with pytest.raises(libsam.ArgumentError, match="base"):
        make("bsam")
    both = make("sam", "adadelta", **{"method.rho": 0.2, "base.rho": 0.8, "base.lr": 0.5})
    assert both.defaults["method.rho"] == 0.2 and both.defaults["base.rho"] == 0.8 and both.defaults["lr"] == 0.5
    both.step(closure_of(model))
    assert both.metrics.perturbation_norm == pytest.approx(0.2)
    adam = make("sam", "adam", beta1=0.5, lr=torch.tensor(0.125), scaling="element", amsgrad=True)
    assert adam.defaults["betas"] == (0.5, 0.999)
    adam.step(closure_of(model))
    adam.param_groups[0]["lrr"] = 3.0
    with pytest.raises(libsam.UnknownNameError, match="lrr.*nearest: lr"):
        adam.step(closure_of(model))
    del adam.param_groups[0]["lrr"]
    adam.param_groups[0]["beta1"] = 0.3
    with pytest.raises(libsam.UnknownNameError, match="betas"):
        adam.step(closure_of(model))
    del adam.param_groups[0]["beta1"]
    adam.param_groups[0].update(lr_scale=2.0, anything=object())
    adam.step(closure_of(model))


def test_options_reach_the_library():
    """Every key of the table, set to another value than its default, is what the library has."""
    model = smooth()
    for method, base in (("sam", "adamw"), ("looksam", "sgd"), ("bsam", None)):
        optimizer = libsam.torch.Optimizer(model, method, base)
        for key, (full, option) in optimizer._inner.table.options.items():
            if key in ("beta1", "beta2"):
                continue
            value = option.choices[-1] if option.kind == "choice" else not option.default if option.kind == "flag" else None
            if value is None:
                value = option.default + 1 if option.kind == "integer" and option.default < option.high else option.default / 2 if option.default else 0.25
            if key in ("clip_coordinates", "clip_value", "clip_norm", "every", "start_step", "micro_batches"):      # not for every method
                continue
            optimizer.param_groups[0][key] = value
            optimizer.evaluations
            assert optimizer._library.get(full) == pytest.approx(value), key


def test_maximize_clip_and_seed_are_the_librarys():
    up, down = smooth(), smooth()
    one = libsam.torch.Optimizer(up, "none", lr=0.1, maximize=True, clip_norm=0.01)
    one.step(closure_of(up))
    assert one.metrics.update_norm == pytest.approx(0.1 * 0.01)
    x, y = batch(dtype=torch.float64)
    assert functional.cross_entropy(up(x), y) > functional.cross_entropy(down(x), y)


def test_libsam_alone_does_not_load_torch():
    program = f"import sys; sys.path[:0] = {sys.path!r}; import libsam; assert 'torch' not in sys.modules; import libsam.torch; assert 'torch' in sys.modules"
    subprocess.run([sys.executable, "-c", program], check=True)


def test_help_says_what_there_is():
    text = libsam.torch.Optimizer.__doc__ + "".join(getattr(libsam.torch.Optimizer, name).__doc__ for name in (
        "step", "advance", "cancel", "add_param_group", "state_dict", "load_state_dict", "averaged", "averaged_weights", "scheduled", "metrics",
        "evaluations", "batch", "memory"))
    assert all(word in text for word in ("closure", "param_groups", "model", "lr", "rho", "scaler", "restored", "schedulers"))
    assert isinstance(libsam.torch.Optimizer(smooth()), torch.optim.Optimizer)
