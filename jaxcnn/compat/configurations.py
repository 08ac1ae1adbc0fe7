"""`get_config` of layers and models in the words of an old Keras, and `from_config` of Keras 1."""

from __future__ import annotations

from jaxcnn.layers.config_words import translate_by
from jaxcnn.saving.texts import config_from_program, config_of_program

translate_by(config_of_program, config_from_program)
