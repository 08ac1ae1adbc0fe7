"""Recurrent layers: SimpleRNN, GRU and LSTM, their cells, and `RNN` over any cell."""

from . import base as base
from .cells import GRUCell, LSTMCell, SimpleRNNCell
from .cudnn import CuDNNGRU, CuDNNLSTM
from .layers import GRU, LSTM, SimpleRNN
from .rnn import RNN, StackedRNNCells

__all__ = [
    "GRU",
    "LSTM",
    "RNN",
    "CuDNNGRU",
    "CuDNNLSTM",
    "GRUCell",
    "LSTMCell",
    "SimpleRNN",
    "SimpleRNNCell",
    "StackedRNNCells",
]
