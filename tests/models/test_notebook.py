"""What a notebook shows of models, histories and optimizers."""

import numpy as np

import jaxcnn as jc
from jaxcnn.layers import Dense


def model():
    network = jc.Sequential([Dense(1, input_shape=(3,))])
    network.compile("sgd", "mse")
    return network


def test_a_model_shows_its_summary():
    shown = model()._repr_html_()
    assert shown.startswith("<pre>") and "Total params: 4" in shown and "&lt;Sequential" in shown
    assert "Total params" not in jc.Sequential([Dense(1)])._repr_html_()  # not built yet


def test_a_history_is_a_table_of_epochs():
    network = model()
    history = network.fit(np.zeros((4, 3)), np.zeros((4, 1)), epochs=2, verbose=0)
    assert repr(history) == "<History of 2 epochs: loss 0>"
    table = history._repr_html_()
    assert table.count("<tr>") == 3 and "<th>loss</th>" in table and "<td>2</td>" in table
    assert repr(jc.callbacks.History()) == "<History of 0 epochs>"


def test_an_optimizer_shows_its_numbers():
    assert repr(jc.optimizers.SGD(0.5, momentum=0.9)).startswith("SGD(lr=0.5, momentum=0.9")
    assert "lr=<function" in repr(jc.optimizers.SGD(lambda step: 0.1))
    table = jc.optimizers.SGD(0.5, momentum=0.9)._repr_html_()
    assert "<caption>SGD</caption>" in table and "<th>momentum</th><td>0.9</td>" in table
    assert "&lt;function" in jc.optimizers.SGD(lambda step: 0.1)._repr_html_()
