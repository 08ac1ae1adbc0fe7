"""``tf.app``."""

from jaxcnn.compat.tensorflow import flags
from jaxcnn.compat.tensorflow.flags import run

__all__ = ["flags", "run"]
