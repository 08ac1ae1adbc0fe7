"""What each Keras wrote: names, arguments and orders of weights of Keras 1, 2 and 3."""
