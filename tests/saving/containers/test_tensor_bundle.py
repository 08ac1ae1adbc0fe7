"""Checkpoints of TensorFlow: what the zoo's do not show."""

import struct
import zipfile
from pathlib import Path

import numpy as np
import pytest

from jaxcnn import layers as L
from jaxcnn.models import Sequential
from jaxcnn.saving.containers.tensor_bundle import (
    block,
    prefix_of,
    read_array,
    read_index,
    span_in,
)
from jaxcnn.utils.crc32c import masked_crc32c
from jaxcnn.utils.protobuf import fields, varint

ZOO = Path(__file__).parents[1] / "zoo" / "keras-2.13.1.zip"


@pytest.fixture
def checkpoint(tmp_path):
    with zipfile.ZipFile(ZOO) as archive:
        for name in archive.namelist():
            if name.startswith("nested.checkpoint"):
                archive.extract(name, tmp_path)
    return tmp_path / "nested.checkpoint"


def test_the_index_says_where_variables_stand(checkpoint):
    spans = read_index(Path(f"{checkpoint}.index").read_bytes())
    assert spans["layer_with_weights-0/kernel"].shape == (2, 3, 3)
    assert spans["layer_with_weights-1/layer_with_weights-1/moving_mean"].dtype == np.float32
    assert not any(key.startswith("_CHECKPOINTABLE") for key in spans)


def test_names_by_which_a_checkpoint_is_known(checkpoint, tmp_path):
    assert prefix_of(checkpoint) == prefix_of(f"{checkpoint}.index") == checkpoint
    (tmp_path / "saved" / "variables").mkdir(parents=True)
    (tmp_path / "saved" / "variables" / "variables.index").touch()
    assert prefix_of(tmp_path / "saved") == tmp_path / "saved" / "variables" / "variables"
    assert prefix_of(tmp_path / "other") is None


def test_a_checkpoint_of_another_model(checkpoint):
    model = Sequential([L.Conv1D(3, 2, input_shape=(4, 3)), L.Flatten(), L.Dense(2)])
    before = model.get_weights()
    with pytest.raises(ValueError, match=r"nested.checkpoint: layer 'dense_\d+' needs variables"):
        model.load_weights(checkpoint)
    for a, b in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    with pytest.raises(ValueError, match="weights for more than 1 layers"):
        Sequential([L.Conv1D(3, 2, input_shape=(4, 3))]).load_weights(checkpoint)


def test_damage_is_named(checkpoint):
    model = Sequential([L.Conv1D(3, 2, input_shape=(4, 3))])
    index = Path(f"{checkpoint}.index")
    whole = index.read_bytes()
    for data in (
        b"",
        whole[:-9],
        whole[:-8] + bytes(8),
        bytes(60) + whole[-48:],
        b"\xff" + whole[1:],
    ):
        index.write_bytes(data)
        with pytest.raises(ValueError, match=r"nested\.checkpoint"):
            model.load_weights(checkpoint)
    index.write_bytes(whole)
    data = next(checkpoint.parent.glob("*.data-*"))
    content, span = data.read_bytes(), read_index(whole)["layer_with_weights-0/kernel"]
    assert read_array(checkpoint, span).shape == span.shape
    changed = bytes([content[span.start] ^ 1])
    data.write_bytes(content[: span.start] + changed + content[span.start + 1 :])
    with pytest.raises(ValueError, match=r"is damaged: an array has another checksum"):
        read_array(checkpoint, span)
    data.write_bytes(b"short")
    with pytest.raises(ValueError, match=r"nested\.checkpoint"):
        model.load_weights(checkpoint)


def test_numbers_and_messages():
    assert varint(b"\xac\x02", 0) == (300, 2)
    for broken in (b"", b"\xff" * 11):
        with pytest.raises(ValueError, match="damaged"):
            varint(broken, 0)
    assert list(fields(b"\x08\x05\x12\x02hi\x35\0\0\0\0\x39" + bytes(8))) == [
        (1, 5),
        (2, b"hi"),
        (6, 0),
        (7, 0),
    ]
    with pytest.raises(ValueError, match="damaged"):
        list(fields(b"\x0b"))
    assert span_in(b"\x08\x07") is None  # strings
    content = b"\0\1\1ax\1\1\1by" + struct.pack("<II", 0, 1)
    check = b"\0" + masked_crc32c(content + b"\0").to_bytes(4, "little")
    assert list(block(content + check, 0, len(content))) == [(b"a", b"x"), (b"ab", b"y")]
    with pytest.raises(ValueError, match="a checksum differs"):
        list(block(content + bytes(5), 0, len(content)))
    with pytest.raises(ValueError, match="damaged or compressed"):
        list(block(content + b"\1" + bytes(4), 0, len(content)))
