"""Event files as the `tensorboard` package reads them back, and the wire format by hand."""

import io
import struct
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from jaxcnn.reporting.event_file import EventFile, GraphNode, field, masked_crc32c, varint

tensorboard = pytest.importorskip(
    "tensorboard", reason="reading event files back needs `pip install tensorboard`"
)


def events_of(path):
    """All events of a file, by TensorBoard's own reader (which checks both checksums of each
    record).
    """
    from tensorboard.backend.event_processing.event_file_loader import LegacyEventFileLoader

    return list(LegacyEventFileLoader(path).Load())


@pytest.fixture
def events(tmp_path):
    """Writes by a function, reads all events but the first."""

    def write_and_read(write):
        file = EventFile(tmp_path)
        write(file)
        file.flush()
        first, *rest = events_of(file.path)
        assert first.file_version == "brain.Event:2" and first.wall_time > 1.7e9
        return rest

    return write_and_read


@pytest.mark.parametrize(
    ("data", "crc"),
    [(b"", 0), (b"123456789", 0xE3069283), (bytes(32), 0x8A9136AA), (b"\xff" * 32, 0x62A8AB43)],
)
def test_crc32c_of_published_vectors(data, crc):
    """RFC 3720, appendix B.4, and the customary check string."""
    assert masked_crc32c(data) == ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def test_wire_format():
    assert [varint(n) for n in (0, 1, 127, 128, 300)] == [
        b"\0",
        b"\1",
        b"\x7f",
        b"\x80\1",
        b"\xac\2",
    ]
    assert field(1, 150) == b"\x08\x96\x01"
    assert field(2, "testing") == b"\x12\x07testing"
    assert field(1, -1) == b"\x08" + b"\xff" * 9 + b"\x01"
    assert field(1, 1.0) == b"\x09" + struct.pack("<d", 1.0)


def test_framing_of_a_record(tmp_path):
    file = EventFile(tmp_path)
    data = Path(file.path).read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    assert len(data) == 8 + 4 + length + 4
    assert struct.unpack("<I", data[8:12])[0] == masked_crc32c(data[:8])
    assert struct.unpack("<I", data[-4:])[0] == masked_crc32c(data[12:-4])


def test_scalars(events):
    (event,) = events(
        lambda file: file.scalars(
            {"loss": 0.25, "säure": np.float32(1e-30), "nan": float("nan")}, 300
        )
    )
    assert event.step == 300
    values = {value.tag: value.simple_value for value in event.summary.value}
    assert (
        values["loss"] == 0.25 and values["säure"] == np.float32(1e-30) and np.isnan(values["nan"])
    )


def test_histogram(events):
    values = np.random.default_rng(0).normal(size=(50, 20)).astype(np.float32)
    (event,) = events(lambda file: file.histogram("kernel", np.append(values, [np.nan, np.inf]), 2))
    histogram = event.summary.value[0].histo
    assert histogram.num == sum(histogram.bucket) == 1000 and len(histogram.bucket_limit) == 30
    np.testing.assert_allclose((histogram.min, histogram.max), (values.min(), values.max()))
    np.testing.assert_allclose(histogram.sum, values.sum(dtype=np.float64))
    np.testing.assert_allclose(histogram.sum_squares, np.square(values.astype(np.float64)).sum())
    counts, edges = np.histogram(values, 30)
    np.testing.assert_array_equal(histogram.bucket, counts)
    np.testing.assert_allclose(histogram.bucket_limit, edges[1:], atol=1e-5)


@pytest.mark.parametrize("values", [np.zeros(4), np.array(3.0), np.array([2, 2], np.int8)])
def test_histogram_of_equal_values(values, events):
    (event,) = events(lambda file: file.histogram("same", values, 0))
    assert event.summary.value[0].histo.num == values.size


def test_nothing_finite_writes_nothing(events):
    assert not events(lambda file: file.histogram("none", np.array([np.nan]), 0))
    assert not events(lambda file: file.histogram("empty", np.zeros((0, 3)), 0))


def test_image(events):
    pixels = np.array([[-1.0, 0.0, 1.0], [np.nan, -0.5, 0.5]])
    (event,) = events(lambda file: file.image("kernel", pixels, 1))
    image = event.summary.value[0].image
    assert (image.height, image.width, image.colorspace) == (2, 3, 1)
    decoded = np.asarray(Image.open(io.BytesIO(image.encoded_image_string)))
    np.testing.assert_array_equal(decoded, [[0, 128, 255], [128, 64, 191]])


def test_a_flat_image_is_black(events):
    (event,) = events(lambda file: file.image("flat", np.full((2, 2), 7), 1))
    assert not np.asarray(
        Image.open(io.BytesIO(event.summary.value[0].image.encoded_image_string))
    ).any()


def test_graph(events):
    from tensorboard.compat.proto.graph_pb2 import GraphDef

    nodes = [
        GraphNode("in", "InputLayer", (), [(None, 28, 28, 1)]),
        GraphNode("a/b", "Add", ("in", "in"), [(), (3,)]),
    ]
    (event,) = events(lambda file: file.graph(nodes))
    graph = GraphDef.FromString(event.graph_def)
    assert [(n.name, n.op, list(n.input)) for n in graph.node] == [
        ("in", "InputLayer", []),
        ("a/b", "Add", ["in", "in"]),
    ]
    shapes = [
        [[d.size for d in s.dim] for s in n.attr["_output_shapes"].list.shape] for n in graph.node
    ]
    assert shapes == [[[-1, 28, 28, 1]], [[], [3]]]


def test_restart(events):
    from tensorboard.compat.proto.event_pb2 import SessionLog

    (event,) = events(lambda file: file.restart(7))
    assert event.step == 7 and event.session_log.status == SessionLog.START


def test_files_of_one_second_have_their_own_names(tmp_path):
    files = [EventFile(tmp_path / "deep" / "folder") for _ in range(3)]
    assert (
        len({file.path for file in files})
        == len(list((tmp_path / "deep" / "folder").iterdir()))
        == 3
    )


def test_many_events_do_not_wait_for_a_flush(tmp_path):
    file = EventFile(tmp_path)
    for step in range(5000):
        file.scalars({"loss": 1.0}, step)
    written = len(events_of(file.path))
    assert 3000 < written < 5001
    file.flush()
    assert len(events_of(file.path)) == 5001
