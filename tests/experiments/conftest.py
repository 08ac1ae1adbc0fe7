"""The programs are not part of the installed package: they are imported from the checkout."""

import sys
from pathlib import Path

# At the end, so that the installed jaxcnn is tested, where it is installed.
sys.path.append(str(Path(__file__).parents[2]))
