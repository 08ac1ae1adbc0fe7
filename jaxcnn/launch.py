"""``python -m jaxcnn.launch``: several processes of one job on one machine, see
`jaxcnn.distributed.launch`.
"""

import sys

from jaxcnn.distributed.launch import main

if __name__ == "__main__":
    sys.exit(main())
