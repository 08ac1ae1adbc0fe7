"""The TensorBoard callback, its files read back by the `tensorboard` package."""

import io
import json
import warnings
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from jaxcnn import callbacks as cb
from jaxcnn.layers import Add, Conv2D, Dense, Flatten, Input
from jaxcnn.models import Model, Sequential
from jaxcnn.reporting.model_views import layer_graph, named_weights, weight_image
from jaxcnn.spellings.dialect import speaking

accumulator = pytest.importorskip(
    "tensorboard.backend.event_processing.event_accumulator",
    reason="needs `pip install tensorboard`",
)


def read(folder, **sizes):
    """All that TensorBoard finds in a folder of event files."""
    limits = {"scalars": 0, "images": 0, "histograms": 0, "tensors": 0, **sizes}
    found = accumulator.EventAccumulator(str(folder), limits)
    found.Reload()
    return found


WEIGHTS = ["hidden/kernel", "hidden/bias", "out/kernel", "out/bias"]


def small_model():
    return Sequential(
        [Dense(4, activation="relu", input_shape=(3,), name="hidden"), Dense(2, name="out")],
        name="small",
    )


def run(
    callback,
    model,
    epoch_logs,
    validation_data=None,
    metrics=("loss", "val_loss"),
    state=None,
    first=0,
):
    params = {"epochs": 9, "samples": 6, "verbose": 0, "metrics": metrics, "do_validation": True}
    listing = cb.CallbackList([callback], model, params, validation_data)
    listing.on_train_begin()
    if state:
        listing.set_state(json.loads(json.dumps(state)))
    for epoch, logs in enumerate(epoch_logs, first):
        listing.on_epoch_begin(epoch)
        if listing.needs_batches:
            for batch in range(2):
                listing.on_batch_end(
                    batch, {"batch": batch, "size": 3, "loss": 10.0 * epoch + batch}
                )
        listing.on_epoch_end(epoch, dict(logs))
    state = listing.get_state()
    listing.on_train_end()
    return state


def test_curves(tmp_path):
    logs = [{"loss": 1.0, "val_loss": 0.5}, {"loss": 0.25, "val_loss": 0.125}]
    run(cb.TensorBoard(tmp_path, write_graph=False), small_model(), logs)
    found = read(tmp_path)
    assert found.Tags()["scalars"] == ["loss", "val_loss"] and not found.Tags()["graph"]
    assert [(e.step, e.value) for e in found.Scalars("val_loss")] == [(0, 0.5), (1, 0.125)]


def test_the_call_of_the_quick_start_book(tmp_path):
    """With histogram_freq=0, write_graph=True, write_images=True."""
    model = small_model()
    run(cb.TensorBoard(str(tmp_path / "Graph"), 0, True, True), model, [{"loss": 1.0}] * 3)
    found = read(tmp_path / "Graph")
    assert found.Tags()["graph"] and not found.Tags()["histograms"]
    assert found.Tags()["images"] == [f"{name}/image" for name in WEIGHTS]
    (picture,) = found.Images("hidden/kernel/image")
    assert (picture.step, picture.height, picture.width) == (2, 3, 4)
    assert Image.open(io.BytesIO(picture.encoded_image_string)).size == (4, 3)
    assert [node.name for node in found.Graph().node][1:] == ["hidden", "out"]


def test_histograms_of_weights_and_outputs(tmp_path):
    model = small_model()
    data = [
        np.random.default_rng(0).normal(size=(200, 3)).astype(np.float32),
        np.zeros((200, 2)),
        np.ones(200),
    ]
    callback = cb.TensorBoard(tmp_path, histogram_freq=2, write_images=True)
    run(callback, model, [{"loss": 1.0}] * 3, validation_data=data)
    found = read(tmp_path)
    assert set(found.Tags()["histograms"]) == {*WEIGHTS, "hidden_out", "out_out"}
    assert [event.step for event in found.Histograms("hidden_out")] == [0, 2]
    assert [event.step for event in found.Images("out/kernel/image")] == [0, 2]
    outputs = np.asarray(model.module.apply(model.variables, data[0][:128]))
    histogram = found.Histograms("out_out")[0].histogram_value
    assert histogram.num == outputs.size
    np.testing.assert_allclose(
        (histogram.min, histogram.max), (outputs.min(), outputs.max()), rtol=1e-5
    )
    weights = model.layers[0].get_weights()[0]
    np.testing.assert_allclose(
        found.Histograms("hidden/kernel")[0].histogram_value.sum, weights.sum(), rtol=1e-5
    )


def test_each_dashboard_finds_its_data(tmp_path):
    """TensorBoard's present reader gives a tag to the plugin that it was first seen with."""
    from tensorboard.backend.event_processing.plugin_event_accumulator import EventAccumulator

    data = [np.ones((4, 3), np.float32)]
    run(
        cb.TensorBoard(tmp_path, 1, True, True),
        small_model(),
        [{"loss": 1.0}] * 2,
        validation_data=data,
    )
    found = EventAccumulator(str(tmp_path))
    found.Reload()
    assert set(found.PluginTagToContent("scalars")) == {"loss"}
    assert set(found.PluginTagToContent("histograms")) == {*WEIGHTS, "hidden_out", "out_out"}
    assert set(found.PluginTagToContent("images")) == {f"{name}/image" for name in WEIGHTS}
    assert set(found.PluginTagToContent("graphs")) == {"__run_graph__"}


def test_histograms_without_validation_arrays_warn_and_show_the_weights(tmp_path):
    with pytest.warns(RuntimeWarning, match="need validation_data given as arrays") as caught:
        run(cb.TensorBoard(tmp_path, histogram_freq=1), small_model(), [{"loss": 1.0}] * 2)
    assert len(caught) == 1 and "hidden/kernel" in read(tmp_path).Tags()["histograms"]


def test_a_program_for_keras_2_2_needs_validation_arrays_for_histograms(tmp_path):
    with speaking("2.2"), pytest.raises(ValueError, match="validation_data must be provided"):
        run(cb.TensorBoard(tmp_path, histogram_freq=1), small_model(), [{"loss": 1.0}])


def test_histograms_of_derivatives(tmp_path):
    model = Sequential([Dense(2, input_shape=(3,), name="out")])
    model.compile("sgd", "sparse_categorical_crossentropy")
    data = (np.ones((4, 3), np.float32), np.zeros((4, 1)))
    callback = cb.TensorBoard(tmp_path, histogram_freq=1, write_grads=True)
    model.fit(*data, callbacks=[callback], validation_data=data, epochs=1, verbose=0)
    grads = {tag for tag in read(tmp_path).Tags()["histograms"] if tag.endswith("_grad")}
    assert grads == {"out/kernel_0_grad", "out/bias_0_grad"}


def test_graph_of_shared_and_nested_layers():
    inner = Sequential([Dense(4, input_shape=(3,), name="a"), Dense(4, name="b")], name="inner")
    left, right = Input((3,), name="left"), Input((3,), name="right")
    total = Add(name="add")([inner(left), inner(right)])
    nodes = {
        node.name: node for node in layer_graph(Model([left, right], Dense(1, name="out")(total)))
    }
    assert {name: list(node.inputs) for name, node in nodes.items()} == {
        "left": [],
        "right": [],
        "inner/a": ["left"],
        "inner/b": ["inner/a"],
        "inner_2/a": ["right"],
        "inner_2/b": ["inner_2/a"],
        "add": ["inner/b", "inner_2/b"],
        "out": ["add"],
    }
    assert nodes["add"].op == "Add" and nodes["out"].output_shapes == [(None, 1)]


def test_names_of_nested_weights():
    inner = Sequential([Dense(4, input_shape=(3,), name="a"), Dense(4, name="b")], name="inner")
    outer = Sequential([inner, Dense(1, name="c")])
    named = dict(named_weights(outer))
    assert list(named) == [
        "inner/a/kernel",
        "inner/a/bias",
        "inner/b/kernel",
        "inner/b/bias",
        "c/kernel",
        "c/bias",
    ]
    np.testing.assert_array_equal(named["inner/b/kernel"], inner.layers[1].get_weights()[0])


def test_images_of_weights_of_every_rank():
    assert weight_image(np.arange(5.0)).shape == (1, 5)
    assert weight_image(np.array(3.0)).shape == (1, 1)
    assert weight_image(np.zeros((3, 7))).shape == weight_image(np.zeros((7, 3))).shape == (3, 7)
    assert weight_image(np.zeros((5000, 2000))).shape == (1024, 1024)
    kernels = np.arange(2 * 3 * 4 * 5.0).reshape(2, 3, 4, 5)  # (height, width, input, output)
    tiles = weight_image(kernels)
    assert tiles.shape == (4 * 3, 5 * 4)
    for channel in range(4):
        for number in range(5):
            tile = tiles[3 * channel : 3 * channel + 2, 4 * number : 4 * number + 3]
            np.testing.assert_array_equal(tile, kernels[:, :, channel, number])
    assert weight_image(np.zeros((3, 4, 5))).shape == (4 * 4, 5 * 2)
    assert weight_image(np.zeros((2, 3, 3, 4, 5))).shape == (4 * 7, 5 * 4)
    assert weight_image(np.zeros((3, 3, 512, 512))).shape == (64 * 4, 64 * 4)


def test_weights_of_convolutions_have_their_names():
    model = Sequential(
        [Conv2D(2, 3, input_shape=(8, 8, 1), name="conv"), Flatten(), Dense(1, name="out")]
    )
    assert [name for name, _ in named_weights(model)] == [
        "conv/kernel",
        "conv/bias",
        "out/kernel",
        "out/bias",
    ]


class Embedding:
    """Stands for the layer of this name."""

    def __init__(self, name, size):
        self.name, self.table = (
            name,
            np.random.default_rng(size).normal(size=(size, 2)).astype(np.float32),
        )

    def get_weights(self):
        return [self.table]


@pytest.mark.parametrize("metadata", ["words.tsv", {"words": "words.tsv"}])
def test_embeddings(metadata, tmp_path):
    text_format = pytest.importorskip("google.protobuf.text_format")
    from tensorboard.plugins.projector.projector_config_pb2 import ProjectorConfig
    from tensorboard.plugins.projector.projector_plugin import _read_tensor_tsv_file

    words = Embedding("words", 6)
    model = SimpleNamespace(layers=[words, SimpleNamespace(name="dense")])
    run(
        cb.TensorBoard(
            tmp_path, write_graph=False, embeddings_freq=1, embeddings_metadata=metadata
        ),
        model,
        [{}],
    )
    config = text_format.Parse((tmp_path / "projector_config.pbtxt").read_text(), ProjectorConfig())
    (entry,) = config.embeddings
    assert (entry.tensor_name, entry.tensor_path, entry.metadata_path) == (
        "words",
        "words.tsv",
        "words.tsv",
    )
    np.testing.assert_allclose(
        _read_tensor_tsv_file(str(tmp_path / "words.tsv")), words.table, rtol=1e-5
    )


def test_embeddings_of_named_layers_every_second_epoch(tmp_path):
    first, second = Embedding("first", 3), Embedding("second", 4)
    model = SimpleNamespace(layers=[first, second])
    callback = cb.TensorBoard(tmp_path, 0, False, False, 2, ["second"])

    run(callback, model, [{}] * 3)
    assert (
        not (tmp_path / "first.tsv").exists()
        and len((tmp_path / "second.tsv").read_text().splitlines()) == 4
    )
    assert "metadata" not in (tmp_path / "projector_config.pbtxt").read_text()
    with pytest.raises(ValueError, match=r"no layer is called 'third'\. The layers: first, second"):
        run(cb.TensorBoard(tmp_path, 0, False, False, 2, ["third"]), model, [{}])


@pytest.mark.parametrize(
    ("update_freq", "points"),
    [
        ("batch", [(3, 0), (6, 1), (9, 10), (12, 11)]),
        (4, [(6, 1), (12, 11)]),
        (6, [(6, 1), (12, 11)]),
    ],
)
def test_points_of_batches(update_freq, points, tmp_path):
    callback = cb.TensorBoard(tmp_path, write_graph=False, update_freq=update_freq)
    assert cb.overrides_batch_hooks(callback)
    run(callback, small_model(), [{"loss": 1.0}, {"loss": 2.0}])
    found = read(tmp_path)
    assert found.Tags()["scalars"] == ["batch_loss", "loss"]
    assert [(e.step, e.value) for e in found.Scalars("batch_loss")] == points
    assert [(e.step, e.value) for e in found.Scalars("loss")] == [(0, 1.0), (1, 2.0)]


def test_epochs_need_no_batch_calls():
    assert not cb.overrides_batch_hooks(cb.TensorBoard())


@pytest.mark.parametrize("update_freq", ["step", 0, -1, 1.5, None])
def test_update_freq_is_checked(update_freq):
    with pytest.raises(ValueError, match="'epoch', 'batch' or a number of samples"):
        cb.TensorBoard(update_freq=update_freq)


def test_resuming_replaces_the_epochs_after_the_saved_state(tmp_path):
    model = small_model()
    state = run(cb.TensorBoard(tmp_path, write_graph=False), model, [{"loss": 0.0}, {"loss": 1.0}])
    run(
        cb.TensorBoard(tmp_path, write_graph=False), model, [{"loss": 9.0}], first=2
    )  # lost by the interruption
    run(cb.TensorBoard(tmp_path, write_graph=False), model, [{"loss": 2.0}], state=state, first=2)
    assert [(e.step, e.value) for e in read(tmp_path).Scalars("loss")] == [
        (0, 0.0),
        (1, 1.0),
        (2, 2.0),
    ]


def test_resuming_counts_the_samples_on(tmp_path):
    model = small_model()
    state = run(cb.TensorBoard(tmp_path, write_graph=False, update_freq=4), model, [{"loss": 0.0}])
    run(
        cb.TensorBoard(tmp_path, write_graph=False, update_freq=4),
        model,
        [{"loss": 1.0}],
        state=state,
        first=1,
    )
    assert [e.step for e in read(tmp_path).Scalars("batch_loss")] == [6, 12]


def test_points_can_be_read_while_training_goes_on(tmp_path):
    callback = cb.TensorBoard(tmp_path, write_graph=False)
    callback.set_model(small_model())
    callback.on_train_begin()
    callback.on_epoch_end(0, {"loss": 1.0})
    assert len(read(tmp_path).Scalars("loss")) == 1
    callback.on_train_end()


def test_a_folder_that_cannot_be_made_fails_before_training(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match="file"):
        run(cb.TensorBoard(tmp_path / "file" / "logs"), small_model(), [{}])


def test_nothing_warns_by_default(tmp_path):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        run(cb.TensorBoard(tmp_path), small_model(), [{"loss": 1.0}])
