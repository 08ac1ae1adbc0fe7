"""The data that programs need: what it is, whether it is the source's own, and where it lies."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from jaxcnn import config


@dataclass(frozen=True)
class Data:
    """A data set, a file of weights or pictures.

    Attributes:
        title: what it is, for people.
        kind: "real" (the source's own), "sample" (a part of it) or "substitute" (another of the same sort).
        path: where it lies below ``config.home()``.
        keras: its module in `jaxcnn.datasets`, which looks in more places and can download it.
    """

    title: str
    kind: str
    path: str
    keras: str | None = None

    def place(self) -> Path | None:
        """The file or folder, or None when it is not here."""
        if self.keras is not None:
            return _keras_place(self.keras)
        found = config.home() / self.path
        return found if found.exists() else None

    def described(self) -> dict[str, str]:
        """What `result.json` says of it."""
        place = self.place()
        kind, title = self.kind, self.title
        if self.keras == "cifar10" and place is not None and place.suffix == ".npz":
            kind, title = "substitute", f"{title} as found in {place.name}, which is not a published file of it"
        return {"title": title, "kind": kind, "file": place.name if place else ""}

    def present(self, download: bool = False) -> bool:
        """Whether it is here, after a download where there is one and `download` is set."""
        return self.place() is not None or (download and self.keras is not None and _downloaded(self.keras))


def _module(name: str):
    import importlib

    return importlib.import_module(f"jaxcnn.datasets.{name}")


def _keras_place(name: str) -> Path | None:
    from jaxcnn.datasets import resolve

    return resolve.find(_module(name).dataset())


@functools.cache  # where there is no network, it is not asked again for the next program
def _downloaded(name: str) -> bool:
    load: Callable = _module(name).load_data
    try:
        load()
    except FileNotFoundError:
        return False
    return True


DATA = {
    "mnist": Data("MNIST", "real", "datasets/mnist.npz", keras="mnist"),
    "cifar10": Data("CIFAR-10", "real", "datasets/cifar10.npz", keras="cifar10"),
    "fer2013": Data("a part of FER2013 (7,000 + 1,500 + 1,500 faces)", "substitute", "datasets/fer2013.npz"),
    "dogs_vs_cats": Data("dogs and cats (2,000 + 1,000 pictures of 150x150)", "sample", "datasets/dogs_vs_cats"),
    "newsgroups": Data("20 newsgroups, bydate (18,846 posts)", "substitute", "datasets/20news-bydate"),
    "glove": Data("GloVe 6B, 60,000 words x 50", "substitute", "datasets/glove.6B.50d.txt"),
    "orl_faces": Data("ORL faces (400 of 40 people)", "substitute", "datasets/orl_faces.npz"),
    "lfw": Data("Labeled Faces in the Wild (100 of 10 people)", "substitute", "datasets/lfw"),
    "signs": Data("hand signs (1,200 of 6 classes)", "real", "datasets/signs.npz"),
    "happy": Data("the faces test_happy.h5 (150 of 2 classes)", "real", "datasets/test_happy.h5"),
    "vgg16": Data(
        "ImageNet weights of VGG16 without its top",
        "real",
        "models/vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5",
    ),
    "mobilenet": Data("ImageNet weights of MobileNet", "substitute", "models/mobilenet_1_0_224_tf.h5"),
    "squeezenet": Data(
        "ImageNet weights of SqueezeNet", "substitute", "models/squeezenet_weights_tf_dim_ordering_tf_kernels.h5"
    ),
    "tiny_yolo": Data("Darknet weights of Tiny-YOLOv3", "substitute", "models/yolov3-tiny.weights"),
    "emotion_network": Data(
        "the emotion network mini_XCEPTION", "substitute", "models/fer2013_mini_XCEPTION.102-0.66.hdf5"
    ),
    "imagenet_classes": Data("the names of the ImageNet classes", "real", "models/imagenet_class_index.json"),
    "media": Data("photographs and short videos", "substitute", "media"),
}
