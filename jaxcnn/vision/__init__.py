"""Classical image processing: filters, corners, morphology, rotation, contours and videos.

Filters, morphology, histograms, rotation and noise are pure JAX: batched, compiled, and
differentiable where they are smooth. Contours and videos need OpenCV
(``pip install "opencv-python-headless<5"``).
"""

from jaxcnn.vision.contours import draw_contours, find_contours
from jaxcnn.vision.filters import (
    corner_harris,
    correlate,
    gaussian_filter,
    gaussian_kernel,
    mean_filter,
    separable,
    sobel_kernels,
)
from jaxcnn.vision.geometry import covering_scale, resize_with_bars, rotate, square
from jaxcnn.vision.histograms import histogram, point_density
from jaxcnn.vision.morphology import CROSS, SQUARE, dilate, erode, hit_or_miss, skeletonize
from jaxcnn.vision.noise import salt
from jaxcnn.vision.video import majority, save_frames, tag_video, write_video

__all__ = [
    "CROSS",
    "SQUARE",
    "corner_harris",
    "correlate",
    "covering_scale",
    "dilate",
    "draw_contours",
    "erode",
    "find_contours",
    "gaussian_filter",
    "gaussian_kernel",
    "histogram",
    "hit_or_miss",
    "majority",
    "mean_filter",
    "point_density",
    "resize_with_bars",
    "rotate",
    "salt",
    "save_frames",
    "separable",
    "skeletonize",
    "sobel_kernels",
    "square",
    "tag_video",
    "write_video",
]
