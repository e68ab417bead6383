"""Options as attributes, by full name, per group; the catalogue as the package shows it."""
import itertools
import math

import libsam
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from host import Host, METHODS, own_base

SHARED = libsam.shared_options()
ALL_PAIRS = [(method, base) for method in METHODS for base in ([None] if own_base(method) is None else libsam.bases())]
REFUSED = [(method, base) for method, base in ALL_PAIRS if method == "lookbehind_sam" and libsam.bases()[base].evaluations]
WITH_BASES = [pair for pair in ALL_PAIRS if pair not in REFUSED]


def optimizer_of(method, base, **options):
    return libsam.Optimizer({"w": np.ones(3)}, {"w": np.ones(3)}, method=method, base=base, **options)


@pytest.mark.parametrize("method, base", REFUSED)
def test_several_base_steps_do_not_go_with_a_base_that_asks(method, base):
    with pytest.raises(libsam.UnsupportedError, match=f"{method}.*{base}"):
        optimizer_of(method, base)


@pytest.mark.parametrize("method, base", WITH_BASES)
def test_every_option_has_its_default_and_both_names(method, base):
    optimizer = optimizer_of(method, base)
    sections = {"method": libsam.methods()[method].options, "shared": SHARED}
    sections |= {"base": libsam.bases()[base].options} if base else {}
    for section, options in sections.items():
        for name, option in options.items():
            value = optimizer.get(f"{section}.{name}")
            assert value == option.default and type(value) is type(option.default)
            assert getattr(getattr(optimizer, section), name) == value
            if section != "shared" and name in sections["method"] and name in sections.get("base", {}):
                with pytest.raises(libsam.UnknownNameError, match=rf"method\.{name}.*base\.{name}"):
                    optimizer.get(name)
            elif section != "shared" or not any(name in sections[other] for other in sections if other != "shared"):
                assert getattr(optimizer, name) == value


@pytest.mark.parametrize("method, base", WITH_BASES)
def test_every_real_option_can_be_set_to_its_bounds_and_no_further(method, base):
    optimizer = optimizer_of(method, base)
    sections = {"method": libsam.methods()[method].options, "base": libsam.bases()[base].options if base else {}, "shared": SHARED}
    for section, options in sections.items():
        for name, option in ((n, o) for n, o in options.items() if o.kind in ("real", "integer")):
            if base is None and name in ("clip_coordinates", "clip_value", "clip_norm", "every", "start_step"):
                with pytest.raises(libsam.UnsupportedError, match=name):
                    optimizer.set(name, 2)
                continue
            full, step = f"{section}.{name}", 1 if option.kind == "integer" else 0.125
            for bound, is_open, out in ((option.low, option.open_low, -step), (option.high, option.open_high, step)):
                if math.isinf(bound):
                    continue
                for value, refused in ((bound, is_open), (bound + out, True)):
                    if refused:
                        with pytest.raises(libsam.RangeError, match=name):
                            optimizer.set(full, value)
                    elif value == option.default or section != "shared":
                        optimizer.set(full, value)
                        assert optimizer.get(full) == value
            with pytest.raises(libsam.RangeError):
                optimizer.set(full, math.nan)


def test_attributes():
    optimizer = optimizer_of("sam", "sgd", lr=0.1, rho=0.2, momentum=0.9, nonfinite="skip", maximize=True, **{"shared.seed": 7})
    assert (optimizer.lr, optimizer.rho, optimizer.momentum, optimizer.nonfinite) == (0.1, 0.2, 0.9, "skip")
    assert optimizer.maximize is True and optimizer.seed == 7 and isinstance(optimizer.seed, int)
    optimizer.rho, optimizer.base.lr, optimizer.scaling = 0.3, 0.01, "element"
    assert (optimizer.method.rho, optimizer.lr, optimizer.method.scaling) == (0.3, 0.01, "element")
    assert {"rho", "lr", "seed"} <= set(dir(optimizer)) and "rho=0.3" in repr(optimizer.method)


MISSPELT = [lambda o: o.rhoo, lambda o: setattr(o, "rhoo", 1.0), lambda o: o.get("rhoo"), lambda o: o.set("rhoo", 1.0),
            lambda o: o.method.rhoo, lambda o: setattr(o.method, "rhoo", 1.0), lambda o: o.schedule("rhoo", "constant"),
            lambda o: o.groups[0].rhoo, lambda o: setattr(o.groups[0], "rhoo", 1.0), lambda o: optimizer_of("sam", "sgd", rhoo=1.0)]


@pytest.mark.parametrize("use", MISSPELT)
def test_a_misspelt_option_is_refused_with_the_nearest(use):
    optimizer = optimizer_of("sam", "sgd")
    with pytest.raises(libsam.UnknownNameError, match="rhoo.*rho\\b") as caught:
        use(optimizer)
    assert caught.value.name == "SAM_ERROR_NAME" and caught.value.status == -2
    assert not hasattr(optimizer, "rhoo") and not hasattr(optimizer.method, "rhoo")


def test_other_refusals():
    optimizer = optimizer_of("sam", "sgd")
    for use, error, text in [
            (lambda: setattr(optimizer, "scaling", "elemnt"), libsam.UnknownNameError, "element"),
            (lambda: setattr(optimizer, "scaling", 1), libsam.ArgumentError, "scaling"),
            (lambda: setattr(optimizer, "rho", "large"), libsam.ArgumentError, "rho"),
            (lambda: setattr(optimizer, "rho", None), libsam.ArgumentError, "rho must be a number"),
            (lambda: setattr(optimizer, "rho", -1), libsam.RangeError, "rho"),
            (lambda: setattr(optimizer, "maximize", 0.5), libsam.RangeError, "maximize"),
            (lambda: setattr(optimizer, "accumulate", 1.5), libsam.RangeError, "accumulate"),
            (lambda: optimizer.set("lr", 1.0, group=1), libsam.ArgumentError, "group"),
            (lambda: optimizer.set("seed", 1, group=0), libsam.ArgumentError, "seed"),
            (lambda: setattr(optimizer, "metrics", 1), AttributeError, "metrics"),
            (lambda: optimizer_of("smm", "sgd"), libsam.UnknownNameError, "smm.*sam"),
            (lambda: optimizer_of("sam", "sdg"), libsam.UnknownNameError, "sdg.*sgd"),
            (lambda: optimizer_of("sam", None), libsam.ArgumentError, "base"),
            (lambda: optimizer_of(None, "sgd"), libsam.ArgumentError, "method must be a str"),
            (lambda: libsam.show("smm"), libsam.UnknownNameError, "smm.*sam"),
            (lambda: libsam.set_threads(0), libsam.RangeError, "count")]:
        with pytest.raises(error, match=text):
            use()
    assert optimizer.rho == libsam.methods()["sam"].options["rho"].default


def grouped(**options):
    arrays = {name: np.ones(2) for name in "abc"}
    slopes = {name: np.array([3.0, 4.0]) * place for place, name in enumerate("abc", 1)}
    optimizer = libsam.Optimizer(arrays, slopes, groups={"head": ["b"], "tail": ["c"]}, **options)
    return optimizer, arrays, slopes


def test_groups():
    optimizer, arrays, _ = grouped(method="none", lr=1.0)
    optimizer.groups[1].lr, optimizer.groups["tail"].lr = 0.5, 0.0
    assert [optimizer.groups[i].lr for i in range(len(optimizer.groups))] == [1.0, 0.5, 0.0]
    assert optimizer.groups[-1].lr == optimizer.groups["tail"].lr == 0.0 and optimizer.lr == 1.0
    optimizer.step(lambda ask: 0.0)
    np.testing.assert_array_equal([arrays[n] for n in "abc"], [[-2, -3], [1 - 3, 1 - 4], [1, 1]])
    optimizer.lr = 0.25
    assert [optimizer.groups[i].lr for i in range(3)] == [0.25] * 3
    with pytest.raises(IndexError):
        optimizer.groups[3]
    with pytest.raises(libsam.UnknownNameError, match="no group is named 'haed'; the groups are head, tail"):
        optimizer.groups["haed"]
    with pytest.raises(libsam.ArgumentError):
        optimizer.groups[1].seed = 3
    for wrong, text in (({"x": ["a"], "y": ["a"]}, "'a' is in two groups"),
                        ({"x": ["q"]}, "groups name 'q', which is no parameter")):
        with pytest.raises(libsam.ArgumentError, match=text):
            libsam.Optimizer({"a": np.ones(2)}, {"a": np.ones(2)}, groups=wrong)


@pytest.mark.parametrize("radii", [(0.1, 0.2, 0.3), (0.1, 0.2, 0.0)])
def test_the_radius_is_per_group_and_the_norm_over_all_that_are_perturbed(radii):
    optimizer, arrays, slopes = grouped(method="sam", lr=0.1)
    for group, rho in enumerate(radii):
        optimizer.groups[group].rho = rho
    length = np.sqrt(sum((g**2).sum() for g, rho in zip(slopes.values(), radii) if rho))
    optimizer.advance()
    optimizer.advance(1.0)
    for name, rho in zip("abc", radii):
        np.testing.assert_allclose(arrays[name], 1 + rho * slopes[name] / length, rtol=1e-12)


@given(st.text(max_size=12))
@settings(deadline=None)
def test_no_name_does_any_harm(name):
    optimizer = optimizer_of("sam", "sgd")
    known = set(libsam.methods()["sam"].options) | set(libsam.bases()["sgd"].options) | set(SHARED)
    for use in (lambda: optimizer.get(name), lambda: optimizer.set(name, 0.5), lambda: libsam.entry(name),
                lambda: optimizer_of(name, "sgd")):
        try:
            use()
            assert name in known or name in {**libsam.methods(), **libsam.bases(), **libsam.schedules(), **libsam.measures()}
        except libsam.Error as error:
            assert str(error)


def test_no_option_hides_behind_an_attribute_of_the_optimizer():
    options = itertools.chain(SHARED, *(e.options for e in {**libsam.methods(), **libsam.bases()}.values()))
    assert not {name for name in options if hasattr(libsam.Optimizer, name)}


def test_the_catalogue_can_be_shown(capsys):
    def shown(name):
        libsam.show(name)
        text = capsys.readouterr().out
        assert max(map(len, text.splitlines())) <= 100
        return " ".join(text.split())               # a summary may stand in several lines
    for name, entry in {**libsam.methods(), **libsam.bases(), **libsam.measures(), **libsam.schedules()}.items():
        text = shown(name)
        assert entry.summary and entry.summary in text
        for option in entry.options.values():
            assert option.name in text and option.summary in text and option.range in text
    text = shown("shared")
    assert all(option.name in text and option.summary in text for option in SHARED.values())


def test_library_information():
    info = libsam.build_info()
    assert info["version"] == libsam.version() == libsam.__version__
    try:
        libsam.set_threads(2)
        assert libsam.threads() == 2
    finally:
        libsam.set_threads(1)
    assert libsam.threads() == 1
