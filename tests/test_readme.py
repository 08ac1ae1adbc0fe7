"""The README's Python code runs as it stands, from top to bottom."""

from .pages import ROOT, code_blocks, run


def test_the_python_blocks_run_in_order(tmp_path, monkeypatch, capsys):
    blocks = list(code_blocks((ROOT / "README.md").read_text()))
    assert len(blocks) >= 3
    monkeypatch.chdir(tmp_path)
    namespace: dict = {"__name__": "readme"}
    for block in blocks:
        run(block, "readme", tmp_path, namespace)
    assert (tmp_path / "model.h5").exists()
    assert namespace["probabilities"].shape == (8, 10)
    assert namespace["y"].shape == (4, 8, 8, 8)
    assert "Total params: 54,410" in capsys.readouterr().out
