"""What every test of the server may ask for."""

pytest_plugins = ("pytest_jupyter.jupyter_server",)
