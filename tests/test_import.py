"""What `import jaxcnn` brings along: JAX and Flax, and nothing that is large and used later."""

import subprocess
import sys

LATER = ["optax", "orbax", "h5py", "PIL", "pandas", "matplotlib", "scipy.stats", "jax.scipy.stats"]


def test_large_libraries_are_imported_when_they_are_used():
    program = f"import sys, jaxcnn; print([name for name in {LATER} if name in sys.modules])"
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    assert done.stdout == "[]\n"
