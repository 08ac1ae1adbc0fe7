"""The least time that each kernel of a compiled CPU program could take, from XLA's text of the
program.

A kernel reads its inputs, writes its results and multiplies; at the machine's pace, measured here
by one large product of matrices and one large sum of arrays, the longer of the two is its limit.
What stays in the caches moves faster, so that a kernel can be below its limit; random bits and
exponentials are not counted.
"""

from __future__ import annotations

import math
import re
import time
from collections.abc import Callable
from dataclasses import dataclass

import jax
import jax.numpy as jnp

from jaxcnn.ops import dot

BYTES = {
    "pred": 1,
    "s8": 1,
    "u8": 1,
    "bf16": 2,
    "f16": 2,
    "s32": 4,
    "u32": 4,
    "f32": 4,
    "s64": 8,
    "u64": 8,
    "f64": 8,
}
SLICES = ("slice", "dynamic-slice", "gather")
FREE = (
    "parameter",
    "constant",
    "tuple",
    "get-tuple-element",
    "bitcast",
    "while",
    "call",
    "conditional",
)


@dataclass(frozen=True)
class Pace:
    """What is done in a second: by all cores together, or, of processor time, by one."""

    flops: float
    bytes: float


@dataclass(frozen=True)
class Instruction:
    """One line of a program: sizes of its results in bytes, their shapes, the names of its operands
    and the rest.
    """

    operation: str
    sizes: tuple[int, ...]
    shapes: tuple[tuple[int, ...], ...]
    operands: tuple[str, ...]
    line: str


def measure(clock: Callable[[], float] = time.perf_counter) -> Pace:
    """The machine's pace, the best of twenty: all cores' by the time that passes, that of a core by
    `time.process_time`.
    """
    multiply = jax.jit(lambda matrix: dot(matrix.T, matrix))
    add = jax.jit(
        lambda array: array + 1.0, donate_argnums=0
    )  # in place: new memory would first be cleared

    def best(function: Callable[[jax.Array], jax.Array], array: jax.Array, again: bool) -> float:
        times = []
        for _ in range(20):
            start = clock()
            result = jax.block_until_ready(function(array))
            times.append(clock() - start)
            array = result if again else array
        return min(times)

    flops = 2 * 2048**3 / best(multiply, jnp.ones((2048, 2048)), again=False)
    return Pace(flops, 2 * 4 * 2**24 / best(add, jnp.ones(2**24), again=True))


@dataclass(frozen=True)
class Limit:
    """What one run of a kernel takes all cores at least, in seconds, and how many threads the
    profiler sees as one.
    """

    seconds: float
    threads: int


@dataclass(frozen=True)
class Work:
    """Multiplications and additions, and bytes read and written."""

    flops: float
    bytes: float


def limits(program: str, pace: Pace) -> dict[str, Limit]:
    """The limit of each kernel of a compiled program."""
    instructions, _ = read(program)
    return {
        name: Limit(
            max(done.flops / pace.flops, done.bytes / pace.bytes), threads(name, instructions)
        )
        for name, done in work_of_kernels(program).items()
    }


def work(program: str) -> Work:
    """What all kernels of a compiled program do together, each run once."""
    kernels = work_of_kernels(program).values()
    return Work(sum(kernel.flops for kernel in kernels), sum(kernel.bytes for kernel in kernels))


def work_of_kernels(program: str) -> dict[str, Work]:
    """What each kernel of a compiled program does."""
    found, inside = read(program)
    fused = {name for kernel in found for name in body_of(kernel, found, inside) if name != kernel}
    return {
        name: Work(flops(name, found, inside), traffic(name, found, inside))
        for name in found
        if name not in fused and found[name].operation not in FREE
    }


def read(program: str) -> tuple[dict[str, Instruction], dict[str, list[str]]]:
    """Name -> instruction, and computation -> the names of its instructions."""
    instructions: dict[str, Instruction] = {}
    inside: dict[str, list[str]] = {}
    names: list[str] = []
    for line in program.splitlines():
        if header := re.match(r"(?:ENTRY )?%([\w.\-]+) \(", line):
            names = inside.setdefault(header[1], [])
        if found := re.match(
            r"\s+(?:ROOT )?%([\w.\-]+) = (\(.*?\)|\S+) ([\w\-]+)\((.*?)\)(?:, |$)", line
        ):
            name, kind, operation, operands = found.groups()
            arrays = re.findall(r"(\w+)\[([\d,]*)\]", kind)
            shapes = tuple(tuple(int(n) for n in dims.split(",") if n) for _, dims in arrays)
            sizes = tuple(
                BYTES.get(d, 0) * math.prod(shape)
                for (d, _), shape in zip(arrays, shapes, strict=True)
            )
            listed = tuple(re.findall(r"%([\w.\-]+)", operands))
            instructions[name] = Instruction(operation, sizes, shapes, listed, line)
            names.append(name)
    return instructions, inside


def body_of(
    name: str, instructions: dict[str, Instruction], inside: dict[str, list[str]]
) -> list[str]:
    """The names within a fusion, the last being its result; a kernel that is none, alone."""
    found = re.search(r"calls=%([\w.\-]+)", instructions[name].line)
    return inside[found[1]] if found and instructions[name].operation == "fusion" else [name]


def problem_of(line: str) -> list[int]:
    """The fields that a call of ours passes to the library, as its C++ names them; none for other
    kernels.
    """
    fields = re.search(r"problem = dense<\[([-\d, ]+)\]>", line)
    return [int(n) for n in fields[1].split(",")] if fields else []


def flops(name: str, instructions: dict[str, Instruction], inside: dict[str, list[str]]) -> float:
    """Multiplications and additions of products and convolutions."""
    line = instructions[name].line
    if problem := problem_of(line):
        if "jaxcnn_convolve" in line:
            rank, batch, groups, c_in, c_out = (problem[i] for i in (2, 3, 6, 7, 8))
            window, positions = (math.prod(problem[i : i + rank]) for i in (12, 15))
            return 2 * batch * positions * window * c_in * c_out / groups
        if "jaxcnn_multiply" in line:
            return 2 * math.prod(problem[1:4])
        batch, steps, units = problem[:3]
        gates = 3 if "jaxcnn_gru" in line else 4
        return 2 * batch * steps * gates * units**2
    total = 0.0
    for one in (instructions[n] for n in body_of(name, instructions, inside)):
        if one.operation == "dot" and (
            axes := re.search(r"lhs_contracting_dims={([\d,]+)}", one.line)
        ):
            left = instructions[one.operands[0]].shapes[0]
            total += (
                2
                * math.prod(one.shapes[0])
                * math.prod(left[int(axis)] for axis in axes[1].split(","))
            )
    return total


def traffic(name: str, instructions: dict[str, Instruction], inside: dict[str, list[str]]) -> float:
    """Bytes read and written; of what is only sliced or updated in place, those of the slices."""
    here, names = instructions[name], body_of(name, instructions, inside)
    if names == [name]:
        if here.operation == "custom-call":  # the last result is workspace
            return sum(here.sizes[:-1]) + sum(sum(instructions[n].sizes) for n in here.operands)
        reads = (
            here.sizes
            if here.operation in SLICES
            else [sum(instructions[n].sizes) for n in here.operands]
        )
        return sum(here.sizes) + sum(reads)
    body = [instructions[n] for n in names]
    root = body[-1]
    in_place = root.operation == "dynamic-update-slice"
    total = float(sum(instructions[root.operands[1]].sizes) if in_place else sum(here.sizes))
    for parameter in (n for n in names if instructions[n].operation == "parameter"):
        users = [user for user in body if parameter in user.operands]
        if all(user.operation in SLICES for user in users):
            total += sum(sum(user.sizes) for user in users)
        elif not (in_place and users == [root] and root.operands[0] == parameter):
            total += sum(instructions[parameter].sizes)
    return total


def threads(name: str, instructions: dict[str, Instruction]) -> int:
    """How many threads work on a call of ours, of which the profiler sees one; of XLA's own kernels
    it sees each.
    """
    line = instructions[name].line
    problem = problem_of(line)
    if not problem:
        return 1
    if "jaxcnn_convolve" in line:
        return problem[4] * problem[5]
    return problem[8] if "jaxcnn_multiply" in line else problem[3]
