"""What a cell in Python fetches a file with. Kept as plain text: no value is ever put into it."""

from __future__ import annotations

OPEN = '''\
def _fetch_verified(url, path, size, checksums):
    """Fetch a file, continuing where an earlier run stopped; keep it only if it is whole."""
    path = pathlib.Path(path)
    part = path.with_name(path.name + ".part")

    def whole(file):
        if size is not None and file.stat().st_size != size:
            return False
        for algorithm, expected in checksums.items():
            digest = hashlib.new(algorithm)
            with file.open("rb") as opened:
                for block in iter(lambda: opened.read(1 << 20), b""):
                    digest.update(block)
            if digest.hexdigest() != expected:
                return False
        return True

    if path.exists():
        if whole(path):
            return path
        raise OSError(f"{path} is another file: move it away and run the cell again")
    path.parent.mkdir(parents=True, exist_ok=True)
    have = part.stat().st_size if part.exists() else 0
    if size is None or have != size:
        headers = {"User-Agent": "jupyterlab-datahub"}
        if size is not None and 0 < have < size:
            headers["Range"] = f"bytes={have}-"
        request = urllib.request.Request(url, headers=headers)
        with urllib.request.urlopen(request, timeout=60) as answer:
            resumed = (answer.headers.get("Content-Range") or "").startswith(f"bytes {have}-")
            with part.open("ab" if resumed else "wb") as file:
                shutil.copyfileobj(answer, file, 1 << 20)
    got = part.stat().st_size
    if size is not None and got < size:
        raise OSError(f"{got:,} of {size:,} bytes came: run the cell again to fetch the rest")
    if not whole(part):
        part.unlink()
        raise OSError(f"{url}: the bytes are not those that were published")
    os.replace(part, path)
    return path
'''
"""``_fetch_verified(url, path, size, checksums)`` for a file that everybody may have."""

OPEN_IMPORTS = (
    "import hashlib",
    "import os",
    "import pathlib",
    "import shutil",
    "import urllib.request",
)

ASKING = '''\
def _fetch_with_token(url, path, size, crc32, parameter, server, verify_tls):
    """Fetch a file with a token that is written down nowhere; keep it only if it is whole."""
    path = pathlib.Path(path)
    part = path.with_name(path.name + ".part")

    def whole(file):
        found = 0
        with file.open("rb") as opened:
            for block in iter(lambda: opened.read(1 << 20), b""):
                found = zlib.crc32(block, found)
        is_size = size is None or file.stat().st_size == size
        return is_size and crc32 in ("", f"{found:08x}")

    if path.exists():
        if whole(path):
            return path
        raise OSError(f"{path} is another file: move it away and run the cell again")
    # A token from the environment is only sent to the server that it says it is for.
    named = urllib.parse.urlsplit(os.environ.get("OPENBIS_URL", "")).netloc
    token = os.environ.get("OPENBIS_TOKEN", "") if named == server else ""
    token = token or getpass.getpass(f"Token for {server} (it is in your user profile there): ")
    context = ssl.create_default_context()
    if not verify_tls:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    asked = f"{url}?{urllib.parse.urlencode({parameter: token.strip()})}"
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with urllib.request.urlopen(asked, timeout=60, context=context) as answer:
            is_page = answer.headers.get_content_type() == "text/html"
            with part.open("wb") as file:
                shutil.copyfileobj(answer, file, 1 << 20)
    except urllib.error.URLError as error:
        raise OSError(f"{server} did not send {path.name}: {error.reason}") from None
    if not whole(part):
        said = part.read_text(errors="replace")[:500] if is_page else ""
        part.unlink()
        words = " ".join(re.sub("<[^>]*>", " ", said).split())
        raise OSError(f"{server} sent something else than {path.name}: {words or 'other bytes'}")
    os.replace(part, path)
    return path
'''
"""``_fetch_with_token(…)`` for a file of an openBIS: its data store server has no ranges."""

ASKING_IMPORTS = (
    "import getpass",
    "import os",
    "import pathlib",
    "import re",
    "import shutil",
    "import ssl",
    "import urllib.error",
    "import urllib.parse",
    "import urllib.request",
    "import zlib",
)
