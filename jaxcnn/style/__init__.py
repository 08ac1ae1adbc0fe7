"""Neural style transfer."""

from jaxcnn.style.costs import (
    CHAPTER,
    COURSE,
    Costs,
    content_cost,
    gram,
    layer_style_cost,
    total_variation,
)
from jaxcnn.style.transfer import StyleTransfer

__all__ = [
    "CHAPTER",
    "COURSE",
    "Costs",
    "StyleTransfer",
    "content_cost",
    "gram",
    "layer_style_cost",
    "total_variation",
]
