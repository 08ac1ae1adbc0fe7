"""Recurrent layers: SimpleRNN, GRU and LSTM, their cells, and `RNN` over any cell."""

from jaxcnn.nn.recurrent.cells import GRUCell, LSTMCell, SimpleRNNCell
from jaxcnn.nn.recurrent.cudnn import CuDNNGRU, CuDNNLSTM
from jaxcnn.nn.recurrent.layers import GRU, LSTM, SimpleRNN
from jaxcnn.nn.recurrent.rnn import RNN, StackedRNNCells

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
