"""The data sets of the books, as NumPy arrays in the Keras shapes."""

from jaxcnn.datasets import (
    boston_housing,
    cifar10,
    cifar100,
    dogs_vs_cats,
    fashion_mnist,
    fer2013,
    frames,
    glove,
    imdb,
    lfw,
    mnist,
    newsgroups,
    orl_faces,
    reuters,
    signs,
)

__all__ = [
    "boston_housing",
    "cifar10",
    "cifar100",
    "dogs_vs_cats",
    "fashion_mnist",
    "fer2013",
    "frames",
    "glove",
    "imdb",
    "lfw",
    "mnist",
    "newsgroups",
    "orl_faces",
    "reuters",
    "signs",
]
