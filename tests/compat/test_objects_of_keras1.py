"""What modules, layers and models of Keras 1 carry, as the real Keras 1.2.2 has it."""

import pickle
import sys

import numpy as np
import pytest
from numpy.testing import assert_allclose

from jaxcnn import compat

pytestmark = pytest.mark.filterwarnings("ignore:.*Keras 1 spelling", "ignore:Calling .* is the")
RNG = np.random.default_rng(0)


@pytest.fixture(autouse=True)
def as_keras1():
    """`import keras` finds jaxcnn as Keras 1.2."""
    other = {
        name: sys.modules.pop(name) for name in list(sys.modules) if name.split(".")[0] == "keras"
    }
    compat.install("1.2")
    yield
    compat.uninstall()
    sys.modules.update(other)


def test_merge_is_called_wherever_it_is_imported_from():
    from keras.applications import xception
    from keras.engine import Input, merge
    from keras.engine.topology import merge as of_topology

    a, b = Input((2,)), Input((2,))
    for function in (merge, of_topology, xception.merge):
        assert function([a, b], mode="concat")._keras_shape == (None, 4)


def test_names_that_files_of_keras_1_import():
    from keras.engine.topology import func_dump, initializations
    from keras.layers.core import get_from_module
    from keras.models import optimizer_from_config, optimizers
    from keras.objectives import get_from_module as of_objectives

    assert initializations.get("one")((2,)).shape == (2,)
    assert get_from_module is of_objectives and callable(func_dump)
    config = {"class_name": "SGD", "config": {"lr": 0.5}}
    assert isinstance(optimizer_from_config(config), optimizers.SGD)


def test_an_embedding_drops_words_in_training():
    """Of 1.2.2 a row that is dropped is so in the whole batch; the others are 1 / (1 - rate)."""
    from keras import backend as K
    from keras.layers import Embedding, Flatten
    from keras.models import Sequential, model_from_json

    model = Sequential([Embedding(50, 4, input_length=6, dropout=0.4, init="one"), Flatten()])
    layer = model.layers[0]
    assert isinstance(layer, Embedding) and layer.__class__.__name__ == "Embedding"
    words = RNG.integers(0, 50, (64, 6))
    output = K.function([layer.input, K.learning_phase()], [layer.output])
    assert_allclose(output([words, 0])[0], 1)
    first, second = output([words, 1])[0], output([words, 1])[0]
    assert set(np.round(np.unique(first), 4)) == {0.0, np.float32(1.6667)}
    assert (first != second).any()
    for word in np.unique(words):
        assert np.unique(first[words == word]).size == 1

    model.compile("sgd", "mse")
    model.train_on_batch(words, np.zeros((64, 24)))
    moved = (layer.get_weights()[0] != 1).all(axis=1)[np.unique(words)]
    assert 0.3 < moved.mean() < 0.9
    again = model_from_json(model.to_json()).layers[0]
    assert again.get_config()["dropout"] == 0.4 and again.uses_learning_phase


@pytest.mark.parametrize("rate", [0.0, 1.0])
def test_an_embedding_that_drops_nothing(rate):
    from keras.layers import Embedding

    layer = Embedding(3, 2, input_length=2, dropout=rate)
    assert layer.get_config()["dropout"] == rate
    assert isinstance(layer, Embedding) and type(layer).from_config(layer.get_config())


@pytest.mark.parametrize("mode", [1, 2])
def test_a_configuration_says_the_mode_of_batch_normalization(mode):
    from keras.layers import BatchNormalization
    from keras.models import Sequential

    model = Sequential([BatchNormalization(mode=mode, input_shape=(3,))])
    config = model.layers[0].get_config()
    again = Sequential([BatchNormalization.from_config(config)])
    x = 10 * RNG.normal(size=(4, 3))
    assert config["mode"] == again.layers[0].get_config()["mode"] == mode
    assert_allclose(again.predict(x), model.predict(x), atol=1e-6)


@pytest.mark.parametrize("name, gates", [("SimpleRNN", 1), ("GRU", 3), ("LSTM", 4)])
def test_recurrent_layers_list_an_array_for_each_gate(name, gates):
    from keras import layers
    from keras.layers.wrappers import Bidirectional
    from keras.models import Sequential

    apart = [(2, 4), (4, 4), (4,)] * gates
    whole = [(2, 4 * gates), (4, 4 * gates), (4 * gates,)]
    x = RNG.normal(size=(2, 3, 2))
    for mode, shapes in [("cpu", apart), ("mem", apart), ("gpu", whole)]:
        layer = getattr(layers, name)(4, input_shape=(3, 2), consume_less=mode)
        model = Sequential([layer])
        assert [w.shape for w in model.get_weights()] == shapes
        before, weights = model.predict(x), [w + 0 for w in layer.get_weights()]
        layer.set_weights([0 * w for w in weights])
        assert_allclose(model.predict(x), 0)
        model.set_weights(weights)
        assert_allclose(model.predict(x), before)
    both = Sequential([Bidirectional(getattr(layers, name)(4), input_shape=(3, 2))])
    assert [w.shape for w in both.get_weights()] == 2 * apart
    both.set_weights([np.ones_like(w) for w in both.get_weights()])
    with pytest.raises(ValueError, match=f"length {6 * gates + 1}"):
        both.layers[0].set_weights([*both.get_weights(), np.ones(4)])


def test_gates_of_an_lstm_stand_in_the_order_of_keras_1():
    """Input gate, candidate, forget gate, whose bias is 1 at the start, and output gate."""
    from keras.layers import LSTM
    from keras.models import Sequential

    layer = LSTM(1, input_shape=(1, 1), inner_activation="sigmoid")
    model = Sequential([layer])
    w = RNG.normal(size=(4, 3))
    layer.set_weights(
        [v.reshape([1] * rank) for row in w for v, rank in zip(row, (2, 2, 1), strict=True)]
    )

    def sigmoid(v):
        return 1 / (1 + np.exp(-v))

    x = 0.7
    i, c, _, o = (x * row[0] + row[2] for row in w)
    expected = sigmoid(o) * np.tanh(sigmoid(i) * np.tanh(c))
    assert_allclose(model.predict(np.full((1, 1, 1), x)), [[expected]], rtol=1e-5)
    fresh = Sequential([LSTM(2, input_shape=(1, 1))]).get_weights()
    assert [w.tolist() for w in fresh[2::3]] == [[0, 0], [0, 0], [1, 1], [0, 0]]


def test_a_recurrent_model_goes_through_files_and_pickles(tmp_path):
    from keras.callbacks import EarlyStopping
    from keras.layers import GRU
    from keras.models import Sequential, load_model

    model = Sequential([GRU(3, input_shape=(4, 2))])
    model.compile("sgd", "mse")
    x, y = RNG.normal(size=(6, 4, 2)), RNG.normal(size=(6, 3))
    stopping = EarlyStopping(restore_best_weights=True)
    model.fit(x, y, nb_epoch=2, verbose=0, validation_data=(x, y), callbacks=[stopping])
    model.save(str(tmp_path / "m.h5"))
    for again in (load_model(str(tmp_path / "m.h5")), pickle.loads(pickle.dumps(model))):
        assert_allclose(again.predict(x), model.predict(x), atol=1e-6)


def test_layers_tell_of_training_and_of_their_input():
    from keras.layers import GRU, Dense, Dropout, Input, TimeDistributed
    from keras.models import Model

    assert Dropout(0.3).uses_learning_phase and TimeDistributed(Dropout(0.3)).uses_learning_phase
    assert GRU(2, dropout_W=0.1).uses_learning_phase
    assert not Dense(2).uses_learning_phase and not GRU(2).uses_learning_phase
    assert Dense(3, input_dim=2).input_dim == 2
    a, b = Input((4,)), Input((4,))
    layer = Dense(3)
    model = Model([a, b], [layer(a), layer(b)])
    assert model.get_output_shape_for([(10, 4), (10, 4)]) == [(10, 3), (10, 3)]


def test_constraints_of_layers_and_models():
    from keras.layers import Dense
    from keras.models import Sequential

    layer = Dense(3, W_constraint="maxnorm", b_constraint="nonneg", input_dim=2)
    model = Sequential([layer, Dense(1)])
    assert [type(c).__name__ for c in model.constraints.values()] == ["MaxNorm", "NonNeg"]
    assert list(layer.constraints) == [layer.W, layer.b]


def test_the_regularizer_of_eigenvalues():
    from keras import backend as K
    from keras.layers import Dense
    from keras.models import Sequential
    from keras.regularizers import EigenvalueRegularizer, get

    matrix = RNG.normal(size=(4, 3)) @ np.diag([5, 1, 0.5])
    penalty = K.eval(EigenvalueRegularizer(0.1)(K.variable(matrix)))
    assert_allclose(penalty, 0.1 * np.linalg.norm(matrix, 2), rtol=1e-4)
    with pytest.raises(ValueError, match="takes matrices; given a weight of shape"):
        EigenvalueRegularizer(0.1)(K.variable(np.ones(3)))
    model = Sequential([Dense(3, W_regularizer=EigenvalueRegularizer(0.1), input_dim=4)])
    model.compile("sgd", "mse")
    model.set_weights([matrix, np.zeros(3)])
    loss = model.evaluate(np.zeros((2, 4)), np.zeros((2, 3)), verbose=0)
    assert_allclose(loss, penalty, rtol=1e-5)
    config = {"class_name": "EigenvalueRegularizer", "config": {"k": 0.3}}
    assert get(config) == EigenvalueRegularizer(0.3)


def test_callbacks_read_the_validation_data_from_the_model():
    from keras.callbacks import Callback
    from keras.layers import Dense
    from keras.models import Sequential

    class Reads(Callback):
        def on_epoch_end(self, epoch, logs=None):
            self.shapes = [a.shape for a in self.model.validation_data[:3]]

    model, reads = Sequential([Dense(1, input_dim=2)]), Reads()
    model.compile("sgd", "mse")
    x, y = np.ones((6, 2)), np.ones((6, 1))
    model.fit(x, y, nb_epoch=1, verbose=0, validation_data=(x[:4], y[:4]), callbacks=[reads])
    assert reads.shapes == [(4, 2), (4, 1), (4,)]


def test_scikit_learn_takes_nb_epoch_twice():
    from keras.layers import Dense
    from keras.models import Sequential
    from keras.wrappers.scikit_learn import KerasRegressor

    def build():
        model = Sequential([Dense(1, input_dim=2)])
        model.compile("sgd", "mse")
        return model

    estimator = KerasRegressor(build, nb_epoch=5, verbose=0)
    estimator.fit(np.ones((6, 2)), np.ones(6), nb_epoch=2)
    assert len(estimator.history["loss"]) == 2


def test_old_names_of_generators_and_tokenizers(tmp_path):
    from keras.preprocessing.image import ImageDataGenerator, array_to_img
    from keras.preprocessing.text import Tokenizer

    for name in "ab":
        (tmp_path / name).mkdir()
        array_to_img(RNG.uniform(0, 255, (6, 6, 3))).save(tmp_path / name / "1.png")
    flow = ImageDataGenerator().flow_from_directory(str(tmp_path), target_size=(6, 6))
    assert (flow.nb_sample, flow.nb_class) == (2, 2)
    assert Tokenizer(nb_words=3).nb_words == 3


def test_arrays_in_files(tmp_path):
    from keras.datasets.cifar import load_batch
    from keras.utils.io_utils import load_array, save_array

    save_array(np.arange(6).reshape(2, 3), str(tmp_path / "a.h5"))
    assert load_array(str(tmp_path / "a.h5")).tolist() == [[0, 1, 2], [3, 4, 5]]
    pixels = RNG.integers(0, 256, (2, 3072), dtype=np.uint8)
    batch = {b"data": pixels, b"labels": [3, 7], b"fine_labels": [1, 2]}
    (tmp_path / "batch").write_bytes(pickle.dumps(batch))
    images, labels = load_batch(str(tmp_path / "batch"))
    assert images.shape == (2, 3, 32, 32) and labels == [3, 7]
    assert (images.reshape(2, -1) == pixels).all()
    assert load_batch(str(tmp_path / "batch"), label_key="fine_labels")[1] == [1, 2]


def test_the_kernel_of_a_layer_is_read_and_set_as_keras_1_laid_it_out():
    from keras import backend as K
    from keras.layers import Convolution2D
    from keras.models import Sequential
    from keras.utils.np_utils import convert_kernel

    layer = Convolution2D(3, 3, 2, dim_ordering="th", input_shape=(2, 5, 5))
    Sequential([layer])
    kernel = RNG.normal(size=(3, 2, 3, 2)).astype("float32")  # filters, channels, rows, columns
    K.set_value(layer.W, convert_kernel(kernel, "th"))
    assert_allclose(K.get_value(layer.W), kernel[:, :, ::-1, ::-1])
    assert_allclose(layer.get_weights()[0], K.get_value(layer.W))


def test_the_summary_of_a_list_of_layers(capsys):
    from keras.layers import Dense
    from keras.models import Sequential
    from keras.utils.layer_utils import print_summary

    model = Sequential([Dense(3, input_dim=4, name="a"), Dense(2, name="b")])
    print_summary(model.layers[1:], line_length=80)
    rows = capsys.readouterr().out.splitlines()
    assert rows[3].split() == ["b", "(Dense)", "(None,", "2)", "8", "a[0][0]"]
    assert rows[5] == "Total params: 8"
    print_summary(model.layers, relevant_nodes={"a_ib-0"})
    assert "a[0][0]" not in capsys.readouterr().out
