"""``python -m flowkit``: the same as the command ``flowkit``."""

import sys

from flowkit.cli import main

sys.exit(main())
