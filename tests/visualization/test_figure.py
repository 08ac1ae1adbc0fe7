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
