"""What Keras 1 and 2 called things: tables of old words, and the decorator that understands them."""
