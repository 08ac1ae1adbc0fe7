"""Training on many machines: a program, templates for three kinds of clusters, and how far it
scales.
"""
