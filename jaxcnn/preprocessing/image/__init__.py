"""Images made into batches: files, random changes on the device, `ImageDataGenerator`."""

from jaxcnn.preprocessing.image.affine import affine_matrices, affine_transform
from jaxcnn.preprocessing.image.array_iterator import NumpyArrayIterator
from jaxcnn.preprocessing.image.augmentation import Augmentation, augment
from jaxcnn.preprocessing.image.crops import (
    color_axes,
    pca_lighting,
    random_crop,
    random_resized_crop,
)
from jaxcnn.preprocessing.image.dataframe_iterator import DataFrameIterator
from jaxcnn.preprocessing.image.directory_iterator import DirectoryIterator
from jaxcnn.preprocessing.image.files import (
    array_to_img,
    img_to_array,
    list_pictures,
    load_img,
    save_img,
)
from jaxcnn.preprocessing.image.generator import ImageDataGenerator
from jaxcnn.preprocessing.image.iterator import Iterator
from jaxcnn.preprocessing.image.single import (
    apply_affine_transform,
    apply_transform,
    flip_axis,
    random_channel_shift,
    random_rotation,
    random_shear,
    random_shift,
    random_zoom,
    transform_matrix_offset_center,
)

__all__ = [
    "apply_affine_transform",
    "Augmentation",
    "DataFrameIterator",
    "DirectoryIterator",
    "ImageDataGenerator",
    "Iterator",
    "NumpyArrayIterator",
    "affine_matrices",
    "affine_transform",
    "apply_transform",
    "array_to_img",
    "augment",
    "color_axes",
    "flip_axis",
    "img_to_array",
    "list_pictures",
    "load_img",
    "pca_lighting",
    "random_channel_shift",
    "random_crop",
    "random_resized_crop",
    "random_rotation",
    "random_shear",
    "random_shift",
    "random_zoom",
    "save_img",
    "transform_matrix_offset_center",
]
