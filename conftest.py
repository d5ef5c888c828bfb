"""What every test of the server may ask for."""

import os

from hypothesis import settings

pytest_plugins = ("pytest_jupyter.jupyter_server",)

# Tests, and the processes they start, leave the keyring of whoever runs them alone.
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.null.Keyring"

# How long an example takes tells how busy the machine is.
settings.register_profile("datahub", deadline=None)
settings.load_profile("datahub")
