"""Docstrings of public names explain every argument, and their examples print what they say."""

import doctest

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import jaxcnn as jc
from jaxcnn import nn
from jaxcnn.runtime.docstrings import entries, joined, sections, with_arguments

from .public import explained, gaps, modules, publics

# What the docstrings of a module still leave unsaid; every other module is complete.
OPEN: dict[str, int] = {
    "applications": 271,
    "backend": 467,
    "callbacks": 37,
    "compat": 3,
    "datasets.boston_housing": 2,
    "datasets.cifar10": 1,
    "datasets.cifar100": 1,
    "datasets.dogs_vs_cats": 2,
    "datasets.fashion_mnist": 1,
    "datasets.fer2013": 1,
    "datasets.frames": 2,
    "datasets.glove": 7,
    "datasets.imdb": 3,
    "datasets.lfw": 1,
    "datasets.mnist": 2,
    "datasets.newsgroups": 2,
    "datasets.orl_faces": 1,
    "datasets.reuters": 12,
    "datasets.signs": 6,
    "datasets.streaming": 5,
    "detection": 115,
    "faces": 41,
    "models": 22,
    "ops": 47,
    "preprocessing.image": 156,
    "preprocessing.normalization": 30,
    "preprocessing.sequence": 9,
    "preprocessing.text": 14,
    "saving": 32,
    "style": 19,
    "training": 46,
    "utils": 12,
    "vision": 53,
    "visualization": 55,
    "wrappers.scikit_learn": 2,
    "runtime.config": 26,
}


@pytest.mark.parametrize("module", modules())
def test_every_argument_is_explained_and_there_is_an_example(module):
    missing = {p.name: gap for p in publics(module) if (gap := gaps(p))}
    assert sum(map(len, missing.values())) <= OPEN.get(module, 0), missing


@pytest.mark.parametrize("module", modules())
def test_the_examples_print_what_they_say(module, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS)
    for public in publics(module):
        if module == "nn" and hasattr(jc.layers, public.name):
            continue  # the example of the layer, which has the same text
        names = {"jc": jc, "np": np, "jax": jax, "jnp": jnp}
        label = f"{module}.{public.name}"
        test = doctest.DocTestParser().get_doctest(public.doc, names, label, None, None)
        report: list[str] = []
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
