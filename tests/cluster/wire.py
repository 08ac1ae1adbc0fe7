"""A wire between two network namespaces whose packets are late and some of them lost:
``wire.py PID PID MILLISECONDS SHARE``, with the processes that hold the namespaces.

Each has a device `wire` as long as this runs. It does what `tc netem` does, without the kernel's
help.
"""

import contextlib
import ctypes
import fcntl
import heapq
import os
import random
import select
import struct
import sys
import time

TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454CA, 0x0001, 0x1000


def device(pid):
    """A new device `wire` in the namespace of a process; packets are read from it and written to
    it.
    """
    with open(f"/proc/{pid}/ns/net") as namespace:
        if ctypes.CDLL(None, use_errno=True).setns(namespace.fileno(), 0):
            raise OSError(ctypes.get_errno(), "setns")
    opened = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(opened, TUNSETIFF, struct.pack("16sH", b"wire", IFF_TUN | IFF_NO_PI))
    return opened


def main(first, second, milliseconds, share):
    ends = {device(first): device(second)}
    ends |= {b: a for a, b in ends.items()}
    late, lost, chance = float(milliseconds) / 1000, float(share), random.Random(0)
    waiting = []
    while True:
        pause = max(0.0, waiting[0][0] - time.monotonic()) if waiting else None
        for end in select.select(list(ends), [], [], pause)[0]:
            packet = os.read(end, 65536)
            if chance.random() >= lost:
                heapq.heappush(waiting, (time.monotonic() + late, len(waiting), ends[end], packet))
        while waiting and waiting[0][0] <= time.monotonic():
            _, _, end, packet = heapq.heappop(waiting)
            with contextlib.suppress(OSError):  # the device is down: lost
                os.write(end, packet)


if __name__ == "__main__":
    main(*sys.argv[1:])
