"""What programs read of errors: the beginnings are those of Keras 2.2.4."""

import re

import numpy as np
import pytest

from jaxcnn import compat
from jaxcnn.layers import (
    LSTM,
    Add,
    Concatenate,
    Dense,
    Embedding,
    Input,
    Reshape,
)
from jaxcnn.models import Model, Sequential

X, Y = np.ones((8, 3)), np.ones((8, 2))
CLASSES = "categorical_crossentropy"


def one(loss="mse"):
    model = Sequential([Dense(2, input_shape=(3,), name="d")])
    model.compile("sgd", loss)
    return model


def two():
    a, b = Input((3,), name="a"), Input((3,), name="b")
    model = Model([a, b], [Dense(2, name="p")(a), Dense(1, name="q")(b)])
    model.compile("sgd", "mse")
    return model


def built():
    layer = Dense(2, name="d")
    layer(Input((3,)))
    return layer


def embedding():
    return Sequential([Embedding(3, 2, input_length=4, name="e")])


LIST = "the list of Numpy arrays that you are passing to your model is not the size the model "
MISTAKES = [
    (
        lambda: one().fit(X[:, :, None], Y),
        "Error when checking input: expected d_input to have 2 dimensions, but got array with "
        "shape (8, 3, 1)",
    ),
    (
        lambda: one().fit(np.ones((8, 4)), Y),
        "Error when checking input: expected d_input to have shape (3,) but got array with shape "
        "(4,)",
    ),
    (
        lambda: one().predict(np.ones((2, 8, 3))),
        "Error when checking input: expected d_input to have 2 dimensions, but got array with "
        "shape (2, 8, 3)",
    ),
    (
        lambda: embedding().predict(np.ones((2, 5))),
        "Error when checking input: expected e_input to have shape (4,) but got array with shape "
        "(5,)",
    ),
    (
        lambda: one().evaluate(X, np.ones((8, 3))),
        "Error when checking target: expected d to have shape (2,) but got array with shape (3,)",
    ),
    (
        lambda: one().train_on_batch(X, Y[..., None]),
        "Error when checking target: expected d to have 2 dimensions, but got array with shape "
        "(8, 2, 1)",
    ),
    (
        lambda: one(CLASSES).fit(X, np.ones((8, 1))),
        "Error when checking target: expected d to have shape (2,) but got array with shape (1,)",
    ),
    (
        lambda: one("sparse_" + CLASSES).fit(X, Y),
        "Error when checking target: expected d to have shape (1,) but got array with shape (2,)",
    ),
    (
        lambda: one().fit(X, Y[:4]),
        "Input arrays should have the same number of samples as target arrays. Found 8 input "
        "samples and 4 target samples",
    ),
    (
        lambda: two().fit([X, X[:4]], [Y, Y[:, :1]]),
        "All input arrays (x) should have the same number of samples. Got array shapes: [(8, 3), "
        "(4, 3)]",
    ),
    (
        lambda: two().fit(X, [Y, Y[:, :1]]),
        f"Error when checking model input: {LIST}expected. Expected to see 2 array(s), but "
        "instead got the following list of 1 arrays: [",
    ),
    (
        lambda: two().fit([X, X], Y),
        f"Error when checking model target: {LIST}expected. Expected to see 2 array(s), but "
        "instead got the following list of 1 arrays: [",
    ),
    (
        lambda: two().fit({"a": X, "c": X}, [Y, Y[:, :1]]),
        "No data provided for \"b\". Need data for each key in: ['a', 'b']",
    ),
    (
        lambda: one().fit(X, Y, sample_weight=np.ones(4)),
        "Found a sample_weight array with shape (4,) for an input with shape (8, 2). "
        "sample_weight cannot be broadcast",
    ),
    (
        lambda: one().fit(X, Y, sample_weight=np.ones((8, 2))),
        "Found a sample_weight array with shape (8, 2). In order to use timestep-wise sample "
        'weights, you should specify sample_weight_mode="temporal" in compile()',
    ),
    (
        lambda: one().fit(X, Y, validation_data=(X,)),
        "When passing validation_data, it must contain 2 (x_val, y_val) or 3 (x_val, y_val, "
        "val_sample_weights) items",
    ),
    (
        lambda: LSTM(2, name="l")(Input((3,))),
        "Input 0 is incompatible with layer l: expected ndim=3, found ndim=2",
    ),
    (
        lambda: built()(Input((4,))),
        "Input 0 is incompatible with layer d: expected axis -1 of input shape to have value 3 but "
        "got shape (None, 4)",
    ),
    (
        lambda: LSTM(2, stateful=True)(Input((5, 3))),
        "If a RNN is stateful, it needs to know its batch size",
    ),
    (
        lambda: one().set_weights([np.ones((3, 3)), np.ones(2)]),
        "Layer weight shape (3, 2) not compatible with provided weight shape (3, 3)",
    ),
    (lambda: one().get_layer("foo"), "No such layer: foo"),
    (lambda: one().get_layer(), "Provide either a layer name or layer index."),
    (
        lambda: Sequential([Dense(2, input_shape=(3,), name="a"), Dense(2, name="a")]),
        'The name "a" is used 2 times in the model. All layer names should be unique.',
    ),
    (
        lambda: one().compile("sgd", {"x": "mse"}),
        "Unknown entry in loss dictionary: \"x\". Only expected the following keys: ['d']",
    ),
    (
        lambda: two().compile("sgd", ["mse"] * 3),
        "When passing a list as loss, it should have one entry per model outputs. The model has 2 "
        "outputs, but you passed",
    ),
    (
        lambda: Model(Input((3,)), Dense(2)(Input((3,), name="b"))),
        "Graph disconnected: cannot obtain value for tensor",
    ),
    (
        lambda: one().fit_generator(iter([X]), steps_per_epoch=1),
        "Output of generator should be a tuple `(x, y, sample_weight)` or `(x, y)`. Found: ",
    ),
    (lambda: Reshape((4,))(Input((3,))), "total size of new array must be unchanged"),
    (
        lambda: Add()([Input((2,)), Input((3,))]),
        "Operands could not be broadcast together with shapes",
    ),
    (
        lambda: Concatenate()([Input((2, 3)), Input((3, 3))]),
        "A `Concatenate` layer requires inputs with matching shapes except for the concat axis",
    ),
    (lambda: Add()([Input((2,))]), "A merge layer should be called on a list"),
]
OTHERS = [
    (
        lambda: Sequential([Dense(2, input_shape=(3,))]).fit(X, Y),
        RuntimeError,
        "You must compile a model before training/testing. Use `model.compile(optimizer, loss)`.",
    ),
    (
        lambda: Sequential().add(3),
        TypeError,
        "The added layer must be an instance of class Layer. Found: 3",
    ),
    (lambda: Sequential().pop(), TypeError, "There are no layers in the model."),
]


@pytest.fixture
def keras22(as_keras):
    compat.install("2.2")


@pytest.mark.parametrize(("mistake", "message"), MISTAKES)
def test_values_that_are_wrong(mistake, message, keras22):
    with pytest.raises(ValueError, match=re.escape(message)):
        mistake()


@pytest.mark.parametrize(("mistake", "kind", "message"), OTHERS)
def test_other_mistakes(mistake, kind, message, keras22):
    with pytest.raises(kind, match=re.escape(message)):
        mistake()


def test_keras_2_0_shows_the_samples_too():
    with pytest.raises(ValueError, match=r"have shape \(None, 3\) but got .* shape \(8, 4\)"):
        one().fit(np.ones((8, 4)), Y)
