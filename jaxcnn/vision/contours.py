"""The outlines of shapes, by OpenCV."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from jaxcnn.utils.packages import opencv

MODES = {
    "external": "RETR_EXTERNAL",
    "list": "RETR_LIST",
    "ccomp": "RETR_CCOMP",
    "tree": "RETR_TREE",
}
METHODS = {
    "none": "CHAIN_APPROX_NONE",
    "simple": "CHAIN_APPROX_SIMPLE",
    "tc89_l1": "CHAIN_APPROX_TC89_L1",
    "tc89_kcos": "CHAIN_APPROX_TC89_KCOS",
}


def find_contours(
    mask: np.ndarray, mode: str = "tree", method: str = "simple"
) -> tuple[list[np.ndarray], np.ndarray]:
    """The outlines of the set regions of a mask and of the holes in them.

    Args:
        mask: bool (rows, columns).
        mode: 'external' finds the outermost only, 'list' all, 'ccomp' all in two levels (regions,
            holes), 'tree' all with what lies within what. Default: 'tree'.
        method: 'none' keeps every pixel of an outline, 'simple' the ends of its straight parts,
            'tc89_l1' and 'tc89_kcos' fewer points (Teh and Chin, 1989). Default: 'simple'.

    Returns:
        The outlines, each int32 (points, 2) with (column, row); and int32 (outlines, 4): the number
        of the next and the previous one of the same level, of the first one within it, and of the
        one around it; -1 where there is none.

    Raises:
        ImportError: OpenCV is not installed.
        ValueError: another kind of mask, an unknown mode or method.

    Examples:
        >>> contours, tree = jc.vision.find_contours(np.pad(np.ones((3, 3), bool), 1))
        >>> len(contours), contours[0].tolist()
        (1, [[1, 1], [1, 3], [3, 3], [3, 1]])

    References:
        - Teh and Chin, "On the Detection of Dominant Points on Digital Curves", 1989,
          <https://doi.org/10.1109/34.31447>
    """
    mask = np.asarray(mask)
    if mask.dtype != bool or mask.ndim != 2:
        raise ValueError(f"A mask must be bool (rows, columns); given {mask.dtype} {mask.shape}.")
    for name, value, known in (("mode", mode, MODES), ("method", method, METHODS)):
        if value not in known:
            raise ValueError(f"`{name}` is {value!r}; it must be one of {', '.join(known)}.")
    cv2 = opencv("Finding contours")
    *_, contours, hierarchy = cv2.findContours(  # OpenCV 3 returns the image before these
        mask.astype(np.uint8), getattr(cv2, MODES[mode]), getattr(cv2, METHODS[method])
    )
    nesting = np.zeros((0, 4), np.int32) if hierarchy is None else hierarchy[0]
    return [np.asarray(contour).reshape(-1, 2) for contour in contours], nesting


def draw_contours(
    picture: np.ndarray,
    contours: Sequence[np.ndarray],
    colour: tuple[int, int, int] = (255, 0, 0),
    thickness: int = 3,
) -> np.ndarray:
    """A copy of an image, uint8 (rows, columns, 3), with outlines; thickness -1 fills them.

    Args:
        picture: uint8 (rows, columns, 3).
        contours: what `find_contours` returned, integers (n, 2) each.
        colour: red, green and blue, 0 to 255. Default: (255, 0, 0).
        thickness: of the lines in pixels; -1 fills. Default: 3.

    Raises:
        ValueError: another kind of image.

    Examples:
        >>> mask = np.pad(np.ones((3, 3), bool), 1)
        >>> contours, tree = jc.vision.find_contours(mask)
        >>> int(jc.vision.draw_contours(np.zeros((5, 5, 3), np.uint8), contours).max())
        255

    References:
        - Bradski et al., "OpenCV 4.10.0: modules/imgproc/include/opencv2/imgproc.hpp", 2024,
          <https://github.com/opencv/opencv/blob/4.10.0/modules/imgproc/include/opencv2/imgproc.hpp>
    """
    picture = np.asarray(picture)
    if picture.dtype != np.uint8 or picture.ndim != 3 or picture.shape[-1] != 3:
        raise ValueError(
            f"An image must be uint8 (rows, columns, 3); given {picture.dtype} {picture.shape}."
        )
    points = [np.asarray(contour, np.int32).reshape(-1, 1, 2) for contour in contours]
    drawn = np.array(picture)
    opencv("Drawing contours").drawContours(drawn, points, -1, colour, thickness)
    return drawn
