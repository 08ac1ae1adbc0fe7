"""Data of every form on its way to the training step: checked, cut into batches, made ready beside
the training.
"""
