"""Which layers take which modules, in every format."""

import json

import ml_dtypes
import numpy as np
import pytest

from jaxcnn import layers as L
from jaxcnn.models import Sequential

from . import conftest as torch

A, B = np.arange(6, dtype="float32").reshape(2, 3), np.array([7.0, 8.0], "float32")
C, D = np.arange(4, dtype="float32").reshape(2, 2), np.array([1.0, 2.0], "float32")
STATE = {"net.0.weight": A, "net.0.bias": B, "net.2.weight": C, "net.2.bias": D}


def model():
    inner = Sequential([L.Dense(2, name="second", input_shape=(2,))], name="inner")
    return Sequential([L.Dense(2, name="first", input_shape=(3,)), L.Activation("relu"), inner])


def check(model, arrays=(A.T, B, C.T, D)):
    for weight, expected in zip(model.get_weights(), arrays, strict=True):
        np.testing.assert_array_equal(weight, expected)


def test_by_order_with_a_report(tmp_path):
    torch.write_safetensors(tmp_path / "w.safetensors", STATE, {"format": "pt"})
    report = (ours := model()).load_weights(tmp_path / "w.safetensors")
    check(ours)
    assert report.matched[1] == ("second", ("net.2.weight", "net.2.bias"))
    assert str(report) == (
        f"{tmp_path / 'w.safetensors'} (safetensors): 2 layers took weights\n"
        "  first <- net.0.weight, net.0.bias\n  second <- net.2.weight, net.2.bias"
    )


def test_by_name_and_mapping(tmp_path):
    torch.write_safetensors(tmp_path / "w", STATE)
    report = (ours := model()).load_weights(tmp_path / "w", mapping={"second": "net.2"}, by="name")
    assert report.left == ("first",) and report.unused == ("net.0.weight", "net.0.bias")
    np.testing.assert_array_equal(ours.get_weights()[2], C.T)
    ours.load_weights(tmp_path / "w", mapping={"second": "net.2"})  # the rest in order
    check(ours)
    for mapping, message in (
        ({"secnd": "net.2"}, "no layer 'secnd' with weights. Did you mean 'second'"),
        ({"second": "net.3"}, "w has no module 'net.3'. Did you mean 'net"),
        ({"second": ["net.0", "net.2"]}, "layer 'second' takes 1 modules of the file, given 2"),
    ):
        with pytest.raises(ValueError, match=message):
            ours.load_weights(tmp_path / "w", mapping=mapping)
    with pytest.raises(ValueError, match="by= is 'order' or 'name'; given 'names'"):
        ours.load_weights(tmp_path / "w", by="names")
    short = Sequential([L.Dense(2, input_shape=(3,), name="one")])
    with pytest.raises(
        ValueError, match=r"holds 2 modules with weights .net\.0, net\.2.; the layers .one. take 1"
    ):
        short.load_weights(tmp_path / "w")
    ours.save_weights(tmp_path / "k.h5")
    with pytest.raises(ValueError, match=r"k\.h5 is no file of another framework"):
        ours.load_weights(tmp_path / "k.h5", mapping={"second": "second"})
    ours.load_weights(tmp_path / "k.h5", by="name")


def test_pytorch_archives(tmp_path, write_torch):
    state = torch.torch_state({k: np.asfortranarray(v) for k, v in STATE.items()})
    write_torch(tmp_path / "w.pt", {"state_dict": state, "epoch": 3})
    report = (ours := model()).load_weights(tmp_path / "w.pt")
    assert report.framework == "PyTorch"
    check(ours)
    shared = np.arange(10, dtype="float32")
    state["net.2.bias"] = torch.Tensor(shared[:2], "9", start=3)
    write_torch(tmp_path / "far.pt", state)
    with pytest.raises(ValueError, match=r"far\.pt: 'net\.2\.bias' lies outside of its storage"):
        ours.load_weights(tmp_path / "far.pt")
    write_torch(tmp_path / "odd.pt", {"epoch": 3})
    with pytest.raises(ValueError, match=r"odd\.pt holds no state_dict but epoch"):
        ours.load_weights(tmp_path / "odd.pt")
    write_torch(tmp_path / "code.pt", {"state_dict": state, "model": print})
    with pytest.raises(ValueError, match=r"holds more than arrays: it asks for .*print"):
        ours.load_weights(tmp_path / "code.pt")


@pytest.mark.parametrize("dtype", ["float64", "float16", ml_dtypes.bfloat16])
def test_other_numbers(tmp_path, dtype):
    torch.write_safetensors(tmp_path / "w", {k: v.astype(dtype) for k, v in STATE.items()})
    (ours := model()).load_weights(tmp_path / "w")
    check(ours)


def test_damaged_safetensors(tmp_path):
    path = tmp_path / "w"
    torch.write_safetensors(path, STATE)
    content = path.read_bytes()
    for old, new, message in (
        (b"[0, 24]", b"[0, 23]", "'net.0.weight' of shape .2, 3. has 23 bytes"),
        (b"[0, 24]", b"[9, 99]", "'net.0.weight' lies outside of the file"),
        (b'"F32"', b'"F99"', "'net.0.weight' holds F99"),
        (b'"shape"', b'"shade"', "w is damaged or not a file of weights: KeyError"),
    ):
        path.write_bytes(content.replace(old, new, 1))
        with pytest.raises(ValueError, match=message):
            model().load_weights(path)


def test_tensorflow_js(tmp_path):
    scale = {"dtype": "uint8", "scale": 1.0, "min": 0.0}
    weights = [
        {"name": "dense_Dense1/kernel", "shape": [3, 2], "dtype": "float32"},
        {"name": "dense_Dense1/bias", "shape": [2], "dtype": "float32", "quantization": scale},
        {"name": "dense_Dense2/kernel", "shape": [2, 2], "dtype": "float32"},
        {"name": "dense_Dense2/bias", "shape": [2], "dtype": "float32"},
    ]
    manifest = [{"paths": ["shard1", "shard2"], "weights": weights}]
    described = {"format": "layers-model", "weightsManifest": manifest}
    (tmp_path / "model.json").write_text(json.dumps(described))
    content = A.T.tobytes() + B.astype("u1").tobytes() + C.tobytes() + D.tobytes()
    (tmp_path / "shard1").write_bytes(content[:9])
    (tmp_path / "shard2").write_bytes(content[9:])
    for path in (tmp_path, tmp_path / "model.json"):
        report = (ours := model()).load_weights(path)
        check(ours, (A.T, B, C, D))
    assert report.matched[0] == ("first", ("dense_Dense1/kernel", "dense_Dense1/bias"))
    report = ours.load_weights(tmp_path, mapping={"first": "dense_Dense1"})
    assert report.left == ("inner",) and len(report.unused) == 2
    (tmp_path / "shard2").write_bytes(content[9:-1])
    with pytest.raises(ValueError, match=r"'dense_Dense2/bias' of shape .2,. lies outside"):
        ours.load_weights(tmp_path)
    described["weightsManifest"][0]["paths"] = ["../shard1"]
    (tmp_path / "model.json").write_text(json.dumps(described))
    with pytest.raises(ValueError, match=r"'\.\./shard1' does not lie beside it"):
        ours.load_weights(tmp_path)


def test_onnx(tmp_path):
    nodes = [
        torch.onnx_node("Gemm", ["x", "net.0.weight", "net.0.bias"], ["a"], transB=1),
        torch.onnx_node("Relu", ["a"], ["b"]),
        torch.onnx_node("MatMul", ["b", "m"], ["c"], name="last"),
        torch.onnx_node("Add", ["c", "n"], ["y"]),
    ]
    arrays = {"net.0.weight": A, "net.0.bias": B, "m": C.T.copy(), "n": D}
    torch.write_onnx(tmp_path / "m.onnx", nodes, arrays)
    report = (ours := model()).load_weights(tmp_path / "m.onnx")
    check(ours)
    assert report.matched == (("first", ("net.0.weight", "net.0.bias")), ("second", ("m", "n")))
    ours.load_weights(tmp_path / "m.onnx", mapping={"first": "net.0", "second": "last"})


def test_onnx_recurrence_and_images(tmp_path):
    rng = np.random.default_rng(0)
    gates = {k: rng.normal(size=s).astype("float32") for k, s in (("w", (12, 4)), ("r", (12, 3)))}
    biases = rng.normal(size=(2, 12)).astype("float32")

    def of_onnx(rows):  # input, output, forget, cell
        i, f, g, o = np.split(rows, 4)
        return np.concatenate([i, o, f, g])

    arrays = {k: of_onnx(v)[None] for k, v in gates.items()}
    arrays["b"] = np.concatenate([of_onnx(b) for b in biases])[None]
    nodes = [torch.onnx_node("LSTM", ["x", "w", "r", "b"], ["y"])]
    torch.write_onnx(tmp_path / "m.onnx", nodes, arrays)
    x = rng.normal(size=(2, 3, 4)).astype("float32")
    layer = L.LSTM(3, recurrent_activation="sigmoid", input_shape=(3, 4), return_sequences=True)
    (ours := Sequential([layer])).load_weights(tmp_path / "m.onnx")
    expected = torch.lstm(x, gates["w"], gates["r"], *biases)
    np.testing.assert_allclose(ours.predict(x, verbose=0), expected, atol=1e-5)
    kernel, rows = rng.normal(size=(1, 1, 1, 1)), rng.normal(size=(2, 4))
    arrays = {"k": np.ones_like(kernel, "float32"), "w": rows.astype("float32")}
    for turned in (False, True):  # whether the image has its channels last where it is flattened
        nodes = [torch.onnx_node("Conv", ["x", "k"], ["a"])]
        if turned:
            nodes.append(torch.onnx_node("Transpose", ["a"], ["t"], perm=[0, 2, 3, 1]))
        nodes.append(torch.onnx_node("Flatten", ["t" if turned else "a"], ["f"]))
        nodes.append(torch.onnx_node("Gemm", ["f", "w"], ["y"], transB=1))
        torch.write_onnx(tmp_path / "c.onnx", nodes, arrays)
        layers = [L.Conv2D(1, 1, use_bias=False, input_shape=(2, 2, 1)), L.Flatten()]
        ours = Sequential([*layers, L.Dense(2, use_bias=False)])
        ours.load_weights(tmp_path / "c.onnx")
        np.testing.assert_array_equal(ours.get_weights()[1], arrays["w"].T)


@pytest.mark.parametrize("content", [b"", b"\x08\x08", b"\x08\x08:\x02\x0a\x05", b"\x08\x00" * 9])
def test_what_is_none_of_these(content, tmp_path):
    (tmp_path / "w").write_bytes(content)
    with pytest.raises(ValueError, match="w"):
        model().load_weights(tmp_path / "w")
