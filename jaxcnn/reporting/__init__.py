"""Callbacks that show something: TensorBoard files, figures, losses over learning rates."""
