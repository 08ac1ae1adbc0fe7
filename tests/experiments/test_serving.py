"""The example of a server: a real server in a process of its own, and a real HTTP client."""

import asyncio
import io
import os
import re
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
pytest.importorskip("orjson", reason="needs orjson: pip install orjson")

ROOT = Path(__file__).resolve().parents[2]
NPY = {"content-type": "application/x-npy"}


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


def npy(array):
    stream = io.BytesIO()
    np.save(stream, array)
    return stream.getvalue()


@pytest.mark.parametrize("dtype", ["float32", "float64", "uint8", ">f4"])
def test_arrays_go_as_numpy_saves_them(server, model, dtype):
    x = (10 * np.random.default_rng(0).random((5, 6, 5, 1))).astype(dtype)
    answer = httpx.post(f"{server}/predict", content=npy(x), headers=NPY, timeout=60)
    assert answer.status_code == 200 and answer.headers["content-type"] == "application/x-npy"
    outputs = np.load(io.BytesIO(answer.content), allow_pickle=False)
    np.testing.assert_allclose(outputs, model.predict(x.astype("f4")), atol=1e-6)


def test_what_is_not_finite_is_no_json(server):
    x = np.full((1, 6, 5, 1), np.inf, np.float32)
    answer = httpx.post(f"{server}/predict", content=npy(x), headers=NPY, timeout=60)
    assert np.isnan(np.load(io.BytesIO(answer.content))).all()
    huge = (1e39 * np.ones((1, 6, 5, 1))).tolist()
    answer = httpx.post(f"{server}/predict", json={"inputs": huge}, timeout=60)
    assert answer.status_code == 500 and "send npy" in answer.json()["error"]


@pytest.mark.parametrize("loop", [["--clients", "4"], ["--rate", "50"]])
@pytest.mark.parametrize("body", ["json", "npy"])
def test_its_load_is_measured(server, loop, body):
    command = ["-m", "experiments.serving.load", server, *loop, "--seconds", "1", "--body", body]
    done = subprocess.run(
        [sys.executable, *command], cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    said = re.fullmatch(
        r"(\d+) requests, (\d+) a second answered: median ([\d.]+) ms, p99 ([\d.]+) ms, longest "
        r"([\d.]+) ms; this program took [\d.]+ ms of a processor for each\n",
        done.stdout,
    )
    count, _, median, late, longest = map(float, said.groups())
    assert count == 50 or "--clients" in loop
    assert 0 < median <= late <= longest


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
    ("body", "status", "sentence"),
    [
        (b"no JSON", 400, "The body is"),
        (b'{"inputs": [[NaN]]}', 400, "The body is"),
        (b'{"inputs": [[1, 2]]}', 422, "inputs has shape (1, 2)"),
        (b'{"inputs": []}', 422, "inputs has shape (0,)"),
        (b" " * (2**24 + 1), 413, "at most 16777216 bytes"),
    ],
)
def test_what_cannot_be_answered_is_said(server, body, status, sentence):
    answer = httpx.post(f"{server}/predict", content=body, timeout=60)
    assert answer.status_code == status and sentence in answer.json()["error"]


def test_other_addresses_are_not_there(server):
    answer = httpx.get(server)
    assert answer.status_code == 404 and "POST /predict" in answer.json()["error"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"no array", 400),
        (npy(np.array([["a"]])), 400),  # no numbers
        (npy(np.ones((2, 6, 5, 1), "f4"))[:-4], 400),  # cut off
        (npy(np.ones((1, 1), "f4")).replace(b"(1, 1)", b"(9**9)"), 400),  # no shape
        (npy(np.asfortranarray(np.ones((2, 6, 5, 1), "f4"))), 400),
        (npy(np.ones((2, 5, 5, 1), "f4")), 422),
        (npy(np.ones((65, 6, 5, 1), "f4")), 422),
    ],
)
def test_arrays_that_cannot_be_answered(server, body, status):
    answer = httpx.post(f"{server}/predict", content=body, headers=NPY, timeout=60)
    assert answer.status_code == status and "error" in answer.json()
