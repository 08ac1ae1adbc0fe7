"""What `import jaxcnn` brings along: JAX and Flax, and nothing that is large and used later."""

import pickle
import subprocess
import sys

import pytest

from jaxcnn import layers, nn
from jaxcnn.layers import catalogue
from jaxcnn.layers.base import LAYERS

ASKED = ["jaxcnn.nn.convolution", "jaxcnn.nn.pooling", "jaxcnn.nn.recurrent.layers"]
LATER = [
    *ASKED,
    "optax",
    "orbax",
    "h5py",
    "PIL",
    "pandas",
    "matplotlib",
    "scipy.stats",
    "jax.scipy.stats",
]


def test_large_libraries_are_imported_when_they_are_used():
    program = f"import sys, jaxcnn; print([name for name in {LATER} if name in sys.modules])"
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    assert done.stdout == "[]\n"


def test_a_layer_is_made_when_it_is_asked_for_and_known_by_name_before():
    program = (
        "import sys; from jaxcnn import layers; from jaxcnn.layers.base import LAYERS; "
        "known = 'Conv2D' in LAYERS.names(); "
        "config = {'class_name': 'Conv2D', 'config': {'filters': 2, 'kernel_size': 3}}; "
        "layer = LAYERS.deserialize(config); "
        "print(known, type(layer) is layers.Conv2D is layers.Convolution2D, "
        "'jaxcnn.nn.pooling' in sys.modules)"
    )
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    assert done.stdout == "True True False\n"


def test_every_name_is_there():
    for name in layers.__all__:
        assert getattr(layers, name) is getattr(layers, name)
    for name in nn.__all__:
        assert getattr(nn, name) is getattr(nn, name)
    assert set(catalogue.__all__) <= set(layers.__all__)
    assert set(catalogue.HANDLES) <= set(LAYERS.items())
    for short, long in catalogue.SHORT.items():
        assert getattr(layers, short) is getattr(layers, long)
    assert pickle.loads(pickle.dumps(layers.GRU)) is layers.GRU
    with pytest.raises(AttributeError, match="Conv9D"):
        _ = catalogue.Conv9D


def test_it_is_imported_where_python_leaves_out_docstrings():
    program = "import jaxcnn as jc; print(jc.Sequential([jc.layers.Dense(1)]).name)"
    done = subprocess.run([sys.executable, "-OO", "-c", program], capture_output=True, text=True)
    assert done.stdout == "sequential_1\n", done.stderr
