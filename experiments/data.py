"""The data that programs need: what it is, whether it is the source's own, and where it lies."""

from __future__ import annotations

import functools
import importlib
import importlib.util
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jaxcnn import config
from jaxcnn.applications import imagenet_utils, pretrained, squeezenet
from jaxcnn.commands import detect
from jaxcnn.datasets import resolve
from jaxcnn.utils.files import download_command


@dataclass(frozen=True)
class Data:
    """A data set, a file of weights or images.

    Attributes:
        title: what it is, for people.
        kind: "real" (the source's own), "sample" (a part of it) or "substitute" (another of the
            same sort).
        dataset: its module in `jaxcnn.datasets` and the arguments of the ``dataset()`` there, which
            knows where to look and perhaps where to download it.
        path: else, where it lies below ``config.home()``; files of ``models/`` may also be in the
            Keras cache.
        package: the importable package that it comes with; `path` is then below that.
        url: where the file of `path` is published, when that is no data set.
        own: the source's own, which a program takes where it is.
    """

    title: str
    kind: str
    dataset: tuple[str, *tuple[Any, ...]] | None = None
    path: str = ""
    package: str = ""
    url: str = ""
    own: Data | None = None

    def has_own(self) -> bool:
        """Whether the source's own is here."""
        return self.own is not None and self.own.place() is not None

    def place(self) -> Path | None:
        """The file or folder, or None when it is not here."""
        if self.own is not None and self.has_own():
            return self.own.place()
        if self.dataset is not None:
            return resolve.find(_described(*self.dataset))
        if self.package:
            spec = importlib.util.find_spec(self.package)
            return (
                Path(spec.origin).parent / self.path if spec is not None and spec.origin else None
            )
        if self.path.startswith("models/"):
            return pretrained.find(Path(self.path).name)
        found = config.home() / self.path
        return found if found.exists() else None

    def present(self, download: bool = False) -> bool:
        """Whether it is here, after a download where there is one and `download` is set."""
        return self.place() is not None or (
            download and self.dataset is not None and _downloaded(*self.dataset)
        )

    def command(self) -> str:
        """The line of a shell that puts it here."""
        if self.package:
            return f"pip install {self.package.replace('skimage', 'scikit-image')}"
        if self.url:
            return download_command(self.url, config.home() / self.path)
        if self.dataset is None:
            return f"cp -r {Path(self.path).name} {config.home() / Path(self.path).parent}/"
        module, *arguments = self.dataset
        described = _described(module, *arguments)
        if not described.remotes:
            return f"cp -r {described.files[0][0]} {config.home() / 'datasets'}/"
        call = f"{module}.load_data({', '.join(map(repr, arguments))})"
        return f'python -c "from jaxcnn.datasets import {module}; {call}"'

    def described(self) -> dict[str, str]:
        """What `result.json` says of it."""
        if self.own is not None and self.has_own():
            return self.own.described()
        place, kind, title = self.place(), self.kind, self.title
        if self.dataset == ("cifar10",) and place is not None and place.suffix == ".npz":
            kind, title = (
                "substitute",
                f"{title} as found in {place.name}, which is not a published file of it",
            )
        return {"title": title, "kind": kind, "file": place.name if place else ""}


def _described(module: str, *arguments: Any) -> resolve.Dataset:
    return importlib.import_module(f"jaxcnn.datasets.{module}").dataset(*arguments)


@functools.cache  # where there is no network, it is not asked again for the next program
def _downloaded(module: str, *arguments: Any) -> bool:
    try:
        resolve.load(_described(module, *arguments))
    except FileNotFoundError:
        return False
    return True


KERAS = pretrained.KERAS_ADDRESS.rstrip("/")
DATA = {
    "mnist": Data("MNIST", "real", ("mnist",)),
    "cifar10": Data("CIFAR-10", "real", ("cifar10",)),
    "fer2013": Data("a part of FER2013 (7,000 + 1,500 + 1,500 faces)", "substitute", ("fer2013",)),
    "dogs_vs_cats": Data(
        "dogs and cats (2,000 + 1,000 pictures of 150x150)", "sample", ("dogs_vs_cats",)
    ),
    "newsgroups": Data(
        "20 newsgroups sorted by date (18,846 posts)",
        "substitute",
        ("newsgroups",),
        own=Data(
            "20 newsgroups, the first collection (19,997 posts)",
            "real",
            path="datasets/20_newsgroups",
        ),
    ),
    "glove": Data(
        "GloVe 6B, 60,000 words x 50",
        "substitute",
        ("glove", 50),
        own=Data("GloVe 6B, 100 numbers a word", "real", ("glove", 100)),
    ),
    "orl_faces": Data("ORL faces (380 of 38 people)", "substitute", ("orl_faces",)),
    "lfw": Data("Labeled Faces in the Wild (100 of 10 people)", "substitute", ("lfw",)),
    "signs": Data("hand signs (1,200 of 6 classes)", "real", ("signs",)),
    "happy": Data(
        "the faces test_happy.h5 (150 of 2 classes)", "real", path="datasets/test_happy.h5"
    ),
    "vgg16": Data(
        "ImageNet weights of VGG16 without its top",
        "real",
        path="models/vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5",
        url=f"{KERAS}/vgg16/vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5",
    ),
    "vgg19": Data(
        "ImageNet weights of VGG16 in place of VGG19's",
        "substitute",
        path="models/vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5",
        url=f"{KERAS}/vgg16/vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5",
        own=Data(
            "ImageNet weights of VGG19 without its top",
            "real",
            path="models/vgg19_weights_tf_dim_ordering_tf_kernels_notop.h5",
            url=f"{KERAS}/vgg19/vgg19_weights_tf_dim_ordering_tf_kernels_notop.h5",
        ),
    ),
    "alexnet": Data(
        "ImageNet weights of SqueezeNet in place of AlexNet's",
        "substitute",
        path="models/squeezenet_weights_tf_dim_ordering_tf_kernels.h5",
        url=f"{squeezenet.ADDRESS}squeezenet_weights_tf_dim_ordering_tf_kernels.h5",
        own=Data("ImageNet weights of AlexNet", "real", path="models/bvlc_alexnet.npy"),
    ),
    "inception_v3": Data(
        "ImageNet weights of MobileNet in place of Inception-v3's",
        "substitute",
        path="models/mobilenet_1_0_224_tf.h5",
        url=f"{KERAS}/mobilenet/mobilenet_1_0_224_tf.h5",
        own=Data(
            "ImageNet weights of Inception-v3",
            "real",
            path="models/inception_v3_weights_tf_dim_ordering_tf_kernels.h5",
            url=f"{KERAS}/inception_v3/inception_v3_weights_tf_dim_ordering_tf_kernels.h5",
        ),
    ),
    "mobilenet": Data(
        "ImageNet weights of MobileNet",
        "substitute",
        path="models/mobilenet_1_0_224_tf.h5",
        url=f"{KERAS}/mobilenet/mobilenet_1_0_224_tf.h5",
    ),
    "tiny_yolo": Data(
        "Darknet weights of Tiny-YOLOv3",
        "substitute",
        path="models/yolov3-tiny.weights",
        url=detect.PUBLISHED["yolov3-tiny.weights"],
    ),
    "emotion_network": Data(
        "the emotion network mini_XCEPTION",
        "substitute",
        path="models/fer2013_mini_XCEPTION.102-0.66.hdf5",
    ),
    "imagenet_classes": Data(
        "the names of the ImageNet classes",
        "real",
        path="models/imagenet_class_index.json",
        url=imagenet_utils.CLASS_INDEX.url,
    ),
    "photographs": Data(
        "photographs that come with scikit-image", "substitute", path="data", package="skimage"
    ),
    "media": Data("photographs and short videos", "substitute", path="media"),
}
