"""The example of a server: a real server in a process of its own, and a real HTTP client."""

import asyncio
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

import jaxcnn as jc
from jaxcnn.layers import Conv2D, Dense, Flatten

httpx = pytest.importorskip("httpx", reason="needs httpx: pip install httpx")
pytest.importorskip("uvicorn", reason="needs uvicorn: pip install uvicorn")

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def model():
    return jc.Sequential(
        [Conv2D(2, 3, input_shape=(6, 5, 1)), Flatten(), Dense(3, activation="softmax")]
    )


@pytest.fixture(scope="module")
def server(model, tmp_path_factory):
    """The address of a server of the model."""
    folder = tmp_path_factory.mktemp("serving")
    model.save(folder / "model.h5")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    command = ["-m", "uvicorn", "experiments.serving.app:app", "--port", str(port)]
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, *command],
            env={**os.environ, "JAXCNN_MODEL": str(folder / "model.h5"), "PYTHONPATH": path},
            cwd=ROOT,
            stderr=log,
        )
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(300):
            try:
                assert httpx.get(f"{address}/health").json() == {"ready": True, "shape": [6, 5, 1]}
                break
            except httpx.TransportError:
                assert process.poll() is None, (folder / "log").read_text()
                time.sleep(0.2)
        yield address
    finally:
        process.terminate()
        process.wait(30)


def test_it_answers_what_the_model_predicts(server, model):
    x = np.random.default_rng(0).random((5, 6, 5, 1), np.float32)
    answer = httpx.post(f"{server}/predict", json={"inputs": x.tolist()}, timeout=60)
    assert answer.status_code == 200
    np.testing.assert_allclose(answer.json()["outputs"], model.predict(x), atol=1e-6)


def test_many_at_once_each_get_their_own(server, model):
    rng = np.random.default_rng(1)
    requests = [rng.random((1 + i % 7, 6, 5, 1), np.float32) for i in range(60)]

    async def ask_all():
        async with httpx.AsyncClient(base_url=server, timeout=60) as client:
            asked = [client.post("/predict", json={"inputs": x.tolist()}) for x in requests]
            return await asyncio.gather(*asked)

    for x, answer in zip(requests, asyncio.run(ask_all()), strict=True):
        np.testing.assert_allclose(answer.json()["outputs"], model.predict(x), atol=1e-6)


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "sentence"),
    [
        ("GET", "/", b"", 404, "POST /predict"),
        ("POST", "/predict", b"no JSON", 400, "The body is"),
        ("POST", "/predict", b'{"inputs": [[1, 2]]}', 422, "inputs has shape (1, 2)"),
        ("POST", "/predict", b'{"inputs": []}', 422, "inputs has shape (0,)"),
        ("POST", "/predict", b" " * (2**24 + 1), 413, "at most 16777216 bytes"),
    ],
)
def test_what_cannot_be_answered_is_said(server, method, path, body, status, sentence):
    answer = httpx.request(method, server + path, content=body, timeout=60)
    assert answer.status_code == status and sentence in answer.json()["error"]
