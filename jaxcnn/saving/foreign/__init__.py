"""Weights of other frameworks: PyTorch, TensorFlow.js and ONNX, read without any of them."""
