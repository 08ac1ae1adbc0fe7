"""Programs written for Keras 1 and 2: their spellings, and their imports.

The old spellings (`nb_epoch`, `border_mode`, ``Convolution2D(32, 3, 3)``, ...) are accepted
everywhere, each call with one `OldSpellingWarning` that shows it in today's words. The imports
(``from keras.layers.core import Dense``) work after `install`, or for a whole unmodified script by
``python -m jaxcnn.compat SCRIPT.py [arguments]``.
"""

from jaxcnn.compat.importing import install, uninstall
from jaxcnn.spellings.translate import OldSpellingWarning

__all__ = ["OldSpellingWarning", "install", "uninstall"]
