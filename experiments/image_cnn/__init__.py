"""Programs of "Image deep learning with Keras"."""
