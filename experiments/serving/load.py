"""How a server of `app.py` answers under load.

    python -m experiments.serving.load http://127.0.0.1:8000 --rate 200 --seconds 10
    python -m experiments.serving.load http://127.0.0.1:8000 --clients 8 --seconds 10

With ``--rate`` requests of one sample come at that rate, whether the ones before are answered or
not (an open loop), and an answer takes from the moment its request was due. Above what the server
can do the line of those who wait grows for as long as one measures; its limit is measured with
``--clients``, of whom each asks again when it has its answer (a closed loop). Both print the
processor time of this program, which is no part of the server's.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import json
import time
from collections import deque
from dataclasses import dataclass
from urllib.parse import urlsplit

import numpy as np

from jaxcnn.utils.options import between, whole


@dataclass(frozen=True)
class Address:
    """Where the server is."""

    host: str
    port: int

    @classmethod
    def of(cls, url: str) -> Address:
        """The address in a URL."""
        parts = urlsplit(url)
        return cls(parts.hostname or "127.0.0.1", parts.port or 80)


class Connection:
    """One connection, over which requests go one after the other.

    It does no more than this server needs, so that the processor is left to the server.
    """

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    @classmethod
    async def to(cls, address: Address) -> Connection:
        """A connection to a server."""
        return cls(*await asyncio.open_connection(address.host, address.port))

    async def ask(self, request: bytes) -> bytes:
        """The body of the answer.

        Raises:
            RuntimeError: the status is not 200.
        """
        self.writer.write(request)
        head = (await self.reader.readuntil(b"\r\n\r\n")).lower()
        length = int(head.split(b"content-length:")[1].split(b"\r\n")[0])
        body = await self.reader.readexactly(length)
        if head.split(b" ", 2)[1] != b"200":
            raise RuntimeError(f"The server says: {body.decode()}")
        return body


def request_of(address: Address, shape: list[int], kind: str) -> bytes:
    """The bytes of a request of one sample."""
    sample = np.random.default_rng(0).random((1, *shape)).astype(np.float32).round(3)
    if kind == "json":
        body = json.dumps({"inputs": sample.astype(float).round(3).tolist()}).encode()
    else:
        stream = io.BytesIO()
        np.save(stream, sample)
        body = stream.getvalue()
    kind_line = f"content-type: application/{'json' if kind == 'json' else 'x-npy'}"
    lines = ["POST /predict HTTP/1.1", f"host: {address.host}", kind_line]
    return "\r\n".join([*lines, f"content-length: {len(body)}", "", ""]).encode() + body


async def closed_loop(
    address: Address, request: bytes, clients: int, seconds: float
) -> list[float]:
    """The seconds that each answer took, of clients who ask one after the other."""
    times: list[float] = []
    end = time.perf_counter() + seconds

    async def client(connection: Connection) -> None:
        while (began := time.perf_counter()) < end:
            await connection.ask(request)
            times.append(time.perf_counter() - began)

    connections = [await Connection.to(address) for _ in range(clients)]
    await asyncio.gather(*map(client, connections))
    return times


async def open_loop(address: Address, request: bytes, rate: float, seconds: float) -> list[float]:
    """The seconds that each answer took, of requests that come at a rate."""
    idle: deque[Connection] = deque()
    begin = time.perf_counter() + 0.1

    async def ask(due: float) -> float:
        while idle and idle[0].reader.at_eof():  # the server closes those that are long idle
            idle.popleft()
        connection = idle.popleft() if idle else await Connection.to(address)
        await connection.ask(request)
        idle.append(connection)
        return time.perf_counter() - due

    asked = []
    for due in begin + np.arange(int(rate * seconds)) / rate:
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        asked.append(asyncio.create_task(ask(due)))
    return await asyncio.gather(*asked)


async def measured(options: argparse.Namespace) -> str:
    """What the loop that is asked for gives, after 50 requests that do not count."""
    address = Address.of(options.url)
    connection = await Connection.to(address)
    health = await connection.ask(f"GET /health HTTP/1.1\r\nhost: {address.host}\r\n\r\n".encode())
    request = request_of(address, json.loads(health)["shape"], options.body)
    for _ in range(50):
        await connection.ask(request)
    began, used = time.perf_counter(), time.process_time()
    if options.clients:
        seconds = await closed_loop(address, request, options.clients, options.seconds)
    else:
        seconds = await open_loop(address, request, options.rate, options.seconds)
    rate = len(seconds) / (time.perf_counter() - began)
    here = 1000 * (time.process_time() - used) / len(seconds)
    times = 1000 * np.array(seconds)
    median, late = np.percentile(times, [50, 99])
    return (
        f"{len(times)} requests, {rate:.0f} a second answered: median {median:.1f} ms, "
        f"p99 {late:.1f} ms, longest {times.max():.1f} ms; this program took {here:.2f} ms of "
        "a processor for each"
    )


def main() -> None:
    """Print the middle, the 99th percentile and the longest time."""
    parser = argparse.ArgumentParser(prog="python -m experiments.serving.load")
    parser.add_argument("url")
    loop = parser.add_mutually_exclusive_group()
    loop.add_argument("--rate", type=between(0.1, 1e5), default=200.0, help="requests a second")
    loop.add_argument("--clients", type=whole(1), help="who ask one after the other instead")
    parser.add_argument("--seconds", type=between(0.1, 1e5), default=10.0)
    parser.add_argument("--body", choices=["json", "npy"], default="json")
    print(asyncio.run(measured(parser.parse_args())))


if __name__ == "__main__":
    main()
