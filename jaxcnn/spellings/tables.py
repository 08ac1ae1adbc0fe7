"""The arguments that the old words of Keras 1 mean now, as `jaxcnn.spellings.translate` reads them.

One row an object: a layer by its class, a function or method by its name.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping

from jaxcnn.spellings.dialect import EPSILON_POSITIONS, chosen, dialect
from jaxcnn.spellings.rewrites import (
    Arguments,
    Keywords,
    Positional,
    batches_of_samples,
    shape_of_steps,
    sides_of_padding,
)


@dataclasses.dataclass(frozen=True)
class Spellings:
    """The old words of one object.

    Args:
        renames: old argument -> new one, or the several that it has become.
        values: old argument -> old value -> new value; a new value is taken as well, any other is
            an error.
        kernel: the old arguments, integers in this order, that `kernel_size` is made of; they may
            also stand by position after the first argument.
        dropped: old argument -> (the value that changes nothing, what to do instead of another
            one).
        ignored: old argument that the last Keras to know it left out with a warning -> what the
            warning says to do instead.
        rewrite: what the rows above cannot say: a function of (args, kwargs, the old words in them)
            that returns the new arguments; it is called when one of `words` is given, and before
            the other rows are read.
        words: old arguments that only `rewrite` knows.
        by_position: whether in programs for Keras 1 arguments by position need `rewrite`, too.
    """

    renames: Mapping[str, str | tuple[str, ...]] = dataclasses.field(default_factory=dict)
    values: Mapping[str, Mapping[str, object]] = dataclasses.field(default_factory=dict)
    kernel: tuple[str, ...] = ()
    dropped: Mapping[str, tuple[object, str]] = dataclasses.field(default_factory=dict)
    ignored: Mapping[str, str] = dataclasses.field(default_factory=dict)
    rewrite: Callable[[Positional, Keywords], Arguments] | None = None
    words: frozenset[str] = frozenset()
    by_position: bool = False

    def old_words(self) -> frozenset[str]:
        """Every keyword by which an old call is known."""
        return self.words.union(self.renames, self.kernel, self.dropped, self.ignored)

    def left_out(self, kwargs: Keywords) -> Mapping[str, str]:
        """The old arguments that are left out of this call with a warning, as in `ignored`.

        Keras 2 left out a forget bias of zero as well.
        """
        forget_bias = kwargs.get("forget_bias_init") if "forget_bias_init" in self.renames else None
        if forget_bias in ("zero", "zeros") and chosen() and not dialect().of_keras_1:
            return {**self.ignored, "forget_bias_init": "write unit_forget_bias=False for zeros"}
        return self.ignored


DATA_FORMAT = {"dim_ordering": "data_format"}
DATA_FORMATS = {"dim_ordering": {"tf": "channels_last", "th": "channels_first", "default": None}}
FORGET_BIAS = {"forget_bias_init": {"one": True, "ones": True, "zero": False, "zeros": False}}
DENSE = {
    "init": "kernel_initializer",
    "W_regularizer": "kernel_regularizer",
    "b_regularizer": "bias_regularizer",
    "W_constraint": "kernel_constraint",
    "b_constraint": "bias_constraint",
    "bias": "use_bias",
}
CONVOLUTION_1D = {
    "nb_filter": "filters",
    "filter_length": "kernel_size",
    "subsample_length": "strides",
    "border_mode": "padding",
    "atrous_rate": "dilation_rate",
    **DENSE,
}
CONVOLUTION = {
    "nb_filter": "filters",
    "subsample": "strides",
    "border_mode": "padding",
    "atrous_rate": "dilation_rate",
    **DATA_FORMAT,
    **DENSE,
}
RECURRENT = {
    "init": "kernel_initializer",
    "inner_init": "recurrent_initializer",
    "inner_activation": "recurrent_activation",
    "W_regularizer": "kernel_regularizer",
    "U_regularizer": "recurrent_regularizer",
    "b_regularizer": "bias_regularizer",
    "dropout_W": "dropout",
    "dropout_U": "recurrent_dropout",
    "forget_bias_init": "unit_forget_bias",
}
STEPS = frozenset(("input_dim", "input_length"))
ROWS_COLUMNS = ("nb_row", "nb_col")

# What Keras takes and its DepthwiseConv2D has no kernel for.
OF_KERNELS = {
    f"kernel_{word}": f"write depthwise_{word}"
    for word in ("initializer", "regularizer", "constraint")
}

_sized_2d = Spellings(CONVOLUTION, DATA_FORMATS, ROWS_COLUMNS)
_sized_3d = Spellings(CONVOLUTION, DATA_FORMATS, ("kernel_dim1", "kernel_dim2", "kernel_dim3"))
_formatted = Spellings(DATA_FORMAT, DATA_FORMATS)
_pooling = Spellings({"border_mode": "padding", **DATA_FORMAT}, DATA_FORMATS)
_pooling_1d = Spellings({"pool_length": "pool_size", "stride": "strides", "border_mode": "padding"})
_sequence_1d = Spellings(CONVOLUTION_1D, rewrite=shape_of_steps, words=STEPS)
_rate = Spellings({"p": "rate"})
_spatial = Spellings({"p": "rate", **DATA_FORMAT}, DATA_FORMATS)
_recurrent = Spellings(
    {"output_dim": "units", "consume_less": "implementation", **RECURRENT},
    {"consume_less": {"cpu": 0, "mem": 1, "gpu": 2}, **FORGET_BIAS},
    rewrite=shape_of_steps,
    words=STEPS,
)

LAYERS = {
    "Dense": Spellings({"output_dim": "units", **DENSE}),
    "Dropout": _rate,
    "SpatialDropout1D": _rate,
    "SpatialDropout2D": _spatial,
    "SpatialDropout3D": _spatial,
    "GaussianDropout": _rate,
    "GaussianNoise": Spellings({"sigma": "stddev"}),
    "PReLU": Spellings({"init": "alpha_initializer"}),
    "BatchNormalization": Spellings(
        {"beta_init": "beta_initializer", "gamma_init": "gamma_initializer"},
        dropped={
            "mode": (
                0,
                "use LayerNormalization for mode=1, and call the layer with training=True for "
                "mode=2",
            )
        },
    ),
    "Embedding": Spellings(
        {
            "init": "embeddings_initializer",
            "W_regularizer": "embeddings_regularizer",
            "W_constraint": "embeddings_constraint",
        },
        ignored={"dropout": "put a SpatialDropout1D(rate) after the Embedding"},
    ),
    "Conv1D": _sequence_1d,
    "SeparableConv1D": _sequence_1d,
    "DepthwiseConv2D": Spellings(ignored=OF_KERNELS),
    "LocallyConnected1D": _sequence_1d,
    "Conv2D": _sized_2d,
    "LocallyConnected2D": _sized_2d,
    "Conv2DTranspose": _sized_2d,
    "SeparableConv2D": Spellings(
        {**CONVOLUTION, "init": ("depthwise_initializer", "pointwise_initializer")},
        DATA_FORMATS,
        ROWS_COLUMNS,
    ),
    "Conv3D": _sized_3d,
    "Conv3DTranspose": _sized_3d,
    "ConvLSTM2D": Spellings(
        {**CONVOLUTION, **RECURRENT}, {**DATA_FORMATS, **FORGET_BIAS}, ROWS_COLUMNS
    ),
    "SimpleRNN": _recurrent,
    "GRU": _recurrent,
    "LSTM": _recurrent,
    "MaxPooling1D": _pooling_1d,
    "AveragePooling1D": _pooling_1d,
    "MaxPooling2D": _pooling,
    "AveragePooling2D": _pooling,
    "MaxPooling3D": _pooling,
    "AveragePooling3D": _pooling,
    "GlobalMaxPooling2D": _formatted,
    "GlobalAveragePooling2D": _formatted,
    "GlobalMaxPooling3D": _formatted,
    "GlobalAveragePooling3D": _formatted,
    "UpSampling1D": Spellings({"length": "size"}),
    "UpSampling2D": _formatted,
    "UpSampling3D": _formatted,
    "Cropping2D": _formatted,
    "Cropping3D": _formatted,
    "ZeroPadding1D": Spellings(rewrite=sides_of_padding("ZeroPadding1D", "left_pad", "right_pad")),
    "ZeroPadding2D": Spellings(
        DATA_FORMAT,
        DATA_FORMATS,
        rewrite=sides_of_padding("ZeroPadding2D", "top_pad", "bottom_pad", "left_pad", "right_pad"),
    ),
    "ZeroPadding3D": _formatted,
}

_epochs = {"nb_epoch": "epochs"}
_accuracy = {"show_accuracy": 'give metrics=["accuracy"] to compile'}
_accuracy_of_batch = {"accuracy": 'give metrics=["accuracy"] to compile'}
_data = {"X": "x"}
_samples = frozenset(("samples_per_epoch", "val_samples", "nb_val_samples"))


def _generator(order: str) -> Spellings:
    """The words of a method that takes a generator and, in Keras 1, these by position."""
    return Spellings(
        {**_epochs, "nb_worker": "workers"},
        ignored=_accuracy,
        rewrite=batches_of_samples("generator", *order.split()),
        words=_samples,
        by_position=True,
    )


CALLS = {
    "Input": Spellings({"input_dtype": "dtype"}),
    "InputLayer": Spellings({"input_dtype": "dtype"}),
    "Model": Spellings({"input": "inputs", "output": "outputs"}),
    "compile": Spellings(
        ignored={"class_mode": "the loss alone says what the targets are; leave it out"},
    ),
    "fit": Spellings({**_epochs, **_data}, ignored=_accuracy),
    "evaluate": Spellings(_data, ignored=_accuracy),
    "predict": Spellings(_data),
    "flow": Spellings(_data),
    "train_on_batch": Spellings(_data, ignored=_accuracy_of_batch),
    "test_on_batch": Spellings(_data, ignored=_accuracy_of_batch),
    "random_normal": Spellings({"std": "stddev"}),
    "random_uniform": Spellings({"low": "minval", "high": "maxval"}),
    "fit_generator": _generator(
        "samples_per_epoch nb_epoch verbose callbacks validation_data nb_val_samples class_weight "
        "max_q_size nb_worker pickle_safe"
    ),
    "evaluate_generator": _generator("val_samples max_q_size nb_worker pickle_safe"),
    "predict_generator": _generator("val_samples max_q_size nb_worker pickle_safe"),
    "to_categorical": Spellings({"nb_classes": "num_classes"}),
    "MaxNorm": Spellings({"m": "max_value"}),
    "MinMaxNorm": Spellings({"low": "min_value", "high": "max_value"}),
    "max_norm": Spellings({"m": "max_value"}),
    "ModelCheckpoint": Spellings({"filename": "filepath"}),
    "ImageDataGenerator": _formatted,
    "array_to_img": _formatted,
    "img_to_array": _formatted,
    "preprocess_input": _formatted,
    "Tokenizer": Spellings({"nb_words": "num_words"}),
    "load_data": Spellings({"nb_words": "num_words"}),
    # no old words, but another default in Keras 2.2
    **dict.fromkeys(EPSILON_POSITIONS, Spellings()),
}

TABLES: dict[str, Spellings] = {**LAYERS, **CALLS}
METHODS = (
    "compile",
    "fit",
    "evaluate",
    "predict",
    "train_on_batch",
    "test_on_batch",
    "fit_generator",
    "evaluate_generator",
    "predict_generator",
)

# Old class -> the one that does its work now.
CLASSES = {
    "Convolution1D": "Conv1D",
    "Convolution2D": "Conv2D",
    "Convolution3D": "Conv3D",
    "AtrousConvolution1D": "Conv1D",
    "AtrousConvolution2D": "Conv2D",
    "AtrousConv1D": "Conv1D",
    "AtrousConv2D": "Conv2D",
    "SeparableConvolution1D": "SeparableConv1D",
    "SeparableConvolution2D": "SeparableConv2D",
    "Convolution2DTranspose": "Conv2DTranspose",
    "Deconvolution2D": "Conv2DTranspose",
    "Deconv2D": "Conv2DTranspose",
    "Deconvolution3D": "Conv3DTranspose",
    "Deconv3D": "Conv3DTranspose",
}

# Of the following, those that programs for the old Keras get from `jaxcnn.compat`.
LEGACY = frozenset(
    (
        "Highway",
        "MaxoutDense",
        "ParametricSoftplus",
        "Recurrent",
        "SReLU",
        "TFOptimizer",
        "TimeDistributedDense",
        "Wrapper",
    )
)

# Removed in Keras 2 -> the replacement.
REMOVED = {
    "MaxoutDense": (
        "write Dense(units * nb_feature), Reshape((nb_feature, units)) and Lambda(lambda x: "
        "K.max(x, axis=1)) instead"
    ),
    "Highway": (
        "write it with the functional API: t = Dense(n, activation='sigmoid')(x), h = Dense(n)(x), "
        "then add([multiply([t, h]), multiply([Lambda(lambda t: 1 - t)(t), x])])"
    ),
    "TimeDistributedDense": "write TimeDistributed(Dense(units)), or Dense(units) alone, which "
    "takes sequences, too",
    "Graph": "write a functional model: Model(inputs, outputs), its tensors from Input and from "
    "calling layers",
    "Recurrent": "write a cell with `call(inputs, states)` and use RNN(cell), or write a Layer "
    "that calls K.rnn",
    "ConvRecurrent2D": "use ConvLSTM2D, or write a Layer that calls K.rnn",
    "Wrapper": "write a Layer that holds the other one as an attribute and calls it",
    "TFOptimizer": "give compile an optax transformation",
    "ParametricSoftplus": "write a layer with add_weight for its two parameters and K.softplus in "
    "`call`",
    "SReLU": "write a layer with add_weight for its four parameters, or use PReLU",
    "LambdaMerge": "use Lambda on a list of tensors",
    "Siamese": "call one layer or model on several tensors: it is shared between them",
    "EigenvalueRegularizer": "give a function of the weight matrix as the regularizer",
    "matthews_correlation": "compute it from predict after each epoch, or give a function as the "
    "metric",
    "fmeasure": "use jaxcnn.metrics.F1, which counts over the whole epoch, or give a function as "
    "the metric",
    "fbeta_score": "use jaxcnn.metrics.F1, which counts over the whole epoch, or give a function "
    "as the metric",
    "precision": "use jaxcnn.metrics.Precision, which counts over the whole epoch, or give a "
    "function as the metric",
    "recall": "use jaxcnn.metrics.Recall, which counts over the whole epoch, or give a function as "
    "the metric",
    "get_input": "read `input`, or call `get_input_at(node_index)`",
    "get_output": "read `output`, or call `get_output_at(node_index)`",
    "set_session": "there are no sessions: JAX runs functions; leave the call and the session's "
    "options out",
    "get_session": "there are no sessions: JAX runs functions; use K.get_value, K.eval or "
    "K.function",
}
