"""The Keras of the 2016-2019 deep-learning books, rebuilt on JAX as pure functions."""
