"""Symbolic tensors and the operations on them: arithmetic, indexing and functions as nodes of the
layer graph.
"""
