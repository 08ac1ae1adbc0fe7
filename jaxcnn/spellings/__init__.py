"""The words of Keras 1 and 2, and what errors say of words: the nearest one, and their page."""
