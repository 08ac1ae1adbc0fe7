"""Plots belong to no window."""

import subprocess
import sys


def test_nothing_touches_pyplot_and_importing_is_free_of_matplotlib(tmp_path):
    code = (
        "import sys, jaxcnn.visualization as v\n"
        "assert 'matplotlib' not in sys.modules\n"
        f"v.plot_history({{'loss': [2, 1]}}, {str(tmp_path / 'a.png')!r})\n"
        "assert 'matplotlib.pyplot' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_without_a_path_a_figure_that_a_notebook_shows():
    import numpy as np

    from jaxcnn import visualization as v

    probabilities = np.array([[0.9, 0.1], [0.2, 0.8]])
    figures = [
        v.plot_history({"loss": [2, 1]}),
        v.image_grid(np.zeros((2, 3, 3))),
        v.plot_confusion_matrix([0, 1], [0, 0]),
        v.plot_worst_mistakes(np.zeros((2, 3, 3)), [1, 1], probabilities),
        v.plot_worst_mistakes(np.zeros((2, 3, 3)), [0, 1], probabilities),
    ]
    for figure in figures:
        assert figure._repr_png_().startswith(b"\x89PNG")
