"""cfg and weight files: what they build, what they hold, and what is said when they do not fit."""

import numpy as np
import pytest

from jaxcnn import detection
from jaxcnn.detection import darknet, faults
from jaxcnn.detection.reorganise import Reorganise

SMALL = """
[net]          # a comment
width=64
height=32
channels=3

[convolutional]
batch_normalize=1
filters=4
size=3
stride=2
pad=1
activation=leaky

[convolutional]
filters=14
size=1
stride=1
pad=1
activation=linear

[yolo]
mask = 1,2
anchors = 10,14,  23,27,  37,58
classes=2
"""


@pytest.fixture
def small(tmp_path):
    path = tmp_path / "small.cfg"
    path.write_text(SMALL)
    return path


def values_of(network):
    return [w for layer in network.model.layers for w in layer.get_weights()]


@pytest.mark.parametrize(
    ("make", "settings", "count"),
    [
        (detection.tiny_yolov2, {"classes": 20, "last_filters": 1024}, 15_867_885),
        (detection.tiny_yolov3, {}, 8_858_734),
        (detection.yolov2, {}, 50_983_561),
        (detection.yolov3, {}, 62_001_757),
    ],
)
def test_published_networks_have_the_published_sizes(make, settings, count):
    network = make(**settings)
    assert network.model.count_params() == count
    assert all(
        tensor.shape[-1] == h.channels
        for tensor, h in zip(network.model.outputs, network.heads, strict=True)
    )


def test_the_maps_of_yolov3_lie_on_three_scales():
    assert [tensor.shape[1] for tensor in detection.yolov3(input_size=(64, 64)).model.outputs] == [
        2,
        4,
        8,
    ]


def test_weights_come_back(small, tmp_path):
    network = darknet.build(darknet.read_sections(small))
    rng = np.random.default_rng(0)
    network.model.set_weights(
        [rng.random(w.shape, np.float32) for w in network.model.get_weights()]
    )
    darknet.write_weights(network, tmp_path / "small.weights")
    again = darknet.load(small, tmp_path / "small.weights")
    for a, b in zip(values_of(network), values_of(again), strict=True):
        np.testing.assert_array_equal(a, b)


def test_a_convolution_computes_what_darknet_does(small, tmp_path):
    """Padding, kernel order and batch normalization, from a file written by hand, against loops."""
    rng = np.random.default_rng(0)
    beta, gamma, mean, variance = rng.random((4, 4), np.float32) + 0.1
    kernel = rng.standard_normal((4, 3, 3, 3)).astype(np.float32)
    bias, last = rng.random(14, np.float32), rng.standard_normal((14, 4, 1, 1)).astype(np.float32)
    numbers = np.concatenate(
        [part.ravel() for part in (beta, gamma, mean, variance, kernel, bias, last)]
    )
    path = tmp_path / "old.weights"  # the older header: 32 bits for the images seen
    path.write_bytes(np.array([0, 1, 0, 7], "<i4").tobytes() + numbers.tobytes())
    network = darknet.load(small, path)
    picture = rng.random((32, 64, 3), np.float32)

    padded = np.pad(picture, ((1, 1), (1, 1), (0, 0)))
    expected = np.empty((16, 32, 14), np.float32)
    for y in range(16):
        for x in range(32):
            window = padded[2 * y : 2 * y + 3, 2 * x : 2 * x + 3].transpose(2, 0, 1)
            z = np.array([(window * k).sum() for k in kernel])
            z = gamma * (z - mean) / np.sqrt(variance + 1e-5) + beta
            expected[y, x] = last[:, :, 0, 0] @ np.where(z > 0, z, 0.1 * z) + bias
    np.testing.assert_allclose(
        network.model.predict(picture[None])[0], expected, rtol=1e-4, atol=1e-4
    )


def test_reorganise_is_darknets_loop():
    b, h, w, c, s = 2, 4, 6, 8, 2
    x = np.random.default_rng(0).random((b, h, w, c), np.float32)
    flat = x.transpose(0, 3, 1, 2).reshape(b, -1)
    expected = np.empty_like(flat)
    for k in range(c):
        for j in range(h):
            for i in range(w):
                offset, c2 = divmod(k, c // s**2)
                w2, h2 = i * s + offset % s, j * s + offset // s
                expected[:, i + w * (j + h * k)] = flat[:, w2 + w * s * (h2 + h * s * c2)]
    expected = expected.reshape(b, c * s * s, h // s, w // s).transpose(0, 2, 3, 1)
    np.testing.assert_array_equal(Reorganise(s)(x), expected)
    with pytest.raises(ValueError, match="multiples"):
        Reorganise(3)(x)


def test_files_that_do_not_match(small, tmp_path):
    network = darknet.build(darknet.read_sections(small))
    before = values_of(network)
    path = tmp_path / "w.weights"
    darknet.write_weights(network, path)
    whole = path.read_bytes()
    path.write_bytes(whole[:-40])
    with pytest.raises(
        ValueError, match=r"ends inside the weights of layer 'conv_1'.*194 numbers, the file 184"
    ):
        darknet.read_weights(network, path)
    path.write_bytes(whole + bytes(8))
    with pytest.raises(ValueError, match="2 are left over"):
        darknet.read_weights(network, path)
    path.write_bytes(whole[:-3])
    with pytest.raises(ValueError, match="damaged"):
        darknet.read_weights(network, path)
    path.write_bytes(np.array([16, 1, 0, 0], "<i4").tobytes())  # its header has 20 bytes
    with pytest.raises(ValueError, match=r"damaged: 16 bytes"):
        darknet.read_weights(network, path)
    path.write_bytes(b"PK\x03\x04 this is a zip file")
    with pytest.raises(ValueError, match="not a Darknet weight file"):
        darknet.read_weights(network, path)
    for a, b in zip(before, values_of(network), strict=True):
        np.testing.assert_array_equal(a, b)
    with pytest.raises(FileNotFoundError):
        darknet.load(tmp_path / "absent.cfg", path)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("[yolo]", "[yollo]", r"Section 2 is \[yollo\].*Did you mean 'yolo'"),
        ("[yolo]", "[head]", r"Section 2 is \[head\]"),
        ("classes=2", "classes=3", "need 16 filters.*there are 14"),
        ("activation=leaky", "activation=mish", "mish is not supported"),
        ("filters=4", "filters=four", "not made of numbers"),
        ("filters=4", "filters=", r"\[convolutional\]: filters has no value"),
        ("classes=2", "classes=2\nscale_x_y=1.05", r"Section 2 \[yolo\]: scale_x_y=1.05 is not"),
        ("classes=2", "classes=2\nnew_coords = 1", "new_coords=1 is not supported"),
        ("filters=4", "filters=4\nxnor=1", "xnor=1 is not supported"),
        ("filters=4", "filters=4\nbin_output=1", "bin_output=1 is not supported"),
        ("stride=2", "stride=2\nstride_x=1", "stride_x=1 is not supported"),
        ("[yolo]", "[region]\ntree=data/9k.tree", "tree=data/9k.tree is not supported"),
        ("[yolo]", "[upsample]\n" * 2000 + "[yolo]", "2,004 sections"),
        ("mask = 1,2", "mask = 1,7", "must name some of the anchors"),
        ("stride=2", "stride", "line 11"),
        ("[net]", "[wet]", "does not begin with"),
        ("[yolo]", "[route]\nlayers=-5\n[yolo]", "does not come before"),
    ],
)
def test_wrong_cfg_files(small, old, new, message):
    small.write_text(SMALL.replace(old, new, 1))
    with pytest.raises(ValueError, match=message):
        darknet.build(darknet.read_sections(small))


def test_settings_that_change_nothing(small):
    text = SMALL.replace("filters=4", "filters=4\nxnor=0\nstride_x=2").replace(
        "classes=2", "classes=2\nscale_x_y = 1.0\nnew_coords=0\nignore_thresh=.7"
    )
    small.write_text(text)
    assert len(darknet.build(darknet.read_sections(small)).heads) == 1


def test_the_file_is_named(small, tmp_path):
    small.write_text(SMALL.replace("[yolo]", "[head]"))
    with pytest.raises(ValueError, match=r"small\.cfg: Section 2 is \[head\]"):
        darknet.load(small, tmp_path / "any.weights")


def test_a_cfg_without_a_head(small):
    small.write_text(SMALL.split("[yolo]")[0])
    with pytest.raises(ValueError, match="no detection head"):
        darknet.build(darknet.read_sections(small))


TINY = """
[net]
width=32
height=32
channels=3
[convolutional]
filters=255
size=1
stride=1
activation=linear
[yolo]
mask = 3,4,5
anchors = 10,14,  23,27,  37,58,  81,82,  135,169,  344,319
classes=80
[route]
layers=0
[yolo]
mask = {mask}
anchors = 10,14,  23,27,  37,58,  81,82,  135,169,  344,319
classes={classes}
"""


def loaded(tmp_path, mask="0,1,2", classes=80, **options):
    path = tmp_path / "tiny.cfg"
    path.write_text(TINY.format(mask=mask, classes=classes))
    darknet.write_weights(darknet.build(darknet.read_sections(path)), tmp_path / "tiny.weights")
    network = darknet.load(path, tmp_path / "tiny.weights", **options)
    return [head.mask for head in network.heads]


def test_the_masks_of_the_published_tiny_yolov3_are_mended(tmp_path):
    with pytest.warns(UserWarning, match=r"yolov3-tiny\.cfg has the masks .* repair=False"):
        assert loaded(tmp_path) == [(3, 4, 5), (1, 2, 3)]
    assert loaded(tmp_path, repair=False) == [(3, 4, 5), (0, 1, 2)]
    assert loaded(tmp_path, mask="1,2,3") == [(3, 4, 5), (1, 2, 3)]
    assert loaded(tmp_path, mask="2,1,0") == [(3, 4, 5), (2, 1, 0)]


def test_every_fault_has_its_evidence():
    for fault in faults.FAULTS:
        assert fault.evidence and fault.written != fault.right
