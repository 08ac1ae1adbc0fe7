"""What a model says of itself: a table and a drawing (U6 of the notes, Q2.P25 and figure 8-2 of the
quick-start book).

Data: none.  Needs pydot and Graphviz's program dot.

    python -m experiments run u06_summary_and_graph
"""

from experiments.program import Program
from experiments.run import Run
from jaxcnn.commands.quickstart import mnist_cnn
from jaxcnn.utils import model_to_dot, plot_model

PROGRAM = Program(
    title="Summaries and drawings of models",
    ids=("U6", "Q2.P25"),
    packages=("pydot",),
    commands=("dot",),
)


def main(run: Run) -> None:
    model = mnist_cnn()
    lines = []
    model.summary(print_fn=lines.append)
    print(*lines, sep="\n")
    run.check("the total of the table", lines[-4], "Total params: 1,199,882")

    run.picture("model", plot_model(model, to_file=run.out / "model.png"))
    run.picture("shapes", plot_model(model, to_file=run.out / "shapes.png", show_shapes=True))
    run.picture("types", plot_model(model, to_file=run.out / "types.png", show_layer_names=False))
    svg = model_to_dot(model).create(prog="dot", format="svg").decode()
    (run.out / "model.svg").write_text(svg, encoding="utf-8")
    run.check(
        "the drawing names every layer", all(layer.name in svg for layer in model.layers), True
    )


if __name__ == "__main__":
    from experiments.__main__ import command

    command(__file__)
