"""How a server of `app.py` answers under load.

    python -m experiments.serving.load http://127.0.0.1:8000 --rate 200 --seconds 10

Requests of one sample are sent at that rate, whether the ones before are answered or not; the
result is the times until the answers.
"""

from __future__ import annotations

import argparse
import asyncio
import time

import httpx
import numpy as np

from jaxcnn.utils.options import between


async def times_of(url: str, rate: float, seconds: float) -> np.ndarray:
    """The seconds that each answer took."""
    async with httpx.AsyncClient(base_url=url, timeout=60) as client:
        shape = (await client.get("/health")).json()["shape"]
        body = {"inputs": np.random.default_rng(0).random((1, *shape)).round(3).tolist()}

        async def ask() -> float:
            began = time.perf_counter()
            (await client.post("/predict", json=body)).raise_for_status()
            return time.perf_counter() - began

        begin = time.perf_counter()
        asked = []
        for number in range(int(rate * seconds)):
            await asyncio.sleep(max(0.0, begin + number / rate - time.perf_counter()))
            asked.append(asyncio.create_task(ask()))
        return np.array(await asyncio.gather(*asked))


def main() -> None:
    """Print the middle, the 99th percentile and the longest time."""
    parser = argparse.ArgumentParser(prog="python -m experiments.serving.load")
    parser.add_argument("url")
    parser.add_argument("--rate", type=between(0.1, 1e5), default=200.0, help="requests a second")
    parser.add_argument("--seconds", type=between(0.1, 1e5), default=10.0)
    options = parser.parse_args()
    began = time.perf_counter()
    times = asyncio.run(times_of(options.url, options.rate, options.seconds)) * 1000
    rate = len(times) / (time.perf_counter() - began)
    median, late = np.percentile(times, [50, 99])
    print(
        f"{len(times)} requests, {rate:.0f} a second answered: median {median:.1f} ms, "
        f"p99 {late:.1f} ms, longest {times.max():.1f} ms"
    )


if __name__ == "__main__":
    main()
