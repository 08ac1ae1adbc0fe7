"""The data sets of the books, as NumPy arrays in the Keras shapes."""

from jaxcnn.datasets import cifar10, cifar100, fashion_mnist, mnist

__all__ = ["cifar10", "cifar100", "fashion_mnist", "mnist"]
