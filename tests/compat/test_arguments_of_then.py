"""The names and the order of arguments, as the real Keras 1.2.2, 2.0.4 and 2.2.4 have them.

`arguments_of_then.json` says of each version which arguments its functions, classes and methods
have: names of arguments, in order -> those that have them.
"""

import importlib
import inspect
import json
import re
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose

from jaxcnn.spellings.tables import CLASSES, TABLES

TABLE = json.loads((Path(__file__).parent / "arguments_of_then.json").read_text())
RNG = np.random.default_rng(3)
# What says nothing of its old words, which a test below gives it.
CALLED = (
    *("constraints:maxnorm", "backend:conv1d", "backend:conv2d", "backend:conv3d"),
    *("backend:expand_dims", "backend:one_hot", "backend:pool2d", "backend:pool3d"),
    *("backend:random_normal", "backend:random_uniform", "backend:resize_images"),
    *("backend:resize_volumes", "backend:separable_conv2d", "backend:spatial_2d_padding"),
    "backend:spatial_3d_padding",
)
# Not here, or under other names alone: the parts of which the old graph and its queues were made,
# steps of a ConvLSTM2D, and arguments that stand by position in every program that was seen.
ABSENT = """
    activations:deserialize applications.inception_v3:conv2d_bn
    applications.vgg16:Convolution2D.add_inbound_node
    applications.vgg16:Convolution2D.assert_input_compatibility
    applications.vgg16:Convolution2D.compute_mask
    applications.vgg16:Convolution2D.create_input_layer
    applications.vgg16:Convolution2D.get_output_shape_for
    applications.vgg16:Model.compute_mask applications.vgg16:Model.load_weights_from_hdf5_group
    applications.vgg16:Model.load_weights_from_hdf5_group_by_name
    applications.vgg16:Model.save_weights_to_hdf5_group
    backend:batch_get_value backend:moving_average_update backend:set_legacy_weight_ordering
    callbacks:ProgbarLogger callbacks:TensorBoard.on_train_end callbacks:standardize_input_data
    constraints:get
    engine.topology:Container engine.topology:Node engine.topology:Node.create_node
    engine.training:GeneratorEnqueuer.start engine.training:slice_X
    engine.training:check_loss_and_target_compatibility
    engine:Merge engine:Merge.call engine:Merge.compute_mask layers:Merge
    layers:ConvLSTM2D.conv_step layers:ConvLSTM2D.conv_step_hidden layers:ConvLSTM2D.get_constants
    layers:ConvLSTM2D.get_initial_states layers:ConvLSTM2D.input_conv
    layers:ConvLSTM2D.preprocess_input layers:ConvLSTM2D.reccurent_conv layers:ConvLSTM2D.step
    layers:ConvLSTM2DCell.input_conv layers:ConvLSTM2DCell.recurrent_conv
    layers:ConvRecurrent2D layers:ConvRecurrent2D.get_constants
    layers:ConvRecurrent2D.preprocess_input layers:ConvRecurrent2D.reset_states
    layers:ConvRecurrent2D.step layers:Embedding.compute_mask layers:Masking.compute_mask
    layers:conv_input_length layers:conv_output_length layers:time_distributed_dense
    models:Sequential.from_config models:Sequential.legacy_from_config
    preprocessing.image:DirectoryIterator.common_init
    preprocessing.image:ImageDataGenerator.flow_from_dataframe
    preprocessing.image:random_channel_shift
    regularizers:ActivityRegularizer.set_layer regularizers:ActivityRegularizer.set_param
    utils.data_utils:SequenceEnqueuer utils.data_utils:get_index utils.data_utils:init_pool
    utils.data_utils:init_pool_generator utils.data_utils:next_sample utils:GeneratorEnqueuer
    utils.data_utils:validate_file utils.layer_utils:convert_kernel
    utils.np_utils:categorical_probas_to_classes utils.np_utils:normalize
    wrappers.scikit_learn:BaseWrapper.fit
"""


def resolved(path):
    """What stands in a module, or in a class of one."""
    module, *names = path.split(":")
    thing = importlib.import_module(f"keras.{module}")
    for name in names[0].split("."):
        thing = getattr(thing, name)
    return thing


def refused(thing, name, words):
    """Those of the arguments that a call would not take."""
    parameters = inspect.signature(thing).parameters
    if any(p.kind is p.VAR_KEYWORD for p in parameters.values()):
        return []
    row = TABLES.get(CLASSES.get(name, name))
    old = row.old_words() if row else frozenset()
    return [word for word in words if word not in parameters and word not in old]


@pytest.mark.parametrize("keras", sorted(TABLE), indirect=True)
def test_every_argument_of_then_is_taken_by_its_name(keras, request):
    version = request.node.callspec.params["keras"]
    wrong, there = {}, set()
    for words, paths in TABLE[version].items():
        for path in paths:
            try:
                left = refused(resolved(path), re.split("[:.]", path)[-1], words.split())
            except (AttributeError, ImportError) as error:
                left = str(error)
            if left and path not in (*ABSENT.split(), *CALLED):
                wrong[path] = left
            elif not left:
                there.add(path)
    assert wrong == {} and len(there) > 400


# The rest is measured in 2.2.4 and, where it says so, in 2.0.4.


@pytest.mark.parametrize("keras", ["2.2"], indirect=True)
def test_positions_of_2_2(keras, tmp_path):
    from keras.callbacks import TensorBoard
    from keras.layers import Dense, InputLayer, SeparableConv1D
    from keras.models import Sequential
    from keras.preprocessing.image import ImageDataGenerator

    board = TensorBoard(str(tmp_path), 0, 16, False, True, True)
    assert (board.batch_size, board.write_graph) == (16, False)
    assert board.write_grads and board.write_images
    layer = SeparableConv1D(3, 3, 1, "same", "channels_last", 2, 3)
    assert (layer.dilation_rate, layer.depth_multiplier) == ((2,), 3)
    assert InputLayer((3,), None, None, "float32", None, False, "abc").name == "abc"
    images, weights = np.ones((4, 3, 3, 1)), np.arange(4.0)
    batch = ImageDataGenerator().flow(images, np.arange(4), 2, False, weights)[0]
    assert [len(part) for part in batch] == [2, 2, 2]
    assert_allclose(batch[2], [0, 1])

    model = Sequential([Dense(1, input_shape=(2,), kernel_initializer="ones")])
    model.compile("sgd", "mse", ["mae"], [0.5])
    x, y = np.ones((2, 2)), np.zeros(2)
    assert_allclose(model.evaluate(x, y, verbose=0), [2, 2])
    assert_allclose(model.train_on_batch(x, y, np.array([1.0, 3.0])), [4, 2])


@pytest.mark.parametrize("keras", ["2.2"], indirect=True)
def test_a_position_of_2_2_that_has_its_name_too(keras):
    from keras.layers import Dense
    from keras.models import Sequential

    model = Sequential([Dense(1, input_shape=(2,))])
    with pytest.raises(TypeError, match="compile got `loss_weights` by position and by name"):
        model.compile("sgd", "mse", None, [1.0], loss_weights=[1.0])


@pytest.mark.parametrize(("keras", "first"), [("2.0", [0, 1]), ("2.2", [1, 0])], indirect=["keras"])
def test_positions_of_boston_housing(keras, first, monkeypatch):
    from keras.datasets import boston_housing

    from jaxcnn.datasets import resolve

    monkeypatch.setattr(resolve, "load", lambda _: (np.zeros((10, 13)), np.arange(10.0)))
    (_, (_, y_test)) = boston_housing.load_data("boston_housing.npz", *[(7, 0.4)[i] for i in first])
    assert len(y_test) == 4


@pytest.mark.parametrize("keras", ["2.2"], indirect=True)
def test_what_2_2_prints_and_saves_by_default(keras, capsys):
    from keras.layers import Dense
    from keras.models import Sequential
    from keras.preprocessing.image import ImageDataGenerator

    model = Sequential([Dense(2, input_shape=(2,), activation="softmax")])
    model.predict_classes(np.ones((2, 2)))
    model.predict_proba(np.ones((2, 2)))
    assert capsys.readouterr().out == ""
    assert ImageDataGenerator().flow(np.ones((1, 2, 2, 1))).save_format == "png"


@pytest.mark.parametrize("keras", ["2.2"], indirect=True)
def test_arguments_that_2_2_has_more(keras, capsys):
    from keras import backend as K
    from keras.preprocessing import image, text
    from keras.utils import Progbar, conv_utils, generic_utils

    bar = Progbar(4, stateful_metrics=["acc"], interval=0)
    for i in range(4):
        bar.update(i + 1, [("loss", float(i)), ("acc", float(i))])
    assert capsys.readouterr().out.endswith(" - loss: 1.5000 - acc: 3.0000\n")

    tokenizer = text.Tokenizer(document_count=5)
    tokenizer.fit_on_texts(["a b", "c"])
    assert tokenizer.document_count == 7
    picture = image.array_to_img(np.arange(12).reshape(2, 2, 3), dtype="float64")
    pixels = image.img_to_array(picture, dtype="uint8")
    assert pixels.dtype == "uint8"
    assert pixels.ravel().tolist() == [0, 23, 46, 69, 92, 115, 139, 162, 185, 208, 231, 255]

    x = K.constant(np.arange(36).reshape(2, 3, 3, 2) / 10)
    kernel = K.constant(np.arange(24).reshape(2, 2, 3, 2) / 10)
    dilated = K.eval(K.conv2d_transpose(x, kernel, (2, 5, 5, 3), dilation_rate=(2, 2)))
    assert_allclose(dilated[0, 0, 0], [0.01, 0.03, 0.05], rtol=1e-5)
    assert_allclose(dilated[1, 4, 4], [12.77, 14.15, 15.53], rtol=1e-5)
    lengths = [
        conv_utils.deconv_length(n, 2, 3, padding, None, dilation=d)
        for n in (3, 5)
        for padding in ("valid", "same", "full")
        for d in (1, 2)
    ]
    assert lengths == [7, 9, 6, 6, 3, 1, 11, 13, 10, 10, 7, 5]
    statistics = [K.constant(v) for v in ([1, 2], [1, 2], [0, 1], [1, 1])]
    normalized = K.eval(K.batch_normalization(x, *statistics, -1, 0.1))
    assert_allclose(normalized[0, 0, 0], [-0.9534626, -0.31112456], rtol=1e-5)
    assert generic_utils.to_list((1, 2)) == [(1, 2)]
    assert generic_utils.to_list((1, 2), allow_tuple=True) == (1, 2)


@pytest.mark.parametrize("keras", ["2.2"], indirect=True)
def test_a_variable_stays_within_its_constraint(keras):
    from keras import backend as K
    from keras.layers import Layer
    from keras.models import Sequential

    class Limited(Layer):
        def build(self, input_shape):
            start = np.full((3, 1), 0.01)
            self.W = K.variable(start, constraint=lambda w: K.clip(w, 0.005, 0.02))
            self._trainable_weights = [self.W]
            super().build(input_shape)

        def call(self, x):
            return K.dot(x, self.W)

        def compute_output_shape(self, input_shape):
            return input_shape[0], 1

    model = Sequential([Limited(input_shape=(3,))])
    model.compile("sgd", "mse")
    model.train_on_batch(np.ones((4, 3)), np.full((4, 1), 100.0))
    assert_allclose(model.get_weights()[0], 0.02)


@pytest.mark.parametrize("keras", ["2.0", "2.2"], indirect=True)
def test_configurations_are_read_by_name(keras):
    from keras.layers import LSTM, Bidirectional, Dense
    from keras.models import Sequential

    assert Dense.from_config(config=Dense(3).get_config()).units == 3
    config = Bidirectional(LSTM(2)).get_config()
    assert Bidirectional.from_config(config=config, custom_objects={}).layer.units == 2
    model = Sequential([Dense(3, input_shape=(2,))])
    assert Sequential.from_config(config=model.get_config(), custom_objects={}).count_params() == 9


@pytest.mark.parametrize("keras", ["2.2"], indirect=True)
def test_early_stopping_asks_what_a_subclass_makes_of_the_logs(keras):
    from keras.callbacks import EarlyStopping
    from keras.layers import Dense
    from keras.models import Sequential

    class Worse(EarlyStopping):
        def get_monitor_value(self, logs):
            return -logs["loss"]

    model = Sequential([Dense(1, input_shape=(2,))])
    model.compile("sgd", "mse")
    fitted = model.fit(np.ones((4, 2)), np.zeros(4), epochs=6, verbose=0, callbacks=[Worse("loss")])
    assert len(fitted.epoch) == 2
    assert EarlyStopping("loss").get_monitor_value({"loss": 2.0}) == 2.0


def test_a_stateful_metric_of_base_logger_is_not_averaged():
    from jaxcnn.callbacks import BaseLogger

    logger = BaseLogger(stateful_metrics=["acc"])
    logger.params = {"metrics": ["loss", "acc"]}
    logger.on_epoch_begin(0)
    for value in (1.0, 3.0):
        logger.on_batch_end(0, {"size": 2, "loss": value, "acc": value})
    logs = {}
    logger.on_epoch_end(0, logs)
    assert logs == {"loss": 2.0, "acc": 3.0}


@pytest.mark.parametrize("keras", ["2.0", "2.2"], indirect=True)
def test_what_files_of_keras_import_for_themselves(keras):
    from keras.applications.vgg16 import Dense, Model, get_file, get_source_inputs
    from keras.backend import py_all, py_sum
    from keras.callbacks import OrderedDict, deque
    from keras.datasets.mnist import get_file as of_mnist
    from keras.wrappers.scikit_learn import to_categorical

    assert get_file is of_mnist and issubclass(Model, object) and Dense(1).units == 1
    assert py_all([1]) and py_sum([1, 2]) == 3 and OrderedDict() == {} and not deque()
    assert callable(get_source_inputs) and callable(to_categorical)


@pytest.mark.parametrize("keras", ["2.0", "2.2"], indirect=True)
def test_what_a_call_has_after_the_inputs(keras):
    """As subclasses hand it on: all of these are called so in 2.0.4 and 2.2.4."""
    from keras.layers import GRU, LSTM, BatchNormalization, Dropout, Embedding, Lambda
    from keras.models import Sequential

    class HandsOnTraining(Dropout):
        def call(self, inputs, training=None):
            return super().call(inputs, training)

    class HandsOnStatistics(BatchNormalization):
        def call(self, inputs, training=None):
            return super().call(inputs, training)

    class HandsOnAll(LSTM):
        def call(self, inputs, mask=None, training=None, initial_state=None):
            return super().call(inputs, mask, training, initial_state)

    class HandsOnMask(GRU):
        def call(self, x, mask=None):
            return super().call(x, mask)

    class HandsOn(Lambda):
        def call(self, inputs, mask=None):
            return super().call(inputs, mask)

    words = RNG.integers(0, 4, (4, 5))
    for new, old, options in (
        (HandsOnTraining, Dropout, {"rate": 0.0}),
        (HandsOnStatistics, BatchNormalization, {}),
        (HandsOnAll, LSTM, {"units": 2}),
        (HandsOnMask, GRU, {"units": 2}),
        (HandsOn, Lambda, {"function": abs}),
    ):
        masked = old in (LSTM, GRU)
        models = [
            Sequential([Embedding(4, 3, input_length=5, mask_zero=masked), kind(**options)])
            for kind in (new, old)
        ]
        for model in models:
            model.compile("sgd", "mse")
        models[0].set_weights(models[1].get_weights())
        target = np.ones_like(models[1].predict(words))
        losses = [model.train_on_batch(words, target) for model in models]
        assert_allclose(*losses, rtol=1e-6)
        for ours, plain in zip(*(model.get_weights() for model in models), strict=True):
            assert_allclose(ours, plain, atol=1e-6)


@pytest.mark.parametrize("keras", ["1.2"], indirect=True)
def test_a_call_of_keras_1_has_the_mask_after_the_input(keras):
    from keras.layers import Dense
    from keras.models import Sequential

    class HandsOn(Dense):
        def call(self, x, mask=None):
            return super().call(x, mask)

    model = Sequential([HandsOn(2, input_dim=3, init="one")])
    assert_allclose(model.predict(np.ones((1, 3))), [[3, 3]])


@pytest.mark.parametrize("keras", ["1.2"], indirect=True)
def test_words_of_keras_1_of_inputs_and_images(keras):
    from keras.applications.vgg16 import preprocess_input
    from keras.engine import InputLayer

    assert InputLayer(input_shape=(2,), input_dtype="int32").dtype == "int32"
    pixel = preprocess_input(np.ones((1, 3, 1, 1)), dim_ordering="th")
    assert_allclose(pixel.ravel(), [-102.939, -115.779, -122.68])


@pytest.mark.parametrize("keras", ["1.2"], indirect=True)
def test_words_of_keras_1_of_its_backend(keras):
    """The numbers are those of 1.2.2."""
    from keras import backend as K
    from keras import constraints

    x = K.variable(np.arange(64).reshape(2, 4, 4, 2) / 10)
    kernel = K.variable(np.arange(24).reshape(2, 2, 2, 3) / 10)
    steps = K.variable(np.arange(20).reshape(2, 5, 2) / 10)
    of_steps = K.variable(np.arange(12).reshape(2, 2, 3) / 10)
    volume = K.variable(np.arange(108).reshape(2, 3, 3, 3, 2) / 10)
    of_volume = K.variable(np.arange(48).reshape(2, 2, 2, 2, 3) / 10)
    tf, none = {"dim_ordering": "tf"}, {"image_shape": None, "filter_shape": None}

    def known(tensor):
        return K.eval(tensor)

    assert_allclose(
        known(K.conv1d(steps, of_steps, stride=2, border_mode="same", **none))[0, 0],
        [0.42, 0.48, 0.54],
        rtol=1e-5,
    )
    dilated = K.conv2d(x, kernel, border_mode="same", filter_dilation=(2, 2), **tf, **none)
    assert_allclose(known(dilated)[0, 1, 1], [13.2, 14.04, 14.88], rtol=1e-5)
    solid = K.conv3d(volume, of_volume, border_mode="valid", volume_shape=None, **tf)
    assert_allclose(known(solid)[0, 0, 0, 0], [69.36, 71.52, 73.68], rtol=1e-5)
    assert known(K.expand_dims(steps, dim=1)).shape == (2, 1, 5, 2)
    assert_allclose(known(K.one_hot(K.variable([0, 2], dtype="int32"), nb_classes=3)).sum(), 2)
    averages = K.pool2d(x, (2, 2), strides=(2, 2), border_mode="valid", pool_mode="avg", **tf)
    assert_allclose(known(averages)[0, 0, 0], [0.5, 0.6], rtol=1e-5)
    assert known(K.pool3d(volume, (2, 2, 2), border_mode="valid", **tf)).shape == (2, 2, 2, 2, 2)
    assert_allclose(known(K.random_normal((2, 2), mean=1.0, std=0.0)), 1)
    assert_allclose(known(K.random_uniform((2, 2), low=1.0, high=1.0001)), 1, atol=2e-4)
    assert known(K.resize_images(X=x, height_factor=2, width_factor=2, **tf)).shape == (2, 8, 8, 2)
    grown = K.resize_volumes(X=volume, depth_factor=2, height_factor=2, width_factor=2, **tf)
    assert known(grown).shape == (2, 6, 6, 6, 2)
    assert known(K.spatial_2d_padding(x, padding=(1, 1), **tf)).shape == (2, 6, 6, 2)
    assert constraints.maxnorm(m=3).get_config() == {"name": "MaxNorm", "m": 3, "axis": 0}
    limits = constraints.MinMaxNorm(low=0.5, high=1.0).get_config()
    assert (limits["low"], limits["high"]) == (0.5, 1.0)
    assert known(K.spatial_3d_padding(volume, padding=(1, 1, 1), **tf)).shape == (2, 5, 5, 5, 2)
