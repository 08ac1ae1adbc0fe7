"""Threads: as many as the process may use, or as the environment says."""

import math
import os
import subprocess
import sys

import pytest

from jaxcnn.runtime import threads
from jaxcnn.runtime.threads import cgroup_limit, thread_count


def group(root, where, **files):
    folder = root / where
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name.replace("__", ".")).write_text(text)


def limit(tmp_path, membership):
    listed = tmp_path / "membership"
    listed.write_text(membership)
    return cgroup_limit(listed, tmp_path / "groups")


def test_quota_of_version_2_is_the_least_of_the_groups_around(tmp_path):
    groups = tmp_path / "groups"
    group(groups, "", cpu__max="max 100000\n")
    group(groups, "outer", cpu__max="150000 100000\n")
    group(groups, "outer/inner", cpu__max="400000 100000\n")
    assert limit(tmp_path, "0::/outer/inner\n") == 1.5


@pytest.mark.parametrize("mounted", ["cpu", "cpu,cpuacct"])
def test_quota_of_version_1(tmp_path, mounted):
    quota = {"cpu__cfs_quota_us": "250000\n", "cpu__cfs_period_us": "100000\n"}
    group(tmp_path / "groups", f"{mounted}/job", **quota)
    lines = "5:memory:/job\n4:cpu,cpuacct:/job\n1:cpuset:/\n0::/\n"
    assert limit(tmp_path, lines) == 2.5


def test_no_quota(tmp_path):
    none = {"cpu__cfs_quota_us": "-1\n", "cpu__cfs_period_us": "100000\n"}
    group(tmp_path / "groups", "cpu", **none)
    assert limit(tmp_path, "2:cpu:/job/that/is/outside\n0::/\n") == math.inf
    assert cgroup_limit(tmp_path / "nothing", tmp_path) == math.inf


@pytest.mark.parametrize(
    ("runnable", "quota", "expected"), [(8, 2.5, 3), (8, 0.1, 1), (2, math.inf, 2), (2, 4.0, 2)]
)
def test_whole_threads_for_the_time_there_is(runnable, quota, expected, monkeypatch):
    monkeypatch.delenv("JAXCNN_THREADS", raising=False)
    monkeypatch.setattr(threads, "runnable", lambda: runnable)
    monkeypatch.setattr(threads, "cgroup_limit", lambda: quota)
    assert thread_count() == expected
    monkeypatch.setenv("JAXCNN_THREADS", "5")
    assert thread_count() == 5


@pytest.mark.parametrize("given", ["0", "-1", "two", "1.5", ""])
def test_a_number_that_is_none(given, monkeypatch):
    monkeypatch.setenv("JAXCNN_THREADS", given)
    with pytest.raises(ValueError, match="JAXCNN_THREADS"):
        thread_count()


POOL = """
import os, jaxcnn, jax
import jax.numpy as jnp
jax.block_until_ready(jnp.ones((8, 8)) @ jnp.ones((8, 8)))
tasks = [open(f"/proc/self/task/{task}/comm").read() for task in os.listdir("/proc/self/task")]
print(sum("XLAEigen" in name for name in tasks))
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs /proc")
@pytest.mark.parametrize("count", [1, 3])
def test_xla_makes_as_many_threads(count):
    environment = {**os.environ, "JAXCNN_THREADS": str(count), "JAX_PLATFORMS": "cpu"}
    done = subprocess.run(
        [sys.executable, "-c", POOL], env=environment, capture_output=True, text=True, check=True
    )
    assert int(done.stdout) == count


def test_images_are_shared_out_over_as_many_threads(monkeypatch):
    from jaxcnn.ops import onednn

    chunks = []
    for count in ("1", "3"):
        monkeypatch.setenv("JAXCNN_THREADS", count)
        chunks.append(onednn._chunks(7))
    assert chunks == [1, 3]
