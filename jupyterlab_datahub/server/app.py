"""The server application that Jupyter Server loads."""

from jupyter_server.extension.application import ExtensionApp


class DataHubApp(ExtensionApp):
    """Serves ``<base_url>/datahub/``."""

    name = "jupyterlab_datahub"
