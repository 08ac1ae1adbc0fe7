"""usage: mutants.py FOLDER COUNT SEED: damaged files of every kind through the readers.

Writes sound files into FOLDER, then reads COUNT mutants of them, each of which must be read or end
in one ValueError or OSError that names the file, within a few seconds and little memory. What does
otherwise is printed as JSON, one line each, and the mutant stays in FOLDER.
"""

import gzip
import io
import json
import pickle
import random
import re
import resource
import shutil
import signal
import sys
import time
import warnings
import zipfile
from pathlib import Path

import h5py
import numpy as np
import yaml
from PIL import Image

import jaxcnn as jc
from jaxcnn import layers as L
from jaxcnn.applications.other_frameworks import read_caffe_npy, read_matconvnet
from jaxcnn.datasets import formats
from jaxcnn.datasets.images import read_image
from jaxcnn.detection import darknet
from jaxcnn.faces.database import FaceDatabase
from jaxcnn.models import load_model, model_from_json, model_from_yaml
from jaxcnn.reporting.event_file import field

SECONDS = 10  # for one file
MEMORY = 2 << 30  # beyond what the process has when everything is imported
ROWS = np.arange(12, dtype="float32").reshape(4, 3)
CFG = """[net]
width=32
height=32
channels=3
[convolutional]
batch_normalize=1
filters=4
size=3
stride=1
pad=1
activation=leaky
[maxpool]
size=2
stride=2
[convolutional]
filters=18
size=1
activation=linear
[yolo]
mask=0,1,2
anchors=1,2, 3,4, 5,6
classes=1
num=3
"""
ODD = (None, -1, 0, 1, 2**31, 2**63, 1e308, "", "x", [], {}, [[]], True, [None], "relu", {"a": []})


class TooSlow(Exception):
    """A reader took too long."""


def network():
    x = L.Input((6, 6, 2), name="x")
    y = L.BatchNormalization(name="b")(L.Conv2D(2, 3, name="c", activation="relu")(x))
    y = L.Dense(3, name="d", kernel_regularizer="l2")(L.Flatten(name="f")(L.MaxPooling2D()(y)))
    return jc.Model(x, L.add([y, y], name="a"), name="m")


def sound_files(folder):
    """Name of each sound file -> what reads it."""
    model = network()
    model.compile("adam", "mse", metrics=["mae"])
    for name in ("m.h5", "m.keras"):
        model.save(folder / name)
    for name in ("w.h5", "w.weights.h5"):
        model.save_weights(folder / name)
    (folder / "m.json").write_text(model.to_json())
    (folder / "m.yaml").write_text(yaml.safe_dump(json.loads(model.to_json())))
    (folder / "y.cfg").write_text(CFG)
    yolo = darknet.build(darknet.read_sections(folder / "y.cfg"))
    darknet.write_weights(yolo, folder / "y.weights")
    pixels = np.arange(28 * 28 * 2, dtype="u1").reshape(2, 28, 28)
    header = bytes([0, 0, 8])
    for kind in ("train", "t10k"):
        images = header + bytes([3]) + np.array(pixels.shape, ">u4").tobytes() + pixels.tobytes()
        labels = header + bytes([1]) + np.array([2], ">u4").tobytes() + b"\1\2"
        (folder / f"{kind}-images-idx3-ubyte").write_bytes(images)
        (folder / f"{kind}-labels-idx1-ubyte").write_bytes(labels)
    (folder / "gz").mkdir()
    for path in folder.glob("*-ubyte"):
        (folder / "gz" / f"{path.name}.gz").write_bytes(gzip.compress(path.read_bytes()))
    digits = {"x_train": pixels, "y_train": np.arange(2), "x_test": pixels, "y_test": np.arange(2)}
    np.savez(folder / "d.npz", **digits)
    halves = ((pixels, np.arange(2)), (pixels, np.arange(2)))
    (folder / "d.pkl").write_bytes(pickle.dumps(halves, protocol=2))
    kernels = np.array({"conv1": [ROWS, ROWS[0]]}, dtype=object)
    np.save(folder / "k.npy", kernels, allow_pickle=True)
    write_mat(folder / "k.mat")
    image = Image.fromarray(np.arange(192, dtype="u1").reshape(8, 8, 3))
    for suffix in ("png", "jpg", "gif", "bmp", "tiff", "webp"):
        image.save(folder / f"i.{suffix}")
    FaceDatabase({"a": ROWS[0]}).save(folder / "f.json")
    FaceDatabase({"a": ROWS[0]}).save(folder / "f.npz")
    with zipfile.ZipFile(Path(__file__).parents[1] / "saving/zoo/keras-2.13.1.zip") as archive:
        for name in archive.namelist():
            if name.startswith(("nested.checkpoint", "nested.keras")):
                (folder / name.replace("nested", "n")).write_bytes(archive.read(name))
    write_foreign(folder)
    real = Path(__file__).parents[1] / "saving/foreign/real.zip"
    with zipfile.ZipFile(real) as archive:
        (folder / "old.pt").write_bytes(archive.read("views.old.pt"))
    pair = jc.Sequential([L.Dense(5, input_shape=(4,)), L.Dense(2)])
    dense = jc.Sequential([L.Dense(4, input_shape=(3,), name="d")])
    checkpoint = load_model(folder / "n.keras", compile=False)

    def cut(path):  # two files are one data set; the other is sound
        return formats.read_idx(path)

    readers = {
        "m.h5": load_model,
        "m.keras": load_model,
        "w.h5": model.load_weights,
        "w.weights.h5": model.load_weights,
        "m.json": lambda path: model_from_json(path.read_text(errors="replace")),
        "m.yaml": lambda path: model_from_yaml(path.read_text(errors="replace")),
        "y.cfg": lambda path: darknet.load(path, folder / "y.weights"),
        "y.weights": lambda path: darknet.read_weights(yolo, path),
        "train-images-idx3-ubyte": cut,
        "train-labels-idx1-ubyte": lambda path: formats.read_idx(
            folder / "train-images-idx3-ubyte"
        ),
        "gz/train-images-idx3-ubyte.gz": cut,
        "d.npz": formats.read_npz,
        "d.pkl": formats.read_pickle,
        "k.npy": read_caffe_npy,
        "k.mat": read_matconvnet,
        "f.json": FaceDatabase.load,
        "f.npz": FaceDatabase.load,
        "n.checkpoint.index": checkpoint.load_weights,
        "n.checkpoint.data-00000-of-00001": lambda path: checkpoint.load_weights(
            folder / "n.checkpoint.index"
        ),
        "s.safetensors": dense.load_weights,
        "t.pt": dense.load_weights,
        "old.pt": pair.load_weights,
        "o.onnx": dense.load_weights,
        "js/model.json": dense.load_weights,
        **{f"i.{suffix}": read_image for suffix in ("png", "jpg", "gif", "bmp", "tiff", "webp")},
    }
    return {name: reader for name, reader in readers.items() if (folder / name).is_file()}


def write_mat(path):
    try:
        from scipy.io import savemat
    except ImportError:
        return
    layer = {"name": "conv1", "type": "conv"}
    layer["weights"] = np.empty(2, dtype=object)
    layer["weights"][:] = [ROWS[None, None], ROWS[:1]]
    savemat(path, {"layers": np.array([layer], dtype=object)}, do_compression=True)


def write_foreign(folder):
    """Files of other frameworks, of one layer of three inputs and four outputs."""
    data = ROWS.tobytes()
    entry = {"dtype": "F32", "shape": [4, 3], "data_offsets": [0, 48]}
    bias = {"dtype": "F32", "shape": [4], "data_offsets": [48, 64]}
    header = json.dumps({"d.weight": entry, "d.bias": bias}).encode()
    content = len(header).to_bytes(8, "little") + header + data + data[:16]
    (folder / "s.safetensors").write_bytes(content)
    places = ((b"0", (4, 3), (3, 1)), (b"1", (4,), (1,)))
    pickled = b"\x80\x02}("
    for name, (key, shape, strides) in zip((b"d.weight", b"d.bias"), places, strict=True):
        pickled += b"X" + len(name).to_bytes(4, "little") + name
        pickled += b"ctorch._utils\n_rebuild_tensor_v2\n((X\7\0\0\0storagectorch\nFloatStorage\n"
        pickled += b"X\1\0\0\0" + key + b"X\3\0\0\0cpuK\x0ctQK\0"
        for numbers in (shape, strides):
            pickled += b"(" + b"".join(b"K" + bytes([n]) for n in numbers) + b"t"
        pickled += b"\x89}tR"
    with zipfile.ZipFile(folder / "t.pt", "w") as archive:
        archive.writestr("a/data.pkl", pickled + b"u.")
        archive.writestr("a/data/0", data)
        archive.writestr("a/data/1", data[:16])
    tensors = b""
    for name, array in (("d.weight", ROWS), ("d.bias", ROWS[0, [0, 1, 2, 0]])):
        shape = b"".join(field(1, n) for n in array.shape)
        tensor = shape + field(2, 1) + field(8, name) + field(9, array.tobytes())
        tensors += field(5, tensor)
    inputs = b"".join(field(1, name) for name in ("x", "d.weight", "d.bias"))
    transposed = field(5, field(1, "transB") + field(3, 1))
    node = inputs + field(2, "y") + field(4, "Gemm") + transposed
    (folder / "o.onnx").write_bytes(field(1, 8) + field(7, field(1, node) + tensors))
    (folder / "js").mkdir()
    names = (("d/kernel", [3, 4]), ("d/bias", [4]))
    weights = [{"name": name, "shape": shape, "dtype": "float32"} for name, shape in names]
    described = {"weightsManifest": [{"paths": ["s"], "weights": weights}]}
    (folder / "js" / "model.json").write_text(json.dumps(described))
    (folder / "js" / "s").write_bytes(data + data[:16])


def mutated_bytes(rng, data):
    """Some bytes changed, cut, doubled or put in."""
    data = bytearray(data)
    for _ in range(rng.choice((1, 1, 1, 2, 4, 16))):
        at, size = rng.randrange(len(data) + 1), rng.choice((1, 2, 4, 8, 64))
        kind = rng.randrange(7)
        if kind == 0:
            data[at : at + 1] = bytes([rng.randrange(256)])
        elif kind == 1:
            data[at : at + size] = rng.choice((b"\xff", b"\0", b"\x7f", b"\x80")) * size
        elif kind == 2:
            del data[at : at + size]
        elif kind == 3:
            del data[at:]
        elif kind == 4:
            data[at:at] = data[at : at + size]
        elif kind == 5:
            digits = list(re.finditer(rb"\d+", data))
            if digits:
                start, end = rng.choice(digits).span()
                data[start:end] = rng.choice((b"0", b"-1", b"99999999999", b"1e9", b"x"))
        else:
            data[at : at + 1] = bytes([data[at] ^ 1 << rng.randrange(8)]) if at < len(data) else b""
    return bytes(data)


def mutated_json(rng, value):
    """A value with one part replaced, left out or doubled."""
    places = list(parts(value))
    parent, key = rng.choice(places) if places else (None, None)
    if parent is None:
        return rng.choice(ODD)
    kind = rng.randrange(4)
    if kind == 0:
        del parent[key]
    elif kind == 1 and isinstance(parent, list):
        parent.insert(key, json.loads(json.dumps(parent[key])))
    elif kind == 2:
        other, at = rng.choice(places)
        parent[key] = json.loads(json.dumps(other[at]))
    else:
        parent[key] = rng.choice(ODD)
    return value


def parts(value):
    """(container, key) of everything inside a value of JSON."""
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, item in list(items) if isinstance(value, dict | list) else ():
        yield value, key
        if isinstance(item, dict | list):
            yield from parts(item)


def mutant(rng, name, data):
    """A damaged content, of a file or of one in an archive."""
    suffix = name.rsplit(".", 1)[-1]
    text = suffix in ("json", "yaml", "cfg")
    if suffix == "json" and rng.random() < 0.7:
        return json.dumps(mutated_json(rng, json.loads(data))).encode()
    if suffix == "yaml" and rng.random() < 0.5:
        return yaml.safe_dump(mutated_json(rng, yaml.safe_load(data))).encode()
    if (suffix in ("keras", "npz") or name == "t.pt") and rng.random() < 0.8:
        return mutated_archive(rng, data)
    if suffix == "gz" and rng.random() < 0.7:
        return gzip.compress(mutated_bytes(rng, gzip.decompress(data)))
    if suffix == "h5" and rng.random() < 0.6:
        return mutated_hdf5(rng, data)
    return mutated_bytes(rng, data) if not text or data else data


def mutated_archive(rng, data):
    source, buffer = zipfile.ZipFile(io.BytesIO(data)), io.BytesIO()
    names = source.namelist()
    chosen = rng.choice(names)
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in names:
            content = source.read(name)
            if name == chosen and rng.random() < 0.1:
                continue
            archive.writestr(name, mutant(rng, name, content) if name == chosen else content)
    return buffer.getvalue()


def mutated_hdf5(rng, data):
    """A file with an attribute or an array that was changed, renamed, left out or put elsewhere."""
    buffer = io.BytesIO(data)
    with h5py.File(buffer, "a") as file:
        items = [file]
        file.visititems(lambda _, item: items.append(item))
        holder = rng.choice([item for item in items if item.attrs] or items)
        names = list(holder.attrs)
        if names and rng.random() < 0.6:
            name = rng.choice(names)
            value = holder.attrs[name]
            if isinstance(value, bytes) and value[:1] == b"{":
                value = json.dumps(mutated_json(rng, json.loads(value))).encode()
            else:
                value = rng.choice((b"", b"x", 7, np.arange(3), [b"a", b"b"], 2.5, b"\xff"))
            holder.attrs[name] = value
        elif len(items) > 1:
            item = rng.choice(items[1:])
            name, parent = item.name, item.parent
            shape = rng.choice(((), (0,), (3, 3), (10**6, 10**6), (2, 2, 2, 2, 2)))
            del file[name]
            if rng.random() < 0.3:
                parent[name] = h5py.SoftLink(rng.choice(("/", "/model_weights", name)))
            elif rng.random() < 0.8:
                dtype = rng.choice(("f4", "f8", "i4", "S3", "?"))
                chunks = {"chunks": (1, 1)} if shape == (10**6, 10**6) else {}
                parent.create_dataset(name, shape, dtype, **chunks)
    return buffer.getvalue()


def outcome(reader, path, label):
    """What is wrong with reading a file, or None."""
    begin = time.process_time()
    signal.alarm(SECONDS)
    try:
        reader(path)
    except TooSlow:
        return f"takes more than {SECONDS} s"
    except (ValueError, OSError) as error:
        if not any(word in str(error) for word in label):
            return f"{type(error).__name__} names no file: {error}"
        if "more memory than there is" in str(error):
            return f"wants too much memory: {error}"
    except BaseException as error:
        return f"{type(error).__name__}: {error}"
    finally:
        signal.alarm(0)
    seconds = time.process_time() - begin
    return f"takes {seconds:.1f} s" if seconds > SECONDS / 2 else None


def too_slow(*_):
    raise TooSlow


def main(folder, count, seed):
    """Read mutants; the number of those that were refused, on the last line."""
    folder = Path(folder)
    readers = sound_files(folder)
    for name, reader in readers.items():
        reader(folder / name)
    warnings.simplefilter("ignore")
    size = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (size + MEMORY, size + MEMORY))
    signal.signal(signal.SIGALRM, too_slow)
    rng, names = random.Random(seed), sorted(readers)
    # Those that hold more kinds of things are tried more often.
    odds = [4 if name in ("m.h5", "m.keras", "m.json") else 1 for name in names]
    spent = dict.fromkeys(names, 0.0)
    for number in range(count):
        (name,) = rng.choices(names, odds)
        path = folder / name
        sound = path.read_bytes()
        content = mutant(rng, name, sound)
        path.write_bytes(content)
        print("trying", number, name, file=sys.stderr, flush=True)
        (folder / "last").write_bytes(content)
        texts = ("configuration", "The text", "Layer '", "layer '")
        label = (path.name, str(folder), *(texts if name in ("m.json", "m.yaml") else ()))
        begin = time.perf_counter()
        problem = outcome(readers[name], path, label)
        spent[name] += time.perf_counter() - begin
        if problem:
            shutil.copy(path, folder / f"mutant-{number}")
            print(
                json.dumps({"number": number, "file": name, "problem": problem[:600]}), flush=True
            )
        path.write_bytes(sound)
    print("time", {k: round(v, 1) for k, v in spent.items()}, file=sys.stderr)
    print("done", flush=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
