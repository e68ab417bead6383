"""libsam.jax.Optimizer: the same bits as the optimizer over numpy's arrays, no array of jax that ever changes, trees, options, states."""
import collections
import pathlib
import subprocess
import sys

import jax
import jax.numpy as jnp
import libsam
import libsam.jax
import numpy as np
import pytest
from jax_host import Log, batch, bits, loss, network, value_and_grad
from libsam import Ask
from libsam.jax import tree

PACKAGE = pathlib.Path(libsam.__file__).parents[1]


def both(method, base, steps=3, dtype=np.float64, **options):
    """A run over jax's arrays and one over numpy's with the same evaluations: weights at every evaluation and behind every step must have
    the same bits, and nothing that was seen may change."""
    log, start = Log(), network(dtype)
    optimizer = libsam.jax.Optimizer(log.add(start), method, base, **options)
    weights = {tree.registered(name, libsam.jax.role(name)): np.array(leaf) for name, leaf in zip(optimizer.names, jax.tree.leaves(start))}
    slopes = {name: np.zeros_like(w) if w.size else None for name, w in weights.items()}
    roles = {name: libsam.jax.role(name.removesuffix(" (weight)")) for name in weights}
    plain = libsam.Optimizer(weights, slopes, method=method, base=base, roles=roles, **options)
    params = start
    for _ in range(steps):
        ask = optimizer.advance()
        assert ask == plain.advance()
        while ask:
            params = log.add(optimizer.params)
            assert bits(params) == [w.tobytes() for w in weights.values()]
            x, y = batch(optimizer.batch + 50 * bool(ask & Ask.AUXILIARY), dtype=dtype)
            value, found = value_and_grad(params, x, y)
            log.add(found)
            for own, leaf in zip(slopes.values(), jax.tree.leaves(found)):
                if own is not None:
                    own[...] = np.asarray(leaf)
            ask = optimizer.advance(value, found)
            assert ask == plain.advance(float(value))
        params = log.add(optimizer.params)
        assert bits(params) == [w.tobytes() for w in weights.values()]
    assert log.unchanged() and bits(params) != bits(start) and bits(network(dtype)) == bits(start)
    assert repr(optimizer.metrics) == repr(plain.metrics)
    return optimizer, params


@pytest.mark.parametrize("method", libsam.methods())
def test_every_method(method):
    both(method, None if libsam.methods()[method].own_update else "sgd")


@pytest.mark.parametrize("base", libsam.bases())
def test_every_base(base):
    both("sam", base)


@pytest.mark.parametrize("dtype", ["float32", "float64", "bfloat16", "float16"])
@pytest.mark.parametrize("options", [{}, {"master": True}, {"rounding": "stochastic", "seed": 3}, {"accumulate": 2, "clip_norm": 0.1}])
def test_every_dtype(dtype, options):
    _, params = both("asam", "adamw", dtype=jnp.dtype(dtype), lr=0.05, **options)
    assert {leaf.dtype.name for leaf in jax.tree.leaves(params)} == {dtype}


def aligned(values):
    """A numpy array that jax would take as it is."""
    memory = np.zeros(values.nbytes + 64, np.uint8)
    begin = -memory.ctypes.data % 64
    array = memory[begin:begin + values.nbytes].view(values.dtype).reshape(values.shape)
    array[...] = values
    return array


def test_arrays_of_numpy_are_copied_in_and_stay():
    """Also those in memory that jax would share: neither the caller's array moves, nor do its later changes reach what was answered."""
    w = aligned(np.arange(1.0, 9.0))
    optimizer = libsam.jax.Optimizer({"w": w}, "sam", "sgd", lr=0.1)
    first = optimizer.params["w"]
    w[:] = 7
    assert first.tolist() == list(range(1, 9))
    params, value = optimizer.step(jax.value_and_grad(lambda p: (p["w"] ** 2).sum() / 2), {"w": w})
    assert w.tolist() == [7.0] * 8 and float(value) == 8 * 49 / 2 and isinstance(params["w"], jax.Array)
    taken = optimizer.params["w"]
    w[:] = 0
    assert (np.asarray(taken) < 7).all() and (np.asarray(taken) > 6).all()
    own = aligned(np.ones(1000))
    made = tree.copied(own)
    own[:] = 2
    assert float(made.sum()) == 1000


def test_arrays_of_jax_share_nothing_with_the_optimizer():
    """Looked at by address: what is handed out, what was given, and what the library moves."""
    optimizer = libsam.jax.Optimizer(network(), "sam", "adam")
    spans = [(b.ctypes.data, b.ctypes.data + b.nbytes) for b in optimizer._buffers if b.nbytes]
    seen = jax.tree.leaves(optimizer.params)
    optimizer.advance()
    for _ in range(2):
        seen += jax.tree.leaves(optimizer.params)
        value, slopes = value_and_grad(optimizer.params, *batch())
        seen += jax.tree.leaves(slopes)
        optimizer.advance(value, slopes)
    seen += jax.tree.leaves(optimizer.params)
    places = [leaf.unsafe_buffer_pointer() for leaf in seen if leaf.size]
    assert len(places) > 30 and not any(low <= place < high for place in places for low, high in spans)


def test_what_is_copied():
    """The iterate is handed out as it was taken; sam copies the weights twice a step; gradients on the CPU are read where they are."""
    start = network()
    optimizer = libsam.jax.Optimizer(start, "sam", "sgd")
    made = []
    optimizer_copied, tree.copied = tree.copied, lambda *given: made.append(1) or optimizer_copied(*given)
    try:
        optimizer.advance()
        assert all(a is b for a, b in zip(jax.tree.leaves(optimizer.params), jax.tree.leaves(start)))
        assert jax.tree.leaves(optimizer.params)[0] is jax.tree.leaves(optimizer.params)[0] and not made
        value, slopes = value_and_grad(optimizer.params, *batch())
        optimizer.advance(value, slopes)
        again = optimizer.params
        assert all(a is b for a, b in zip(jax.tree.leaves(again), jax.tree.leaves(optimizer.params))) and len(made) == 7
        value, slopes = value_and_grad(again, *batch())
        optimizer.advance(value, slopes)
        params = optimizer.params
        assert len(made) == 14
        optimizer.params = params
        assert len(made) == 14
    finally:
        tree.copied = optimizer_copied
    read = [(s.ctypes.data, leaf.unsafe_buffer_pointer()) for s, leaf in zip(optimizer._slopes, jax.tree.leaves(slopes)) if s is not None]
    assert len(read) == 7 and all(mine == theirs for mine, theirs in read)


def test_step_is_the_loop():
    stepped, looped = (libsam.jax.Optimizer(network(), "gsam", "adamw", lr=0.01) for _ in range(2))
    params = network()
    for place in range(4):
        params, value = stepped.step(value_and_grad, params, *batch(place))
        first, ask = None, looped.advance()
        while ask:
            found, slopes = value_and_grad(looped.params, *batch(place))
            first = found if first is None else first
            ask = looped.advance(found, slopes)
        assert bits(params) == bits(looped.params) and value == first


def test_auxiliary_values_and_keywords():
    def with_aux(params, x, *, y):
        value = loss(params, x, y)
        return value, {"twice": 2 * value}
    params, other = network(), network()
    one, two = (libsam.jax.Optimizer(network(), "sam", lr=0.1) for _ in range(2))
    x, y = batch()
    params, (value, aux) = one.step(jax.value_and_grad(with_aux, has_aux=True), params, x, y=y)
    other, plain = two.step(value_and_grad, other, x, y)
    assert value == pytest.approx(plain) and aux["twice"] == 2 * value and bits(params) != bits(network())
    jax.tree.map(lambda a, b: np.testing.assert_allclose(a, b, rtol=1e-12), params, other)


def test_a_key_draws_the_same_in_a_step():
    seen = []

    def dropped(params, key):
        mask = jax.random.bernoulli(key, 0.5, params.shape)
        jax.debug.callback(lambda m: seen.append(m.tolist()), mask)
        return (jnp.where(mask, params, 0) ** 2).sum()
    optimizer, params = libsam.jax.Optimizer(jnp.ones(50), "sam"), jnp.ones(50)
    for step in range(2):
        params, _ = optimizer.step(jax.value_and_grad(dropped), params, jax.random.fold_in(jax.random.key(0), step))
    jax.effects_barrier()
    assert len(seen) == 4 and seen[0] == seen[1] != seen[2] == seen[3]


def test_donated_params():
    """A function that takes the memory of its params over neither fails nor spoils the run."""
    giving, keeping = jax.jit(jax.value_and_grad(loss), donate_argnums=0), value_and_grad
    ends = []
    for function in (giving, keeping):
        optimizer, params = libsam.jax.Optimizer(network(), "sam", "adam", lr=0.1), network()
        for place in range(3):
            params, _ = optimizer.step(function, params, *batch(place))
        ends.append(bits(params))
    assert ends[0] == ends[1]


def test_params_from_elsewhere():
    """What is given to step is what it starts from: another tree, one leaf of another, the same."""
    params = network()
    optimizer = libsam.jax.Optimizer(params, "none", "sgd", lr=1.0)
    changed = {**params, "temperature": jnp.array(0.25)}
    new, value = optimizer.step(value_and_grad, changed, *batch())
    wanted, slopes = value_and_grad(changed, *batch())
    assert value == wanted and bits(new) == bits(jax.tree.map(lambda p, g: p - g, changed, slopes))
    optimizer.params = params
    assert bits(optimizer.params) == bits(network())
    optimizer.advance()
    optimizer.params = optimizer.params
    with pytest.raises(libsam.StateError, match="between steps"):
        optimizer.params = changed
    optimizer.cancel()
    half = libsam.jax.Optimizer({"w": jnp.ones(3, jnp.bfloat16)}, master=True)
    with pytest.raises(libsam.StateError, match="master"):
        half.params = {"w": jnp.zeros(3, jnp.bfloat16)}


Point = collections.namedtuple("Point", "a b")


def test_names_and_structure():
    params = Point({"x": [jnp.ones(2), None, (jnp.ones(1),)]}, jnp.ones(()))
    optimizer = libsam.jax.Optimizer(params)
    assert optimizer.names == ["a/x/0", "a/x/2/0", "b"]
    new, _ = optimizer.step(jax.value_and_grad(lambda p: p.b * p.a["x"][0].sum() * p.a["x"][2][0][0]), params)
    assert type(new) is Point and jax.tree.structure(new) == jax.tree.structure(params)
    with pytest.raises(libsam.ArgumentError, match="the new params have the structure"):
        optimizer.step(value_and_grad, {"b": jnp.ones(())})
    with pytest.raises(libsam.ArgumentError, match="the gradients have the structure"):
        optimizer.step(lambda p: (0.0, [1]), new)
    with pytest.raises(libsam.ArgumentError, match=r"the gradient of 'b' is float64 \(1,\), float64 \(\) was registered"):
        optimizer.step(lambda p: (0.0, p._replace(b=jnp.ones(1))), new)
    with pytest.raises(libsam.ArgumentError, match="the gradients have the structure"):
        optimizer.advance(), optimizer.advance(0.0)
    assert bits(optimizer.params) == bits(new)


@pytest.mark.parametrize("leaf, words", [(jnp.arange(3), "dtype int64"), (1.0, "float: a jax or numpy array"), (jax.random.key(0), "dtype key")])
def test_leaves_that_are_none(leaf, words):
    with pytest.raises(libsam.ArgumentError, match=f"leaf 'x/y' .*{words}"):
        libsam.jax.Optimizer({"x": {"y": leaf}})


def test_doubles_that_jax_would_round():
    with jax.enable_x64(False), pytest.raises(libsam.ArgumentError, match="jax_enable_x64"):
        libsam.jax.Optimizer({"x": np.ones(3)})


def test_roles():
    wanted = {"Dense_0/kernel": "weight", "Dense_0/bias": "bias", "LayerNorm_0/scale": "norm", "LayerNorm_0/bias": "norm", "bn/scale": "norm",
              "Embed_0/embedding": "embedding", "linear/w": "weight", "linear/b": "bias", "layer_norm/offset": "norm", "embed/embeddings": "embedding",
              "layers/0/w": "weight", "b": "bias", "0": "weight"}
    assert {name: libsam.jax.role(name).name.lower() for name in wanted} == wanted
    assert tree.registered("ln/scale", libsam.Role.NORM) == "ln/scale (weight)" and tree.registered("ln/bias", libsam.Role.NORM) == "ln/bias"
    on = libsam.jax.Optimizer(network(), "sam_on", rho=1.0)
    on.advance()
    value, slopes = value_and_grad(on.params, *batch())
    before = on.params
    on.advance(value, slopes)
    moved = [not np.array_equal(a, b) for a, b in zip(jax.tree.leaves(before), jax.tree.leaves(on.params))]
    assert [name for name, m in zip(on.names, moved) if m] == ["norm/bias", "norm/scale"]
    own = libsam.jax.Optimizer(network(), "sam_on", rho=1.0, roles=lambda name: "norm" if name == "out/1" else "weight")
    own.advance(), own.advance(value, slopes)
    assert not np.array_equal(own.params["out"][1], before["out"][1]) and bits(own.params["norm"]) == bits(before["norm"])


def test_groups_and_frozen():
    start = network()
    optimizer = libsam.jax.Optimizer(start, "none", "sgd", lr=1.0, groups=lambda name: "head" if name.startswith("out") else None,
                                     frozen=lambda name: name.startswith("norm"))
    optimizer.groups["head"].lr = 0.5
    assert (optimizer.groups[0].lr, optimizer.groups[1].lr) == (1.0, 0.5)
    _, slopes = value_and_grad(start, *batch())
    new, _ = optimizer.step(value_and_grad, start, *batch())
    rates = {"norm": 0.0, "out": 0.5}
    for name in start:
        wanted = jax.tree.map(lambda p, g: p - rates.get(name, 1.0) * g, start[name], slopes[name])
        assert bits(new[name]) == bits(wanted)
    assert new["norm"]["scale"] is start["norm"]["scale"]


def test_options():
    optimizer = libsam.jax.Optimizer(network(), "sam", "adadelta", **{"method.rho": 0.3})
    assert optimizer.method.rho == 0.3 and optimizer.base.rho == 0.9
    optimizer.lr = 0.5
    assert optimizer.get("lr") == 0.5 and "lr=0.5" in repr(optimizer)
    for name in ("in_place", "zero_gradient", "shared.in_place"):
        with pytest.raises(libsam.ArgumentError, match="arrays of jax are never"):
            optimizer.set(name, 1)
    with pytest.raises(libsam.UnknownNameError):
        optimizer.rh0 = 1
    with optimizer:
        pass
    assert "closed" in repr(optimizer)


def test_a_state_resumes_bit_for_bit(tmp_path):
    def trained(optimizer, params, places):
        for place in places:
            params, _ = optimizer.step(value_and_grad, params, *batch(place))
        return params
    options = {"lr": 0.01, "average": "ema"}
    one = libsam.jax.Optimizer(network(), "vasso", "adamw", **options)
    half = trained(one, network(), range(3))
    one.save(tmp_path / "state"), np.savez(tmp_path / "params.npz", *jax.tree.leaves(half))
    end = trained(one, half, range(3, 6))
    stored = np.load(tmp_path / "params.npz")
    again = jax.tree.unflatten(jax.tree.structure(half), [stored[name] for name in stored.files])
    two = libsam.jax.Optimizer(again, "vasso", "adamw")
    two.load(tmp_path / "state")
    assert bits(trained(two, again, range(3, 6))) == bits(end) and repr(two.metrics) == repr(one.metrics)
    assert bits(two.averaged()) == bits(one.averaged()) != bits(end)


def test_failures_leave_the_iterate():
    log = Log()
    optimizer = libsam.jax.Optimizer(network(), "sam", "adam", lr=0.1)
    params, _ = optimizer.step(value_and_grad, network(), *batch())
    log.add(params)
    state = optimizer.state()
    for broken in (lambda p: 1 / 0, lambda p: (jnp.nan, p), lambda p: ("x", p), lambda p: (0.0, jax.tree.map(lambda leaf: leaf * np.inf, p))):
        calls = []

        def second(p):
            calls.append(1)
            return value_and_grad(p, *batch()) if len(calls) == 1 else broken(p)
        with pytest.raises((ZeroDivisionError, libsam.NonfiniteError, libsam.ArgumentError)):
            optimizer.step(second, params)
        assert len(calls) == 2 and optimizer.params["out"][0] is params["out"][0] and not optimizer.ask and log.unchanged()
        assert [b.tobytes() for b in optimizer._buffers] == bits(params)
        optimizer.restore(state)
    same = libsam.jax.Optimizer(params, "sam", "adam")
    same.restore(state)
    assert bits(optimizer.step(value_and_grad, params, *batch(1))[0]) == bits(same.step(value_and_grad, params, *batch(1))[0])
    optimizer.advance()
    with pytest.raises(libsam.StateError, match="a step is under way"):
        optimizer.step(value_and_grad, params, *batch())
    with pytest.raises(libsam.ArgumentError, match="asks for an auxiliary objective"):
        libsam.jax.Optimizer(params, "split_sam").step(value_and_grad, params, *batch())


def test_losses_alone():
    """Where LOSS_ONLY is asked no gradients are needed."""
    optimizer, params = libsam.jax.Optimizer(network(), "zo_sgd", None), network()
    ask = optimizer.advance()
    while ask:
        assert ask & Ask.LOSS_ONLY
        ask = optimizer.advance(loss(optimizer.params, *batch()))
    assert bits(optimizer.params) != bits(params)


DEVICES = """
import jax, jax.numpy as jnp, libsam.jax
one, two = jax.devices()
mesh = jax.sharding.Mesh([one, two], "x")
spread = jax.sharding.NamedSharding(mesh, jax.sharding.PartitionSpec("x"))
for place in (two, spread):
    params = {"w": jax.device_put(jnp.arange(8.0), place)}
    optimizer = libsam.jax.Optimizer(params, "sam", "sgd", lr=0.25)
    seen = []
    def value_and_grad(p):
        seen.append(p["w"].sharding)
        return jax.value_and_grad(lambda p: (p["w"] ** 2).sum() / 2)(p)
    new, _ = optimizer.step(value_and_grad, params)
    assert [s == params["w"].sharding for s in seen] == [True, True] and new["w"].sharding == params["w"].sharding
    print(new["w"].tolist())
    optimizer.params = moved = {"w": jax.device_put(new["w"], one)}
    assert optimizer.step(jax.value_and_grad(lambda p: p["w"].sum()), moved)[0]["w"].sharding == moved["w"].sharding
free = libsam.jax.Optimizer({"w": jnp.ones(3)})
assert not free.step(jax.value_and_grad(lambda p: p["w"].sum()), {"w": jnp.ones(3)})[0]["w"].committed
"""


def test_devices_and_shardings():
    environment = {"XLA_FLAGS": "--xla_force_host_platform_device_count=2", "PYTHONPATH": str(PACKAGE), "PATH": "/usr/bin:/bin", "JAX_PLATFORMS": "cpu"}
    done = subprocess.run([sys.executable, "-c", DEVICES], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    first, second = done.stdout.splitlines()
    assert first == second and first.startswith("[0.0, ")
