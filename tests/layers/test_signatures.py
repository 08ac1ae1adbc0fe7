"""The arguments of the layers as the quick-start book prints them: appendix A of its inventory,
Keras 2.0.4.
"""

import inspect

import pytest

from jaxcnn import layers

_KERNEL_TAIL = (
    "activation=None, use_bias=True, kernel_initializer='glorot_uniform', "
    "bias_initializer='zeros', "
    "kernel_regularizer=None, bias_regularizer=None, activity_regularizer=None, "
    "kernel_constraint=None, "
    "bias_constraint=None"
)
_RECURRENT_START = (
    "use_bias=True, kernel_initializer='glorot_uniform', recurrent_initializer='orthogonal', "
    "bias_initializer='zeros', "
)
_RECURRENT_TAIL = (
    "kernel_regularizer=None, recurrent_regularizer=None, bias_regularizer=None, "
    "activity_regularizer=None, "
    "kernel_constraint=None, recurrent_constraint=None, bias_constraint=None, dropout=0.0, "
    "recurrent_dropout=0.0"
)

SIGNATURES = {
    "Dense": f"units, {_KERNEL_TAIL}",
    "Activation": "activation",
    "Dropout": "rate, noise_shape=None, seed=None",
    "Flatten": "",
    "Reshape": "target_shape",
    "Permute": "dims",
    "RepeatVector": "n",
    "Lambda": "function, output_shape=None, mask=None, arguments=None",
    "ActivityRegularization": "l1=0.0, l2=0.0",
    "Masking": "mask_value=0.0",
    "Conv1D": f"filters, kernel_size, strides=1, padding='valid', dilation_rate=1, {_KERNEL_TAIL}",
    "Conv2D": "filters, kernel_size, strides=(1, 1), padding='valid', data_format=None, "
    "dilation_rate=(1, 1), " + _KERNEL_TAIL,
    "SeparableConv2D": (
        "filters, kernel_size, strides=(1, 1), padding='valid', data_format=None, "
        "depth_multiplier=1, activation=None, "
        "use_bias=True, depthwise_initializer='glorot_uniform', "
        "pointwise_initializer='glorot_uniform', "
        "bias_initializer='zeros', depthwise_regularizer=None, pointwise_regularizer=None, "
        "bias_regularizer=None, "
        "activity_regularizer=None, depthwise_constraint=None, pointwise_constraint=None, "
        "bias_constraint=None"
    ),
    "Conv2DTranspose": "filters, kernel_size, strides=(1, 1), padding='valid', data_format=None, "
    f"{_KERNEL_TAIL}",
    "Conv3D": "filters, kernel_size, strides=(1, 1, 1), padding='valid', data_format=None, "
    "dilation_rate=(1, 1, 1), " + _KERNEL_TAIL,
    "Cropping1D": "cropping=(1, 1)",
    "Cropping2D": "cropping=((0, 0), (0, 0)), data_format=None",
    "Cropping3D": "cropping=((1, 1), (1, 1), (1, 1)), data_format=None",
    "UpSampling1D": "size=2",
    "UpSampling2D": "size=(2, 2), data_format=None",
    "UpSampling3D": "size=(2, 2, 2), data_format=None",
    "ZeroPadding1D": "padding=1",
    "ZeroPadding2D": "padding=(1, 1), data_format=None",
    "ZeroPadding3D": "padding=(1, 1, 1), data_format=None",
    "MaxPooling1D": "pool_size=2, strides=None, padding='valid'",
    "MaxPooling2D": "pool_size=(2, 2), strides=None, padding='valid', data_format=None",
    "MaxPooling3D": "pool_size=(2, 2, 2), strides=None, padding='valid', data_format=None",
    "AveragePooling1D": "pool_size=2, strides=None, padding='valid'",
    "AveragePooling2D": "pool_size=(2, 2), strides=None, padding='valid', data_format=None",
    "AveragePooling3D": "pool_size=(2, 2, 2), strides=None, padding='valid', data_format=None",
    "GlobalMaxPooling1D": "",
    "GlobalAveragePooling1D": "",
    # the book prints Keras 1's dim_ordering='default': see the errata
    "GlobalMaxPooling2D": "data_format=None",
    "GlobalAveragePooling2D": "data_format=None",
    "LocallyConnected1D": "filters, kernel_size, strides=1, padding='valid', data_format=None, "
    f"{_KERNEL_TAIL}",
    "LocallyConnected2D": "filters, kernel_size, strides=(1, 1), padding='valid', "
    f"data_format=None, {_KERNEL_TAIL}",
    "SimpleRNN": f"units, activation='tanh', {_RECURRENT_START}{_RECURRENT_TAIL}",
    "GRU": "units, activation='tanh', recurrent_activation='hard_sigmoid', "
    f"{_RECURRENT_START}{_RECURRENT_TAIL}",
    "LSTM": (
        "units, activation='tanh', recurrent_activation='hard_sigmoid', "
        f"{_RECURRENT_START}unit_forget_bias=True, " + _RECURRENT_TAIL
    ),
    "Embedding": (
        "input_dim, output_dim, embeddings_initializer='uniform', embeddings_regularizer=None, "
        "activity_regularizer=None, embeddings_constraint=None, mask_zero=False, input_length=None"
    ),
    "Add": "",
    "Multiply": "",
    "Average": "",
    "Maximum": "",
    "Concatenate": "axis=-1",
    "Dot": "axes, normalize=False",
    "LeakyReLU": "alpha=0.3",
    "PReLU": "alpha_initializer='zeros', alpha_regularizer=None, alpha_constraint=None, "
    "shared_axes=None",
    "ELU": "alpha=1.0",
    "ThresholdedReLU": "theta=1.0",
    "BatchNormalization": (
        "axis=-1, momentum=0.99, epsilon=0.001, center=True, scale=True, beta_initializer='zeros', "
        "gamma_initializer='ones', moving_mean_initializer='zeros', "
        "moving_variance_initializer='ones', "
        "beta_regularizer=None, gamma_regularizer=None, beta_constraint=None, gamma_constraint=None"
    ),
    "GaussianNoise": "stddev",
    "GaussianDropout": "rate",
    "TimeDistributed": "layer",
    "Bidirectional": "layer, merge_mode='concat', weights=None",
}


@pytest.mark.parametrize("name", SIGNATURES)
def test_names_order_and_defaults(name):
    """Ours may go on with arguments that later versions added."""
    wanted = [(p.name, p.default) for p in _parsed(SIGNATURES[name])]
    ours = [
        (p.name, p.default) for p in inspect.signature(getattr(layers, name)).parameters.values()
    ]
    assert ours[: len(wanted)] == wanted
    assert all(default is not inspect.Parameter.empty for _, default in ours[len(wanted) : -1])


def _parsed(signature):
    return inspect.signature(eval(f"lambda {signature}: None")).parameters.values()


@pytest.mark.parametrize(
    ("short", "name"),
    [
        ("MaxPool2D", "MaxPooling2D"),
        ("AvgPool1D", "AveragePooling1D"),
        ("GlobalMaxPool3D", "GlobalMaxPooling3D"),
    ],
)
def test_shorter_spellings(short, name):
    assert getattr(layers, short) is getattr(layers, name)
