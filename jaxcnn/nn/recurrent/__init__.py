"""Recurrent layers: SimpleRNN, GRU and LSTM, their cells, and `RNN` over any cell.

Each is imported when it is first asked for: the names and where they stand are in the stub beside.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
