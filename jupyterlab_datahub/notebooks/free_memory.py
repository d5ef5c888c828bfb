"""How much memory this process can still have, and which packages it lacks.

A kernel that takes more than it may have is killed without a word, so the limit that counts is the
one of the kernel. This file is sent to kernels as it is: it needs nothing but the standard library
of Python 3.7 or later (and psutil where there is no ``/proc``), and imports nothing of ours.

What a control group may have is its limit without what is used there, to which pages of files
count that are given back when memory is short; every group above it counts too
(https://docs.kernel.org/admin-guide/cgroup-v2.html and cgroup-v1/memory.html).
"""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

NONE = 1 << 60
"""Bytes from which on a limit is none: version 1 of control groups writes a huge number."""

PACKAGES = ("anndata", "dask", "distributed", "xarray")
"""What some ways to open a file need."""

_FILES = {
    "cgroup2": (("memory.max", "memory.high"), "memory.current", "inactive_file"),
    "cgroup": (("memory.limit_in_bytes",), "memory.usage_in_bytes", "total_inactive_file"),
}
"""Limits, use and what can be given back, by version of control groups."""


def measured(proc: str = "/proc") -> dict[str, object]:
    """Return the bytes that are ``free``, what ``limits`` them, and the ``missing`` packages.

    ``free`` is None where nothing can be known. ``limits`` is ``machine``, ``container`` (a control
    group) or ``process`` (``ulimit``).

    Parameters
    ----------
    proc
        Where Linux tells of processes.
    """
    tops = {
        "machine": list(_machine(Path(proc))),
        "container": list(_groups(Path(proc, "self"))),
        "process": list(_process(Path(proc, "self"))),
    }
    found = {name: max(0, min(free)) for name, free in tops.items() if free}
    limits = min(found, key=lambda name: found[name]) if found else ""
    return {
        "free": found.get(limits),
        "limits": limits,
        "missing": [name for name in PACKAGES if importlib.util.find_spec(name) is None],
    }


def _machine(proc: Path) -> Iterator[int]:
    """Yield what the machine can give without swapping."""
    fields = _fields(proc / "meminfo")
    if "MemAvailable" in fields:
        yield fields["MemAvailable"]
        return
    try:
        import psutil
    except ImportError:
        return
    yield int(psutil.virtual_memory().available)


def _process(me: Path) -> Iterator[int]:
    """Yield what the limits of the process leave."""
    try:
        import resource
    except ImportError:
        return
    fields = _fields(me / "status")
    for limit, used in ((resource.RLIMIT_AS, "VmSize"), (resource.RLIMIT_DATA, "VmData")):
        most, _ = resource.getrlimit(limit)
        if most != resource.RLIM_INFINITY and used in fields:
            yield most - fields[used]


def _groups(me: Path) -> Iterator[int]:
    """Yield what each control group leaves, from the one of the process up to the top."""
    paths = dict(_group_paths(me))
    for kind, root, mount in _group_mounts(me):
        limits, used, spare = _FILES[kind]
        group = paths.get(kind)
        if group is None:
            continue
        # In a container the files of its own group may lie where those of the machine's would.
        inside = group[len(root.rstrip("/")) :] if _is_below(group, root) else "/"
        here = Path(mount, inside.lstrip("/"))
        for folder in (here, *here.parents):
            most = min((_number(folder / name) for name in limits), default=NONE)
            if most < NONE:
                given_back = _fields(folder / "memory.stat", 1).get(spare, 0)
                yield most - max(0, _number(folder / used, 0) - given_back)
            if folder == Path(mount):
                break


def _group_paths(me: Path) -> Iterator[tuple[str, str]]:
    """Yield the version and the path of each group of the process that bounds memory."""
    for line in _lines(me / "cgroup"):
        _, controllers, path = [*line.split(":", 2), "", ""][:3]
        if not controllers:
            yield "cgroup2", path
        elif "memory" in controllers.split(","):
            yield "cgroup", path


def _group_mounts(me: Path) -> Iterator[tuple[str, str, str]]:
    """Yield the version, the group and the folder of each tree of groups that is mounted."""
    for line in _lines(me / "mountinfo"):
        before, _, after = line.partition(" - ")
        kind, _, options = [*after.split(" ", 2), "", ""][:3]
        fields = before.split(" ")
        bounds = kind == "cgroup2" or "memory" in options.split(" ")[-1].split(",")
        if kind in _FILES and bounds and len(fields) > 4:
            yield kind, fields[3], fields[4]


def _is_below(path: str, root: str) -> bool:
    return (path + "/").startswith(root.rstrip("/") + "/")


def _fields(path: Path, unit: int = 1024) -> dict[str, int]:
    """Return the numbers of a file that has a name and a number in each line, in bytes."""
    pairs = (line.replace(":", " ").split() for line in _lines(path))
    return {pair[0]: int(pair[1]) * unit for pair in pairs if len(pair) > 1 and pair[1].isdigit()}


def _number(path: Path, missing: int = NONE) -> int:
    lines = _lines(path)
    return int(lines[0]) if lines and lines[0].isdigit() else missing


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []
