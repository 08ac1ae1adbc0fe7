"""Compiled functions of trees, of which JAX sees the leaves."""

import jax
import jax.numpy as jnp
import pytest

from jaxcnn.runtime import leaf_jit
from jaxcnn.runtime.leaf_jit import UNSETTLED, LeafJit


def swapped(state, batch, scale=1.0):
    return {"new": state["old"] * scale + batch[0], "none": None}, [batch[1]]


def test_trees_go_in_and_come_out():
    run = LeafJit(swapped)
    state, (second,) = run({"old": jnp.ones(3)}, (jnp.arange(3), jnp.zeros(2)))
    assert state["none"] is None and state["new"].tolist() == [1, 2, 3] and second.shape == (2,)
    scaled, _ = run({"old": jnp.ones(3)}, (jnp.arange(3), jnp.zeros(2)), 4)
    assert scaled["new"].tolist() == [4, 5, 6]


def test_other_structures_and_shapes_are_other_programs():
    run = LeafJit(swapped)
    for size in (2, 3, 2, 3):
        run({"old": jnp.ones(size)}, (jnp.ones(size), jnp.ones(1)))
    assert run.compiled_count == 2
    run({"old": jnp.ones(2)}, [jnp.ones(2), jnp.ones(1)])
    assert run.compiled_count == 3


def test_a_structure_that_depends_on_shapes_is_refused():
    run = LeafJit(lambda x: {"short": x, "sum": x.sum()} if len(x) < 3 else {"long": x, "sum": x})
    assert set(run(jnp.ones(2))) == {"short", "sum"}
    with pytest.raises(TypeError, match="one structure for all shapes"):
        run(jnp.ones(3))


def test_a_traced_program_is_not_traced_again():
    traces = []
    run = LeafJit(lambda tree: traces.append(1) or tree)
    assert len(run.trace({"a": jnp.ones(2)}).jaxpr.jaxpr.invars) == 1
    assert "tensor<2xf32>" in run.lower({"a": jnp.ones(2)}).as_text()
    assert run({"a": jnp.ones(2)})["a"].tolist() == [1, 1] and traces == [1]


def test_the_memory_of_the_first_argument_is_used_again():
    first, second = {"a": jnp.ones(4)}, {"a": jnp.ones(4)}
    LeafJit(lambda a, b: jax.tree.map(jnp.add, a, b), donate=True)(first, second)
    assert first["a"].is_deleted() and not second["a"].is_deleted()


def test_it_is_called_within_another_program():
    double = LeafJit(lambda tree: {"twice": tree["once"] * 2})
    assert jax.jit(lambda x: double({"once": x})["twice"])(3.0) == 6.0
    assert jax.grad(lambda x: double({"once": x})["twice"])(3.0) == 2.0


def test_options_reach_the_compiler():
    with pytest.raises(Exception, match="no_such_option"):
        LeafJit(lambda x: x, options={"no_such_option": 1})(jnp.ones(1))


@pytest.mark.parametrize("names", [("a", "b"), ("one", "two")])
def test_names_are_not_in_the_program(names):
    run = LeafJit(lambda tree: {name + "_new": array + 1 for name, array in tree.items()})
    text = run.lower(dict.fromkeys(names, jnp.ones(2))).as_text()
    assert not any(f'"{name}' in text or f"['{name}" in text for name in names)


@pytest.mark.parametrize("long, times", [(-1.0, UNSETTLED), (1e9, 0)], ids=["long", "short"])
def test_the_first_calls_after_a_long_compilation_give_memory_back(monkeypatch, long, times):
    given = []
    monkeypatch.setattr(leaf_jit, "LONG_COMPILATION", long)
    monkeypatch.setattr(leaf_jit, "give_back", lambda: given.append(len(results)))
    double, results = LeafJit(lambda tree: {"a": 2 * tree["a"]}), []
    for _ in range(4):
        results.append(float(double({"a": jnp.ones(())})["a"]))
    assert given == list(range(times)) and results == [2.0] * 4
    double({"a": jnp.ones(3)})  # compiled anew
    assert len(given) == times + (times > 0)
