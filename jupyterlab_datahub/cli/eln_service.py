"""``jupyter datahub eln-service``: what ELN-LIMS calls, beside a JupyterHub."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse

    from jupyterlab_datahub.cli.terminal import Terminal


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "eln-service",
        help="let openBIS ELN-LIMS put notebooks into the folders of a JupyterHub's users",
        description="Answer the calls of openBIS ELN-LIMS: notebooks that its users make there "
        "are written into their folders on this machine, and opened in JupyterLab. For "
        "administrators of a JupyterHub; see docs/eln-service.md.",
    )
    parser.set_defaults(run=run, json=False)
    add = parser.add_argument
    add("--openbis", required=True, metavar="URL", help="the openBIS that tokens are checked with")
    add("--address", default="127.0.0.1", help="where to listen (default: %(default)s)")
    add("--port", type=int, default=8123, help="0 takes any that is free (default: %(default)s)")
    add("--certificate", default="", metavar="FILE", help="certificate chain in PEM, for TLS")
    add("--key", default="", metavar="FILE", help="its private key")
    add(
        "--behind-proxy",
        action="store_true",
        help="a proxy before this service does TLS and tells whose call it is (X-Forwarded-For)",
    )
    add(
        "--homes",
        default="",
        metavar="PATH",
        help="users' folders, such as /home/{user} (default: the system's home directories)",
    )
    add("--lower-case", action="store_true", help="names of users are lower-case on this machine")
    add("--hub", default="", metavar="URL", help="public address of the JupyterHub")
    add(
        "--origin",
        action="append",
        default=[],
        metavar="URL",
        help="a further site whose pages may call; that of --openbis may anyway",
    )
    add("--ca-bundle", default="", metavar="FILE", help="certificates that openBIS is trusted by")
    add(
        "--insecure",
        action="store_true",
        help="do not check the certificate of openBIS; only to try things out",
    )
    add("--max-mb", type=float, default=64.0, help="largest notebook (default: %(default)g)")


def run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    """Run the service until it is stopped."""
    from jupyterlab_datahub.eln.listening import serve
    from jupyterlab_datahub.eln.settings import ElnSettings

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    settings = ElnSettings(
        openbis=arguments.openbis,
        address=arguments.address,
        port=arguments.port,
        certificate=arguments.certificate,
        key=arguments.key,
        behind_proxy=arguments.behind_proxy,
        homes=arguments.homes,
        lower_case=arguments.lower_case,
        hub=arguments.hub,
        origins=tuple(arguments.origin),
        verify_tls=not arguments.insecure,
        ca_bundle=arguments.ca_bundle,
        largest=int(arguments.max_mb * 1024**2),
    )
    if arguments.insecure:
        terminal.tell("The certificate of openBIS is not checked.")
    asyncio.run(serve(settings, lambda address: terminal.tell(f"ELN service on {address}")))
    return 0
