"""The words of TensorFlow 1 that programs around Keras use, on the graph of symbolic tensors.

`jaxcnn.compat.install(tensorflow=True)` and ``python -m jaxcnn.compat`` put this room where
programs import `tensorflow`. A word makes a node of the graph, as the functions of
`jaxcnn.backend` do, also where all of its arguments are known; inside a function that is traced
with arrays (a loss, a `Lambda`) it computes. `words.WORDS` lists every word there is.
"""
