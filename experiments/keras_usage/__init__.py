"""Programs of the notes on using Keras (2019)."""
