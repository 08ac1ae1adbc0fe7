"""A saved model behind HTTP: requests that come at the same time are predicted together.

    pip install ".[serve]"
    JAXCNN_MODEL=model.h5 uvicorn experiments.serving.app:app --no-access-log

``POST /predict`` takes ``{"inputs": [...]}``, a list of samples, and answers ``{"outputs":
[...]}``. With ``content-type: application/x-npy`` the body and the answer are arrays as
`numpy.save` writes them, which costs less. ``GET /health`` answers when the model is ready. It is
an ASGI application without a framework, for a model with one input and one output, to be copied and
changed.
"""

from __future__ import annotations

import asyncio
import gc
import io
import os
from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import jax
import numpy as np
import orjson

from jaxcnn.models import Model, load_model

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
SIZES = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64)  # of the batches that are compiled
MOST_BYTES = 2**24  # of one request
JSON, NPY = b"application/json", b"application/x-npy"


class Refused(Exception):
    """A request that cannot be answered: the status, and a sentence."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


class Predictor:
    """The forward pass of a model, compiled for each of `SIZES` when it is made."""

    def __init__(self, model: Model) -> None:
        self.shape: tuple[int, ...] = tuple(model.input_shape[1:])
        self.variables = jax.device_put(model.variables)
        forward = jax.jit(model.module.apply)
        self.programs = {
            size: forward.lower(self.variables, self.zeros(size)).compile() for size in SIZES
        }

    def zeros(self, size: int) -> np.ndarray:
        """A batch without content."""
        return np.zeros((size, *self.shape), np.float32)

    def __call__(self, rows: list[np.ndarray]) -> np.ndarray:
        """The outputs for all rows, by the program of the next size."""
        count = sum(map(len, rows))
        size = next(size for size in SIZES if size >= count)
        batch = rows[0]
        if len(rows) > 1 or count < size:
            batch = self.zeros(size)
            np.concatenate(rows, out=batch[:count])
        return np.asarray(self.programs[size](self.variables, batch))[:count]


class Batcher:
    """Predicts for several callers at once, in one thread.

    Nobody waits for company: what has come while the model was busy becomes its next batch.
    """

    def __init__(self, predict: Callable[[list[np.ndarray]], np.ndarray]) -> None:
        self.predict = predict
        self.thread = ThreadPoolExecutor(1)
        self.waiting: asyncio.Queue[tuple[np.ndarray, asyncio.Future[np.ndarray]]] = asyncio.Queue()

    async def __call__(self, rows: np.ndarray) -> np.ndarray:
        """The outputs for some rows, at most as many as the largest of `SIZES`."""
        future: asyncio.Future[np.ndarray] = asyncio.get_running_loop().create_future()
        self.waiting.put_nowait((rows, future))
        return await future

    async def work(self) -> None:
        """Predict for whoever waits, for ever."""
        loop = asyncio.get_running_loop()
        left: tuple[np.ndarray, asyncio.Future[np.ndarray]] | None = None
        while True:
            taken = [left or await self.waiting.get()]
            left = None
            count = len(taken[0][0])
            while left is None and not self.waiting.empty():
                left = self.waiting.get_nowait()
                if count + len(left[0]) <= SIZES[-1]:
                    taken.append(left)
                    count += len(left[0])
                    left = None
            rows = [each for each, _ in taken]
            try:
                outputs = await loop.run_in_executor(self.thread, self.predict, rows)
            except Exception as error:  # of these callers alone; the next batch is predicted
                for _, future in taken:
                    if not future.cancelled():
                        future.set_exception(error)
                continue
            for each, future in taken:
                own, outputs = outputs[: len(each)], outputs[len(each) :]
                if not future.cancelled():  # by a client that has gone
                    future.set_result(own)


class App:
    """The application: one model, loaded when the server starts."""

    def __init__(self, load: Callable[[], Model]) -> None:
        self.load = load
        self.shape: tuple[int, ...] = ()
        self.batcher: Batcher | None = None

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.live(receive, send)
        elif scope["type"] == "http":
            try:
                status, kind, body = 200, *await self.answer(scope, receive)
            except Refused as error:
                status, kind, body = error.status, JSON, orjson.dumps({"error": str(error)})
            headers = [(b"content-type", kind), (b"content-length", str(len(body)).encode())]
            await send({"type": "http.response.start", "status": status, "headers": headers})
            await send({"type": "http.response.body", "body": body})

    async def live(self, receive: Receive, send: Send) -> None:
        """Load and compile when the server starts; stop when it ends."""
        await receive()
        predict = await asyncio.to_thread(lambda: Predictor(self.load()))
        self.shape, self.batcher = predict.shape, Batcher(predict)
        gc.collect()
        gc.freeze()  # what is here stays: the collections that requests cause need not look at it
        worker = asyncio.create_task(self.batcher.work())
        await send({"type": "lifespan.startup.complete"})
        await receive()
        worker.cancel()
        self.batcher.thread.shutdown()
        await send({"type": "lifespan.shutdown.complete"})

    async def answer(self, scope: Message, receive: Receive) -> tuple[bytes, bytes]:
        """The type and the body of the answer to a request.

        Raises:
            Refused: there is none.
        """
        assert self.batcher is not None
        request = (scope["method"], scope["path"])
        if request == ("GET", "/health"):
            return JSON, orjson.dumps({"ready": True, "shape": self.shape})
        if request != ("POST", "/predict"):
            raise Refused(404, "POST /predict and GET /health are answered.")
        kind = NPY if dict(scope["headers"]).get(b"content-type") == NPY else JSON
        rows = (rows_of_npy if kind == NPY else rows_of_json)(await body_of(receive))
        if rows.shape[1:] != self.shape or not 1 <= len(rows) <= SIZES[-1]:
            expected = f"(1 to {SIZES[-1]}, {str(self.shape)[1:]}"
            raise Refused(422, f"inputs has shape {rows.shape}; it is {expected}.")
        outputs = await self.batcher(rows)
        if kind == NPY:
            return kind, npy_of(outputs)
        if not np.isfinite(outputs).all():
            raise Refused(500, "The outputs are not finite, which JSON cannot say; send npy.")
        return kind, orjson.dumps({"outputs": outputs.tolist()})


async def body_of(receive: Receive) -> bytes:
    """The whole body of a request."""
    parts, size, more = [], 0, True
    while more:
        message = await receive()
        parts.append(message.get("body", b""))
        more = message.get("more_body", False)
        size += len(parts[-1])
        if size > MOST_BYTES:
            raise Refused(413, f"A request has at most {MOST_BYTES} bytes.")
    return b"".join(parts)


def rows_of_json(body: bytes) -> np.ndarray:
    """The samples in a request of JSON."""
    try:
        return np.asarray(orjson.loads(body)["inputs"], np.float32)
    except (ValueError, TypeError, KeyError):
        raise Refused(400, 'The body is {"inputs": [...]}, numbers in lists.') from None


def rows_of_npy(body: bytes) -> np.ndarray:
    """The samples in a request of an array, of which no more is made than the body holds."""
    stream = io.BytesIO(body)
    try:
        if np.lib.format.read_magic(stream) != (1, 0):
            raise ValueError
        shape, fortran, dtype = np.lib.format.read_array_header_1_0(stream)
        if fortran or dtype.kind not in "fiub":
            raise ValueError
        rows = np.frombuffer(body, dtype, offset=stream.tell()).reshape(shape)
    except ValueError:
        raise Refused(400, "The body is an array of numbers as numpy.save writes it.") from None
    return rows.astype(np.float32, copy=False)


def npy_of(array: np.ndarray) -> bytes:
    """An array as `numpy.save` writes it."""
    stream = io.BytesIO()
    np.save(stream, array, allow_pickle=False)
    return stream.getvalue()


app = App(lambda: load_model(os.environ["JAXCNN_MODEL"], compile=False))
