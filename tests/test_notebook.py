"""A notebook that is executed: what its cells show, and how much of it is kept."""

import json
import os
import sys
from pathlib import Path

import pytest

nbformat = pytest.importorskip("nbformat", reason='needs nbclient: pip install ".[test]"')
nbclient = pytest.importorskip("nbclient", reason='needs nbclient: pip install ".[test]"')
pytest.importorskip("ipykernel", reason='needs ipykernel: pip install ".[test]"')

ROOT = Path(__file__).resolve().parents[1]
CELLS = {
    "build": """
import numpy as np
import jaxcnn as jc
from jaxcnn.layers import Conv2D, Dense, Flatten
x = np.random.default_rng(0).random((600, 8, 8, 1)).astype("float32")
y = (x.mean((1, 2, 3)) > 0.5).astype("float32")
layers = [Conv2D(4, 3, input_shape=(8, 8, 1)), Flatten(), Dense(1, activation="sigmoid")]
model = jc.Sequential(layers)
model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
model
""",
    "optimizer": "jc.optimizers.SGD(0.1, momentum=0.9)",
    "fit": """
import time
class Slow(jc.callbacks.Callback):
    def on_batch_end(self, batch, logs=None):
        time.sleep(0.02)
history = model.fit(x, y, epochs=1, batch_size=6, callbacks=[Slow()])
""",
    "history": "history",
    "curves": "jc.visualization.plot_history(history)",
    "filters": "jc.visualization.plot_filters(model.layers[0])",
    "graph": "jc.utils.plot_model(model, None, show_shapes=True)",
    "live": """
model.fit(x, y, epochs=4, verbose=0, callbacks=[jc.callbacks.TrainingCurves(None)]);
""",
    "interrupted": """
import os, signal
class Stop(jc.callbacks.Callback):
    def on_batch_end(self, batch, logs=None):
        if batch == 2:
            os.kill(os.getpid(), signal.SIGINT)
before = model.get_weights()[0]
try:
    model.fit(x, y, epochs=3, verbose=0, callbacks=[Stop()])
except KeyboardInterrupt:
    print("changed:", bool((model.get_weights()[0] != before).any()))
""",
}


@pytest.fixture(scope="module")
def outputs(tmp_path_factory):
    """The name of a cell -> its outputs, after the notebook was executed and written."""
    folder = tmp_path_factory.mktemp("notebook")
    book = nbformat.v4.new_notebook()
    book.cells = [nbformat.v4.new_code_cell(source.strip()) for source in CELLS.values()]
    spec = {"argv": [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]}
    kernels = folder / "kernels" / "this"
    kernels.mkdir(parents=True)
    (kernels / "kernel.json").write_text(
        json.dumps({**spec, "display_name": "this", "language": "python"})
    )
    client = nbclient.NotebookClient(
        book, timeout=300, kernel_name="this", resources={"metadata": {"path": str(folder)}}
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]))
        patch.setenv("JUPYTER_PATH", str(folder))
        client.execute()
    return dict(zip(CELLS, (cell.outputs for cell in book.cells), strict=True))


def data_of(outputs):
    return [output.data for output in outputs if "data" in output]


def test_models_histories_and_optimizers_are_html(outputs):
    (model,) = data_of(outputs["build"])
    assert "Total params" in model["text/html"]
    (history,) = data_of(outputs["history"])
    assert "<th>loss</th>" in history["text/html"]
    (optimizer,) = data_of(outputs["optimizer"])
    assert "<th>momentum</th><td>0.9</td>" in optimizer["text/html"]


@pytest.mark.parametrize("cell", ["curves", "filters", "graph"])
def test_plots_are_shown(outputs, cell):
    (drawing,) = data_of(outputs[cell])
    assert len(drawing["image/png"]) > 1000


def test_a_bar_does_not_flood_the_output(outputs):
    texts = [output.text for output in outputs["fit"] if output.output_type == "stream"]
    kept = "".join(texts)
    assert "600/600 [====" in kept and "\b" not in kept
    assert 2 < kept.count("\r") < 20  # a hundred batches in two seconds or more


def test_curves_grow_in_one_output(outputs):
    (drawing,) = data_of(outputs["live"])
    assert len(drawing["image/png"]) > 1000


def test_an_interruption_keeps_the_weights_and_says_so(outputs):
    printed = "".join(output.text for output in outputs["interrupted"])
    assert "Interrupted in epoch 1 after 3 of its steps: the model has the weights" in printed
    assert "changed: True" in printed
