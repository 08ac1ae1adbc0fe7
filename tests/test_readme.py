"""The README's Python code runs as it stands, from top to bottom."""

import re
from pathlib import Path

README = Path(__file__).parent.parent / "README.md"


def test_the_python_blocks_run_in_order(tmp_path, monkeypatch, capsys):
    blocks = re.findall(
        r"^```python\n(.*?)^```$", README.read_text(), flags=re.DOTALL | re.MULTILINE
    )
    assert len(blocks) >= 3
    monkeypatch.chdir(tmp_path)
    namespace: dict = {"__name__": "readme"}
    for number, block in enumerate(blocks):
        path = tmp_path / f"readme_{number}.py"  # libraries look up the source of functions
        path.write_text(block)
        exec(compile(block, str(path), "exec"), namespace)
    assert (tmp_path / "model.h5").exists()
    assert namespace["probabilities"].shape == (8, 10)
    assert namespace["y"].shape == (4, 8, 8, 8)
    assert "Total params: 54,410" in capsys.readouterr().out
