"""Docstrings of public names explain every argument, and their examples print what they say."""

import doctest

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import jaxcnn as jc
from jaxcnn import nn
from jaxcnn.runtime.docstrings import entries, joined, sections, with_arguments

from .other_keras import set_aside
from .public import arguments, explained, gaps, methods, modules, publics


@pytest.mark.parametrize("module", modules())
def test_every_argument_is_explained_and_there_is_an_example(module):
    missing = {p.name: gap for p in publics(module) if (gap := gaps(p))}
    assert missing == {}


@pytest.mark.parametrize("method", list(methods()), ids=lambda m: f"{m.module}.{m.name}")
def test_every_argument_of_a_method_is_explained(method):
    assert [name for name in arguments(method.item) if name not in explained(method.doc)] == []


# Their examples need data, weights, a camera or packages, which not every machine has; tests of
# their own run them.
NEEDING_MORE = {
    "MLflowLogger",
    "WandbLogger",
    "folders",
    "get_word_index",
    "load_data",
    "read_camera",
    "read_openface",
}


@pytest.fixture
def names():
    """What the examples know: the usual modules, and a small model with data for it."""
    jc.utils.set_random_seed(0)
    model = jc.Sequential([jc.layers.Dense(1, input_shape=(2,))])
    model.compile("sgd", "mse")
    x, y = np.ones((4, 2), np.float32), np.ones((4, 1), np.float32)
    return {"jc": jc, "np": np, "jax": jax, "jnp": jnp, "model": model, "x": x, "y": y}


@pytest.mark.parametrize("module", modules())
def test_the_examples_print_what_they_say(module, names, tmp_path, monkeypatch):
    runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS)
    for public in publics(module):
        if module == "nn" and hasattr(jc.layers, public.name):
            continue  # the example of the layer, which has the same text
        if public.name in NEEDING_MORE:
            continue
        (tmp_path / public.name).mkdir()
        monkeypatch.chdir(tmp_path / public.name)
        label = f"{module}.{public.name}"
        test = doctest.DocTestParser().get_doctest(public.doc, dict(names), label, None, None)
        report: list[str] = []
        with set_aside():
            runner.run(test, out=report.append)
        assert not report, "".join(report)


def test_shared_arguments_are_explained_in_the_order_of_the_signature():
    doc = nn.Conv2D.__doc__
    assert doc.index("    filters: ") < doc.index("    padding: 'valid'") < doc.index("groups: ")
    assert {"kernel_initializer", "bias_constraint"} <= explained(doc)
    assert "Default: 'glorot_uniform'." in " ".join(doc.split())
    assert "'causal'" in nn.Conv1D.__doc__ and "'causal'" not in doc  # a class has the last word


def test_a_docstring_is_what_its_sections_are():
    doc = (
        "Prose.\n\nArgs:\n    a, b: two\n        lines.\n    c: one.\n\nRaises:\n    ValueError: c."
    )
    assert joined(sections(doc)) == doc
    assert entries(sections(doc)["Args"]) == {"a": "two lines.", "b": "two lines.", "c": "one."}
    assert "d: shared." in with_arguments(doc, ["c", "d"], {"d": "shared.", "c": "never."})
    assert "never" not in with_arguments(doc, ["c", "d"], {"d": "shared.", "c": "never."})
