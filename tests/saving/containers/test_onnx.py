"""ONNX programs give what the model gives."""

import sys

import numpy as np
import pytest

from jaxcnn.layers import (
    GRU,
    LSTM,
    RNN,
    AveragePooling1D,
    AveragePooling2D,
    AveragePooling3D,
    BatchNormalization,
    Bidirectional,
    Conv1DTranspose,
    Conv2D,
    Conv2DTranspose,
    Conv3D,
    Conv3DTranspose,
    Dense,
    DepthwiseConv2D,
    Dropout,
    Embedding,
    Flatten,
    GlobalAveragePooling2D,
    GRUCell,
    Input,
    Lambda,
    LSTMCell,
    MaxPooling1D,
    MaxPooling2D,
    MaxPooling3D,
    SimpleRNN,
    UpSampling2D,
    concatenate,
)
from jaxcnn.models import Model, Sequential


def test_without_the_exporter_the_error_names_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "jax2onnx", None)
    with pytest.raises(ImportError, match="pip install jax2onnx"):
        Sequential([Dense(2, input_shape=(3,))]).export_onnx(tmp_path / "m.onnx")
    assert not (tmp_path / "m.onnx").exists()


def digits():
    return Sequential(
        [
            Conv2D(8, (3, 3), activation="relu", input_shape=(12, 12, 1)),
            DepthwiseConv2D(3, padding="same"),
            BatchNormalization(),
            MaxPooling2D(),
            Flatten(),
            Dense(10, activation="softmax"),
        ]
    )


def two_inputs():
    a, b = Input((8, 8, 3), name="image"), Input((4,), name="numbers")
    seen = GlobalAveragePooling2D()(Conv2D(4, 3, strides=2, padding="same")(a))
    both = concatenate([seen, b])
    return Model(
        [a, b], [Dense(1, name="size")(both), Dense(3, activation="softmax", name="kind")(both)]
    )


def pools():
    return Sequential(
        [
            MaxPooling2D(3, strides=2, padding="same", input_shape=(9, 8, 2)),
            AveragePooling2D(2, strides=1),
            AveragePooling2D((2, 1), padding="same"),
        ]
    )


def volumes():
    return Sequential([MaxPooling3D(2, input_shape=(4, 5, 6, 2)), AveragePooling3D((2, 1, 2))])


def steps():
    return Sequential(
        [MaxPooling1D(2, input_shape=(8, 3)), AveragePooling1D(3, strides=1), GRU(2), Dense(2)]
    )


def words():
    return Sequential([Embedding(20, 6, input_length=7), LSTM(5), Dense(1, activation="sigmoid")])


def upwards():
    return Sequential(
        [
            Conv2DTranspose(3, 3, strides=2, padding="same", input_shape=(4, 5, 2)),
            Conv2DTranspose(2, (2, 3), strides=(1, 3), activation="relu"),
            Conv2DTranspose(2, 3, dilation_rate=2, padding="full"),
            UpSampling2D((2, 3), interpolation="bilinear"),
        ]
    )


def upwards_in_time():
    return Sequential([Conv1DTranspose(3, 4, strides=3, output_padding=1, input_shape=(5, 2))])


def convolved_volumes():
    return Sequential(
        [
            Conv3D(3, (3, 2, 3), strides=(2, 1, 1), padding="same", input_shape=(6, 5, 6, 2)),
            Conv3D(2, 2, dilation_rate=(2, 1, 1)),
            Conv3DTranspose(2, 3, strides=(2, 1, 2)),
        ]
    )


def backwards():
    return Sequential(
        [
            Bidirectional(LSTM(3, return_sequences=True), input_shape=(6, 2)),
            Bidirectional(GRU(2, return_sequences=True), merge_mode="sum"),
            SimpleRNN(3, go_backwards=True, return_sequences=True),
            RNN([LSTMCell(3), GRUCell(2)], go_backwards=True),
        ]
    )


def nothing_changed():
    return Sequential([Dropout(0.5, input_shape=(3,))])


@pytest.mark.parametrize("batch_size", [None, 5])
@pytest.mark.parametrize(
    "build",
    [
        *(digits, two_inputs, words, pools, volumes, steps, upwards, upwards_in_time),
        *(convolved_volumes, backwards, nothing_changed),
    ],
)
def test_onnx_programs_predict_what_the_model_predicts(tmp_path, build, batch_size):
    pytest.importorskip("jax2onnx", reason="needs pip install jax2onnx")
    onnxruntime = pytest.importorskip("onnxruntime")
    model = build()
    model.export_onnx(tmp_path / "m.onnx", batch_size)
    session = onnxruntime.InferenceSession(tmp_path / "m.onnx")
    assert [i.name for i in session.get_inputs()] == model.input_names
    assert [o.name for o in session.get_outputs()] == model.output_names
    for count in (5,) if batch_size else (1, 5, 8):
        check_predictions(session, model, count)


def check_predictions(session, model, count):
    rng = np.random.default_rng(0)
    x = [
        (rng.random((count, *t.shape[1:])) * (1 if "float" in str(t.dtype) else 20)).astype(t.dtype)
        for t in model.inputs
    ]
    found = session.run(None, dict(zip(model.input_names, x, strict=True)))
    expected = model.predict(x if len(x) > 1 else x[0])
    for a, b in zip(found, expected if len(found) > 1 else [expected], strict=True):
        assert np.allclose(a, b, atol=1e-5)


def test_what_has_no_onnx_form_is_said(tmp_path):
    pytest.importorskip("jax2onnx", reason="needs pip install jax2onnx")
    with pytest.raises(
        ValueError, match=r"takes arrays of one shape; input '.*' of model .* has \(B, None, 2\)"
    ):
        Sequential([LSTM(3, input_shape=(None, 2))]).export_onnx(tmp_path / "m.onnx")
    import jax

    odd = Sequential([Lambda(lambda x: jax.scipy.special.bessel_jn(x, v=1)[0], input_shape=(3,))])
    with pytest.raises(ValueError, match="cannot be written as ONNX"):
        odd.export_onnx(tmp_path / "m.onnx")
    assert not (tmp_path / "m.onnx").exists()
