"""In this checkout `import jaxcnn` means this checkout, whatever else is installed."""

import sys

sys.meta_path[:] = [f for f in sys.meta_path if "_editable_skbc_jaxcnn" not in type(f).__module__]
