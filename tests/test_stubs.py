"""What editors and type checkers see of layers, models, losses and applications."""

import importlib.util
import inspect
import os
import subprocess
import sys
from pathlib import Path

import pytest

from jaxcnn import layers

ROOT = Path(__file__).resolve().parents[1]
RIGHT = """
import numpy as np

import jaxcnn as jc
from jaxcnn.callbacks import EarlyStopping, History, ModelCheckpoint
from jaxcnn.layers import (
    LSTM, BatchNormalization, Bidirectional, Conv2D, Dense, Dropout, Embedding, Flatten, Input,
    MaxPool2D, MaxPooling2D, TimeDistributed, concatenate,
)
from jaxcnn.models import Model, Sequential, load_model
from jaxcnn.optimizers import SGD, Adam
from jaxcnn.utils import to_categorical

model = Sequential([
    Conv2D(32, (3, 3), activation="relu", input_shape=(28, 28, 1)), BatchNormalization(),
    MaxPooling2D((2, 2)), MaxPool2D(), Flatten(), Dropout(0.5), Dense(10, activation="softmax"),
])
model.compile(optimizer=Adam(lr=1e-3), loss="categorical_crossentropy", metrics=["accuracy"])
x = np.zeros((8, 28, 28, 1), np.float32)
y = to_categorical(np.arange(8), 10)
history: History = model.fit(
    x, y, batch_size=4, callbacks=[EarlyStopping(patience=2), ModelCheckpoint("a.h5")]
)
inputs = Input(shape=(10,))
both = concatenate([Dense(4)(inputs), Dense(3)(inputs)])
functional = Model(inputs=inputs, outputs=both)
functional.compile(SGD(0.1), "mse")
functional.summary()
text = Sequential([Embedding(100, 8, input_length=5), Bidirectional(LSTM(4)), Dense(1)])
films = Sequential([TimeDistributed(Dense(2), input_shape=(3, 4))])
loaded: Model = load_model("a.h5")
loaded.predict(x)
"""
WRONG = """
from jaxcnn.callbacks import EarlyStopping
from jaxcnn.layers import Conv2D, Conv3DD, Dense
from jaxcnn.models import Model

Dense()
Dense(4, activatoin="relu")
Conv2D("32", 3)
Conv2D(32, 3, strides="two", use_bias="no", groups=1.5)
EarlyStopping(patience="long")

def train(model: Model) -> None:
    model.fit(epoch=3)
    model.evaluatee()
    model.compile()
"""


def test_the_stub_is_what_the_package_has():
    spec = importlib.util.spec_from_file_location("stubs", ROOT / ".ci" / "stubs.py")
    stubs = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(stubs)
    for path, text in stubs.texts().items():
        assert path.read_text(encoding="utf-8") == text, "run python .ci/stubs.py"


def test_every_exported_name_exists():
    assert all(hasattr(layers, name) for name in layers.__all__)
    assert len(set(layers.__all__)) == len(layers.__all__)
    assert "filters" in inspect.signature(layers.Conv2D).parameters


def checked(program, folder):
    (folder / "program.py").write_text(program)
    command = ["--strict", "--follow-imports=silent", f"--cache-dir={folder / 'cache'}"]
    return subprocess.run(
        [sys.executable, "-m", "mypy", *command, "program.py"],
        cwd=folder,
        env={**os.environ, "MYPYPATH": str(ROOT)},
        capture_output=True,
        text=True,
    ).stdout


@pytest.mark.slow
def test_a_strict_checker_accepts_what_is_right_and_finds_what_is_wrong(tmp_path):
    assert "Success" in checked(RIGHT, tmp_path)
    errors = checked(WRONG, tmp_path)
    lines = {int(line.split(":")[1]) for line in errors.splitlines() if ": error:" in line}
    assert lines >= {3, 6, 7, 8, 9, 10, 13, 14, 15}
