"""The words of Keras 1 and 2: tables of them, and the decorator that understands them."""
