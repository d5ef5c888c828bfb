"""``python -m jupyterlab_datahub.cli``: the command where no script is on the path."""

import sys

from jupyterlab_datahub.cli.command import main

sys.exit(main())
