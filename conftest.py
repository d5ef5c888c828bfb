"""What every test of the server may ask for."""

import os

pytest_plugins = ("pytest_jupyter.jupyter_server",)

# Tests, and the processes they start, leave the keyring of whoever runs them alone.
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.null.Keyring"
