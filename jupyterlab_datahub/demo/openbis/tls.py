"""A certificate that nobody has signed, for clients to refuse or to be told to trust."""

from __future__ import annotations

import ssl
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

CONFIGURATION = """\
[req]
prompt = no
distinguished_name = name
x509_extensions = extensions
[name]
CN = demo openBIS
[extensions]
subjectAltName = DNS:localhost, IP:127.0.0.1
basicConstraints = critical, CA:TRUE
keyUsage = critical, digitalSignature, keyCertSign
subjectKeyIdentifier = hash
"""


@dataclass(frozen=True)
class Certificate:
    """A certificate and its key, as files in PEM; the certificate is its own authority."""

    certificate: Path
    key: Path

    def context(self) -> ssl.SSLContext:
        """Return how a server speaks with it."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, self.key)
        return context


def self_signed(directory: Path) -> Certificate:
    """Make a certificate for localhost and 127.0.0.1 with the ``openssl`` of the system.

    Raises
    ------
    FileNotFoundError
        If there is no ``openssl``.
    """
    directory.mkdir(parents=True, exist_ok=True)
    made = Certificate(directory / "certificate.pem", directory / "key.pem")
    configuration = directory / "openssl.cnf"
    configuration.write_text(CONFIGURATION, encoding="ascii")
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-sha256"]
    command += ["-days", "30", "-config", str(configuration)]
    command += ["-keyout", str(made.key), "-out", str(made.certificate)]
    subprocess.run(command, check=True, capture_output=True)
    return made
