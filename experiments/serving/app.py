"""A saved model behind HTTP: requests that come at the same time are predicted together.

    pip install uvicorn
    JAXCNN_MODEL=model.h5 uvicorn experiments.serving.app:app

``POST /predict`` takes ``{"inputs": [...]}``, a list of samples, and answers ``{"outputs":
[...]}``; ``GET /health`` answers when the model is ready. It is an ASGI application without a
framework, to be copied and changed.
"""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import numpy as np

from jaxcnn.models import Model, load_model

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
MOST_ROWS = 64  # of one call of the model
MOST_BYTES = 2**24  # of one request


class Refused(Exception):
    """A request that cannot be answered: the status, and a sentence."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


class Batcher:
    """Predicts for several callers at once.

    What waits when the model is free becomes one batch, filled up to a power of two, so that there
    are few programs; `warm_up` compiles them all.
    """

    def __init__(self, predict: Callable[[np.ndarray], np.ndarray], shape: tuple[int, ...]) -> None:
        self.predict, self.shape = predict, shape
        self.waiting: asyncio.Queue[tuple[np.ndarray, asyncio.Future[np.ndarray]]] = asyncio.Queue()
        self.sizes = [2**i for i in range(MOST_ROWS.bit_length())]

    def warm_up(self) -> None:
        """Compile the program of each size."""
        for size in self.sizes:
            self.predict(np.zeros((size, *self.shape), np.float32))

    async def __call__(self, rows: np.ndarray) -> np.ndarray:
        """The outputs for some rows, at most `MOST_ROWS`."""
        future: asyncio.Future[np.ndarray] = asyncio.get_running_loop().create_future()
        await self.waiting.put((rows, future))
        return await future

    async def work(self) -> None:
        """Predict for whoever waits, for ever."""
        left: tuple[np.ndarray, asyncio.Future[np.ndarray]] | None = None
        while True:
            taken = [left or await self.waiting.get()]
            left = None
            count = len(taken[0][0])
            while left is None and not self.waiting.empty():
                left = self.waiting.get_nowait()
                if count + len(left[0]) <= MOST_ROWS:
                    taken.append(left)
                    count += len(left[0])
                    left = None
            try:
                outputs = await asyncio.to_thread(self.of_size, [rows for rows, _ in taken], count)
            except Exception as error:  # of these callers alone; the next batch is predicted
                for _, future in taken:
                    future.set_exception(error)
                continue
            for rows, future in taken:
                own, outputs = outputs[: len(rows)], outputs[len(rows) :]
                if not future.cancelled():  # by a client that has gone
                    future.set_result(own)

    def of_size(self, rows: list[np.ndarray], count: int) -> np.ndarray:
        """The outputs for all rows, by the program of the next size."""
        size = next(size for size in self.sizes if size >= count)
        batch = np.zeros((size, *self.shape), np.float32)
        batch[:count] = np.concatenate(rows)
        return self.predict(batch)[:count]


class App:
    """The application: one model, loaded when the server starts."""

    def __init__(self, load: Callable[[], Model]) -> None:
        self.load = load
        self.batcher: Batcher | None = None

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.live(receive, send)
        elif scope["type"] == "http":
            try:
                status, answer = 200, await self.answer(scope, receive)
            except Refused as error:
                status, answer = error.status, {"error": str(error)}
            body = json.dumps(answer).encode()
            headers = [(b"content-type", b"application/json")]
            await send({"type": "http.response.start", "status": status, "headers": headers})
            await send({"type": "http.response.body", "body": body})

    async def live(self, receive: Receive, send: Send) -> None:
        """Load and compile when the server starts; stop when it ends."""
        await receive()
        model = self.load()
        self.batcher = Batcher(model.predict_on_batch, tuple(model.input_shape[1:]))
        await asyncio.to_thread(self.batcher.warm_up)
        worker = asyncio.create_task(self.batcher.work())
        await send({"type": "lifespan.startup.complete"})
        await receive()
        worker.cancel()
        await send({"type": "lifespan.shutdown.complete"})

    async def answer(self, scope: Message, receive: Receive) -> dict[str, Any]:
        """The answer to a request.

        Raises:
            Refused: there is none.
        """
        assert self.batcher is not None
        request = (scope["method"], scope["path"])
        if request == ("GET", "/health"):
            return {"ready": True, "shape": list(self.batcher.shape)}
        if request != ("POST", "/predict"):
            raise Refused(404, "POST /predict and GET /health are answered.")
        rows = self.rows_of(await body_of(receive))
        return {"outputs": (await self.batcher(rows)).tolist()}

    def rows_of(self, body: bytes) -> np.ndarray:
        """The samples in a request."""
        assert self.batcher is not None
        try:
            rows = np.asarray(json.loads(body)["inputs"], np.float32)
        except (ValueError, TypeError, KeyError):
            raise Refused(400, 'The body is {"inputs": [...]}, numbers in lists.') from None
        shape = self.batcher.shape
        if rows.shape[1:] != shape or not 1 <= len(rows) <= MOST_ROWS:
            raise Refused(
                422, f"inputs has shape {rows.shape}; it is (1 to {MOST_ROWS}, {str(shape)[1:]}."
            )
        return rows


async def body_of(receive: Receive) -> bytes:
    """The whole body of a request."""
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > MOST_BYTES:
            raise Refused(413, f"A request has at most {MOST_BYTES} bytes.")
    return body


app = App(lambda: load_model(os.environ["JAXCNN_MODEL"], compile=False))
