"""Raw images, texts and time series made into the arrays that models take."""

from jaxcnn.runtime.lazy import lazy_attributes

__all__ = ["image", "normalization", "sequence", "text"]

__getattr__ = lazy_attributes(__name__, {name: f"jaxcnn.preprocessing.{name}" for name in __all__})
