"""Programs of "Keras quick start" (2017): Q1 are those of chapters 1 to 5, Q2 those of chapters 6
to 9.
"""
