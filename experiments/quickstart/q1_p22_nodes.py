"""What a layer that was called several times says of its inputs and outputs (section 4.3.5,
Q1.P22-P24).

Data: none.  P24's shapes are channels_first (X20 in ERRATA.md).

    python -m experiments run q1_p22_nodes
"""

from experiments.program import Program
from experiments.run import Run
from jaxcnn import backend as K
from jaxcnn.layers import LSTM, Conv2D, Input

PROGRAM = Program(title="Layers that are called twice", ids=("Q1.P22", "Q1.P23", "Q1.P24"))


def main(run: Run) -> None:
    a = Input(shape=(140, 256))
    lstm = LSTM(32)
    encoded_a = lstm(a)
    run.check("P22: lstm.output is what the one call gave", lstm.output is encoded_a, True)

    b = Input(shape=(140, 256))
    encoded_b = lstm(b)
    message = "none"
    try:
        _ = lstm.output
    except AttributeError as error:
        message = str(error)
    run.figure("P23: lstm.output of two calls", message)
    run.check("P23: it says what to do", "get_output_at(node_index)" in message, True)
    found = lstm.get_output_at(0) is encoded_a and lstm.get_output_at(1) is encoded_b
    run.check("P23: get_output_at(0) and (1) are the two outputs", found, True)

    K.set_image_data_format("channels_first")
    a, b = Input(shape=(3, 32, 32)), Input(shape=(3, 64, 64))
    conv = Conv2D(16, (3, 3), padding="same")
    conv(a)
    run.check("P24: parameters", conv.count_params(), 448)
    run.check("P24: input_shape of one call", conv.input_shape, (None, 3, 32, 32))
    conv(b)
    run.check("P24: get_input_shape_at(0)", conv.get_input_shape_at(0), (None, 3, 32, 32))
    run.check("P24: get_input_shape_at(1)", conv.get_input_shape_at(1), (None, 3, 64, 64))


if __name__ == "__main__":
    from experiments.__main__ import command

    command(__file__)
