"""Writers of the files of other frameworks, and PyTorch's layers in NumPy."""

import io
import json
import pickle
import sys
import types
import zipfile

import numpy as np
import pytest

from jaxcnn.reporting.event_file import field


def write_safetensors(path, arrays, metadata=None):
    header, content = ({"__metadata__": metadata} if metadata else {}), b""
    codes = {"float32": "F32", "float64": "F64", "float16": "F16", "bfloat16": "BF16"}
    codes |= {"int64": "I64", "bool": "BOOL"}
    for name, array in arrays.items():
        data = np.ascontiguousarray(array).tobytes()
        offsets = [len(content), len(content) + len(data)]
        code = codes[array.dtype.name]
        header[name] = {"dtype": code, "shape": list(array.shape), "data_offsets": offsets}
        content += data
    text = json.dumps(header).encode()
    path.write_bytes(len(text).to_bytes(8, "little") + text + content)


class Tensor:
    """Pickled as torch pickles a tensor."""

    def __init__(self, array, key, start=0, strides=None):
        self.array, self.key, self.start = array, key, start
        self.strides = strides or tuple(s // array.itemsize for s in array.strides)


@pytest.fixture
def write_torch(monkeypatch):
    """A function that writes what `torch.save` writes, without torch."""
    torch, utils = types.ModuleType("torch"), types.ModuleType("torch._utils")

    def _rebuild_tensor_v2(*arguments):
        raise AssertionError("only its name is written")

    def _rebuild_parameter(*arguments):
        raise AssertionError("only its name is written")

    for function in (_rebuild_tensor_v2, _rebuild_parameter):
        function.__module__, function.__qualname__ = "torch._utils", function.__name__
        setattr(utils, function.__name__, function)
    for name in ("FloatStorage", "LongStorage"):
        setattr(torch, name, type(name, (), {"__module__": "torch"}))
    monkeypatch.setitem(sys.modules, "torch", torch)
    monkeypatch.setitem(sys.modules, "torch._utils", utils)

    class Pickler(pickle.Pickler):
        def persistent_id(self, value):
            if isinstance(value, tuple) and value[:1] == ("a storage",):
                _, tensor = value
                kind = "LongStorage" if tensor.array.dtype == np.int64 else "FloatStorage"
                size = tensor.array.size
                return ("storage", getattr(torch, kind), tensor.key, "cpu", size)
            return None

        def reducer_override(self, value):
            if not isinstance(value, Tensor):
                return NotImplemented
            place = (("a storage", value), value.start, value.array.shape, value.strides)
            return utils._rebuild_tensor_v2, (*place, False, {})

    def write(path, content):
        buffer = io.BytesIO()
        Pickler(buffer, 2).dump(content)
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("weights/data.pkl", buffer.getvalue())
            archive.writestr("weights/byteorder", b"little")
            for tensor in tensors_in(content):
                flat = np.asarray(tensor.array).ravel("K")
                archive.writestr(f"weights/data/{tensor.key}", flat.tobytes())

    return write


def tensors_in(value):
    if isinstance(value, Tensor):
        return [value]
    return [t for v in value.values() for t in tensors_in(v)] if isinstance(value, dict) else []


def torch_state(arrays):
    """Arrays as a state_dict of torch."""
    return {name: Tensor(array, str(i)) for i, (name, array) in enumerate(arrays.items())}


def onnx_tensor(name, array):
    kinds = {"float32": 1, "int64": 7, "float16": 10}
    shape = b"".join(field(1, n) for n in array.shape)
    return shape + field(2, kinds[array.dtype.name]) + field(8, name) + field(9, array.tobytes())


def onnx_node(kind, inputs, outputs, name="", **attributes):
    message = b"".join(field(1, n) for n in inputs) + b"".join(field(2, n) for n in outputs)
    message += field(3, name) + field(4, kind)
    for key, value in attributes.items():
        numbers = [field(8, n) for n in value] if isinstance(value, list) else [field(3, value)]
        message += field(5, field(1, key) + b"".join(numbers))
    return message


def write_onnx(path, nodes, arrays):
    graph = b"".join(field(1, node) for node in nodes)
    graph += b"".join(field(5, onnx_tensor(name, array)) for name, array in arrays.items())
    path.write_bytes(field(1, 8) + field(7, graph))


def rows(x, weight, bias=0.0):
    return x @ weight.T + bias


def conv(x, weight, bias, groups=1):
    """A convolution of images with their channels in front."""
    size = x.shape[2] - weight.shape[2] + 1, x.shape[3] - weight.shape[3] + 1
    each, out = x.shape[1] // groups, weight.shape[0] // groups
    y = np.zeros((len(x), weight.shape[0], *size))
    for g in range(groups):
        inner, kernels = x[:, g * each : (g + 1) * each], weight[g * out : (g + 1) * out]
        for i in range(weight.shape[2]):
            for j in range(weight.shape[3]):
                window = inner[:, :, i : i + size[0], j : j + size[1]]
                y[:, g * out : (g + 1) * out] += np.einsum(
                    "nchw,oc->nohw", window, kernels[:, :, i, j]
                )
    return y + bias[:, None, None]


def conv_transpose(x, weight, bias, stride):
    size = [(n - 1) * stride + k for n, k in zip(x.shape[2:], weight.shape[2:], strict=True)]
    y = np.zeros((len(x), weight.shape[1], *size))
    for i in range(x.shape[2]):
        for j in range(x.shape[3]):
            part = np.einsum("nc,cohw->nohw", x[:, :, i, j], weight)
            top, left = i * stride, j * stride
            y[:, :, top : top + weight.shape[2], left : left + weight.shape[3]] += part
    return y + bias[:, None, None]


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def lstm(x, w_ih, w_hh, b_ih, b_hh):
    h = c = np.zeros((len(x), w_hh.shape[1]))
    outputs = []
    for t in range(x.shape[1]):
        i, f, g, o = np.split(rows(x[:, t], w_ih, b_ih) + rows(h, w_hh, b_hh), 4, axis=1)
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
        h = sigmoid(o) * np.tanh(c)
        outputs.append(h)
    return np.stack(outputs, 1)


def gru(x, w_ih, w_hh, b_ih, b_hh):
    h = np.zeros((len(x), w_hh.shape[1]))
    for t in range(x.shape[1]):
        r_x, z_x, n_x = np.split(rows(x[:, t], w_ih, b_ih), 3, axis=1)
        r_h, z_h, n_h = np.split(rows(h, w_hh, b_hh), 3, axis=1)
        r, z = sigmoid(r_x + r_h), sigmoid(z_x + z_h)
        h = (1 - z) * np.tanh(n_x + r * n_h) + z * h
    return h
