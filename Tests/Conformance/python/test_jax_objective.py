"""libsam.jax.objective: what measures find is what jax's own derivatives say, and nothing that the caller has changes."""
import functools

import jax
import jax.numpy as jnp
import libsam
import libsam.jax
import numpy as np
import pytest
from jax.flatten_util import ravel_pytree
from jax_host import batch, bits, entropy, loss, model, network, value_and_grad

BATCHES = [batch(place, size) for place, size in ((0, 16), (2, 20))]
WHOLE = tuple(jnp.concatenate(parts) for parts in zip(*BATCHES))


@functools.cache
def dense():
    vector, back = ravel_pytree(network())
    return jax.jit(jax.hessian(lambda v: loss(back(v), *WHOLE)))(vector)


def gauss_newton():
    vector, back = ravel_pytree(network())
    x, y = WHOLE
    jacobian = jax.jit(jax.jacobian(lambda v: model(back(v), x)))(vector)
    p = jax.nn.softmax(model(network(), x))
    middle = (jax.vmap(jnp.diag)(p) - p[:, :, None] * p[:, None, :]) / len(y)
    return jnp.einsum("eai,eab,ebj->ij", jacobian, middle, jacobian)


@pytest.fixture(scope="module", params=["plain, batches", "model"])
def sharpness(request):
    data = BATCHES if "batches" in request.param else WHOLE
    given = {"model": model} if "model" in request.param else {}
    return libsam.jax.objective(entropy if given else loss, network(), data, **given)


def test_curvature(sharpness):
    values = np.linalg.eigvalsh(dense())
    found = sharpness.measure("lambda_max", tolerance=1e-9)
    assert found.value == pytest.approx(values[-1], rel=1e-7) and found.products > 0 and found.hessian_source == 0
    assert sharpness.measure("lambda_min", tolerance=1e-9).value == pytest.approx(values[0], rel=1e-6)
    assert sharpness.measure("trace", method="exact").value == pytest.approx(values.sum(), rel=1e-9)
    assert sharpness.measure("gradient_norm").value == pytest.approx(float(jnp.linalg.norm(ravel_pytree(value_and_grad(network(), *WHOLE)[1])[0])), rel=1e-9)


def test_a_product_is_the_hessians(sharpness):
    query = libsam.Query(libsam.Ask.EVALUATE, 0, -1, -1)
    data = WHOLE if not sharpness.batches else BATCHES[0]
    along = {name: np.asarray(leaf) for name, leaf in zip(sharpness.parameters, jax.tree.leaves(network(seed=5)))}
    vector, back = ravel_pytree(network())
    wanted = jax.jit(jax.hessian(lambda v: loss(back(v), *data)))(vector) @ np.concatenate([v.ravel() for v in along.values()])
    found = np.concatenate([v.ravel() for v in sharpness.hessian_product(query, along).values()])
    np.testing.assert_allclose(found, wanted, rtol=1e-9, atol=1e-12)


def test_gauss_newton_classes_and_logits():
    sharpness = libsam.jax.objective(entropy, network(), BATCHES, model=model)
    values = np.linalg.eigvalsh(gauss_newton())
    assert sharpness.measure("lambda_max", operator="gauss_newton", tolerance=1e-9).value == pytest.approx(values[-1], rel=1e-7)
    x, y = WHOLE
    assert (sharpness.classes, sharpness.outputs, sharpness.examples) == (3, 3, 36)
    ours = sharpness.measure("gradient_norm", loss="cross_entropy").value
    assert ours == pytest.approx(sharpness.measure("gradient_norm").value, rel=1e-9)
    of = np.flatnonzero(np.asarray(y) == 1)
    one = jnp.linalg.norm(ravel_pytree(value_and_grad(network(), x[of], y[of])[1])[0])
    assert sharpness.measure("gradient_norm", class_index=1).value == pytest.approx(float(one), rel=1e-9)
    logits, labels = sharpness.logits(libsam.Query(libsam.Ask.EVALUATE, 1, -1, -1))
    np.testing.assert_allclose(logits, model(network(), BATCHES[1][0]), rtol=1e-12)
    assert labels.tolist() == BATCHES[1][1].tolist()


def test_single_examples(sharpness):
    x, y = WHOLE
    slopes = jax.jit(jax.vmap(lambda one, label: ravel_pytree(jax.grad(loss)(network(), one[None], label[None]))[0]))(x, y)
    query = libsam.Query(libsam.Ask.LOSS_ONLY, 0, -1, -1)
    losses = sharpness.example_losses(query)
    wanted = jax.jit(jax.vmap(lambda one, label: loss(network(), one[None], label[None])))(x, y)
    np.testing.assert_allclose(losses, wanted[:len(losses)], rtol=1e-12)
    found = sharpness.measure("fisher_trace", )
    assert found.value == pytest.approx(float((slopes ** 2).sum(1).mean()), rel=1e-6)


def test_nothing_changes_and_params_can_be_set():
    start = network()
    sharpness = libsam.jax.objective(loss, start, WHOLE)
    first = sharpness.measure("worst_case", rho=0.1)
    seen = sharpness.params
    assert bits(start) == bits(network()) == bits(seen)
    sharpness.params = network(seed=1)
    other = sharpness.measure("worst_case", rho=0.1)
    assert other.value != first.value and bits(seen) == bits(network()) and bits(sharpness.params) == bits(network(seed=1))
    sharpness.params = start
    assert sharpness.measure("worst_case", rho=0.1).value == first.value
    with pytest.raises(libsam.ArgumentError, match="the params have the structure"):
        sharpness.params = {"x": jnp.ones(1)}


def test_names_roles_and_refusals():
    sharpness = libsam.jax.objective(loss, network(), WHOLE)
    assert list(sharpness.parameters) == libsam.jax.Optimizer(network()).names
    assert sharpness.roles["norm/scale"] is libsam.Role.NORM
    with pytest.raises(libsam.ArgumentError, match="a tuple of arrays, or a list of such tuples"):
        libsam.jax.objective(loss, network(), [batch()[0]])
    with pytest.raises(libsam.ArgumentError, match=r"each batch must be \(inputs, targets\)"):
        libsam.jax.objective(entropy, network(), [(*batch(), 1)], model=model)
    with pytest.raises(libsam.ArgumentError, match="one first axis"):
        libsam.jax.objective(loss, network(), (batch()[0], batch(size=8)[1]))
    with pytest.raises(libsam.UnsupportedError):
        sharpness.measure("margin")
