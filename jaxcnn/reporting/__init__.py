"""Callbacks that show something: TensorBoard files, images of a training, how rates and losses go
together.
"""
