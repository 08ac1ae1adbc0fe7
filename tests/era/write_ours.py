"""Lets jaxcnn write the files that the old Keras is to read: PYTHON write_ours.py FOLDER, before
the oracle's files.
"""

import os
import sys

os.environ.setdefault("JAX_PLATFORMS", "cpu")
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import jaxcnn.compat  # noqa: E402

jaxcnn.compat.install()

import harness  # noqa: E402

if __name__ == "__main__":
    os.environ["ERA_FOLDER"] = os.path.abspath(sys.argv[1])
    os.makedirs(os.path.join(sys.argv[1], "ours"), exist_ok=True)
    for case in dict(harness.groups(["files"]))["written"].values():
        if case.name.endswith(" h5"):
            values = harness.run(case)
            print(case.name, values.get("!raises", "written"))
