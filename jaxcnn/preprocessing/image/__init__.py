"""Pictures made into batches: reading and writing, random changes on the device, `ImageDataGenerator`."""

from jaxcnn.preprocessing.image.affine import affine_matrices, affine_transform
from jaxcnn.preprocessing.image.array_iterator import NumpyArrayIterator
from jaxcnn.preprocessing.image.augmentation import Augmentation, augment
from jaxcnn.preprocessing.image.crops import color_axes, pca_lighting, random_crop, random_resized_crop
from jaxcnn.preprocessing.image.dataframe_iterator import DataFrameIterator
from jaxcnn.preprocessing.image.directory_iterator import DirectoryIterator
from jaxcnn.preprocessing.image.files import array_to_img, img_to_array, list_pictures, load_img, save_img
from jaxcnn.preprocessing.image.generator import ImageDataGenerator
from jaxcnn.preprocessing.image.iterator import Iterator

__all__ = [
    "Augmentation",
    "DataFrameIterator",
    "DirectoryIterator",
    "ImageDataGenerator",
    "Iterator",
    "NumpyArrayIterator",
    "affine_matrices",
    "affine_transform",
    "array_to_img",
    "augment",
    "color_axes",
    "img_to_array",
    "list_pictures",
    "load_img",
    "pca_lighting",
    "random_crop",
    "random_resized_crop",
    "save_img",
]
