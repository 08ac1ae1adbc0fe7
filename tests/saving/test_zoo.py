"""Small models and all configurations as several Keras wrote them, by `zoo/make_zoo.py`."""

import json
import zipfile
from pathlib import Path

import numpy as np
import pytest

from jaxcnn import constraints, initializers, losses, metrics, models, optimizers, regularizers
from jaxcnn.layers.base import LAYERS
from jaxcnn.saving.compile_objects import from_keras_objects, from_keras_optimizer
from jaxcnn.saving.dialects.configurations import Reader, era_of

from .conftest import outputs, same

ZOO = sorted((Path(__file__).parent / "zoo").glob("keras-*.zip"))
VERSIONS = [path.stem.removeprefix("keras-") for path in ZOO]
OFTEN = {"2.13.1", "3.6.0", "3.15.1"}
PARAMETERS = [
    pytest.param(path, id=version, marks=[] if version in OFTEN else pytest.mark.slow)
    for path, version in zip(ZOO, VERSIONS, strict=True)
]
# What later versions have and this library has not.
ELSEWHERE = {
    "layers": {"InputLayer"},  # at its defaults without a shape
    "optimizers": {"Adafactor", "Ftrl", "Lamb", "Muon", "ScheduleFreeAdamW"},
    "metrics": {"F1Score"},  # one number for each class
    "initializers": {"Initializer", "STFT", "STFTInitializer"},
    "regularizers": {"OrthogonalRegularizer"},
    "constraints": {"Constraint", "RadialConstraint"},
}


@pytest.fixture(scope="module", params=PARAMETERS)
def zoo(request, tmp_path_factory):
    """The folder with the files of one version."""
    folder = tmp_path_factory.mktemp("zoo")
    with zipfile.ZipFile(request.param) as archive:
        archive.extractall(folder)
    return folder


@pytest.mark.parametrize("name", ["image", "sequence", "nested"])
def test_models_predict_as_they_did(zoo, name):
    arrays = np.load(zoo / f"{name}.npz")
    x, y = ([arrays[k] for k in sorted(arrays) if k.startswith(letter)] for letter in "xy")
    model = models.load_model(zoo / f"{name}.keras")
    same(outputs(model, x if len(x) > 1 else x[0]), y, 2e-6)
    weights = model.get_weights()
    checkpoints = [zoo / f"{name}.checkpoint", zoo / f"{name}.saved"]
    if not (zoo / f"{name}.checkpoint.index").exists():
        checkpoints = []
    for path in [zoo / f"{name}.h5", zoo / f"{name}.weights.h5", *checkpoints]:
        model.set_weights([0 * w for w in weights])
        model.load_weights(path)
        same(model.get_weights(), weights, 0)
    same(models.load_model(zoo / f"{name}.h5").get_weights(), weights, 0)
    if name == "image":
        assert int(model.optimizer.iterations) == 2
        assert isinstance(model.optimizer.lr, optimizers.schedules.ExponentialDecay)
        assert model.program.arguments.loss == losses.CategoricalCrossentropy()


def objects_of(registry):
    """What builds the losses or metrics that a description means."""
    return lambda value: registry.deserialize(from_keras_objects(value, registry))


def knows(registry, name):
    """Whether a registry has something of this name."""
    try:
        return registry.find(name.rsplit(">", 1)[-1])
    except ValueError:
        return False


@pytest.mark.parametrize("version", ZOO, ids=VERSIONS)
def test_configurations_at_their_defaults_are_read(version):
    with zipfile.ZipFile(version) as archive:
        described = json.loads(archive.read("configurations.json"))
    reader = Reader(era_of(version.stem.removeprefix("keras-")), True)
    rooms = {
        "layers": (LAYERS, lambda value: LAYERS.deserialize(reader.layer(value))),
        "losses": (losses.registry, objects_of(losses.registry)),
        "metrics": (metrics.registry, objects_of(metrics.registry)),
        "optimizers": (
            optimizers.registry,
            lambda value: optimizers.deserialize(from_keras_optimizer(value)),
        ),
        "initializers": (initializers.registry, lambda v: initializers.get(reader.value(v))),
        "regularizers": (regularizers.registry, lambda v: regularizers.get(reader.value(v))),
        "constraints": (constraints.registry, lambda v: constraints.get(reader.value(v))),
    }
    read = 0
    for key, value in described.items():
        room = key.split(".")[0]
        if value is None:  # a base class of theirs
            continue
        registry, build = rooms[room]
        if value["class_name"] in ELSEWHERE.get(room, ()):
            continue
        if room in ("layers", "losses", "metrics") and not knows(registry, value["class_name"]):
            continue
        assert build(value) is not None
        read += 1
    assert read > 100
