"""What a process is told of its memory by Linux: groups, limits, the machine."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from jupyterlab_datahub.notebooks import free_memory
from jupyterlab_datahub.notebooks.probing import probe_of

if TYPE_CHECKING:
    from pathlib import Path

    from tests.notebooks.conftest import Kernel

GIB = 1 << 30


class Machine:
    """A ``/proc`` and groups of one's own."""

    def __init__(self, top: Path) -> None:
        self.top = top
        self.write("proc/meminfo", "MemTotal: 99999999 kB\nMemAvailable: 16777216 kB\n")

    def write(self, name: str, text: str) -> None:
        path = self.top / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def groups(self, lines: str, mount: str) -> None:
        self.write("proc/self/cgroup", lines)
        self.write("proc/self/mountinfo", mount)

    @property
    def measured(self) -> tuple[object, object]:
        found = free_memory.measured(str(self.top / "proc"))
        return found["free"], found["limits"]


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_without_limits_the_machine_says_what_there_is(machine: Machine) -> None:
    assert machine.measured == (16 * GIB, "machine")


def test_the_tightest_group_above_the_process_counts(machine: Machine) -> None:
    mount = machine.top / "cg"
    machine.groups(
        "1:name=systemd:/\n0::/hub/user/kernel\n",
        f"29 23 0:26 / {mount} rw,nosuid shared:4 - cgroup2 cgroup2 rw\n",
    )
    machine.write("cg/hub/user/kernel/memory.max", "max\n")
    machine.write("cg/hub/user/memory.max", f"{8 * GIB}\n")
    machine.write("cg/hub/user/memory.current", f"{5 * GIB}\n")
    machine.write("cg/hub/user/memory.stat", f"anon 7\ninactive_file {GIB}\n")
    machine.write("cg/hub/memory.max", f"{32 * GIB}\n")
    machine.write("cg/hub/memory.current", f"{10 * GIB}\n")
    assert machine.measured == (4 * GIB, "container")


def test_a_group_that_slows_down_before_its_end_counts_too(machine: Machine) -> None:
    mount = machine.top / "cg"
    machine.groups("0::/a\n", f"29 23 0:26 / {mount} rw - cgroup2 cgroup2 rw\n")
    machine.write("cg/a/memory.max", f"{8 * GIB}\n")
    machine.write("cg/a/memory.high", f"{2 * GIB}\n")
    machine.write("cg/a/memory.current", f"{GIB}\n")
    assert machine.measured == (GIB, "container")


def test_in_a_container_its_own_group_is_at_the_top(machine: Machine) -> None:
    """Docker mounts the group of the container, whose path is that of the machine."""
    mount = machine.top / "memory"
    machine.groups(
        "4:cpu,memory:/docker/abc/sub\n0::/docker/abc\n",
        f"35 31 0:32 /docker/abc {mount} rw shared:1 - cgroup cgroup rw,memory\n"
        "36 31 0:33 / /nowhere rw - cgroup cgroup rw,pids\n",
    )
    machine.write("memory/memory.limit_in_bytes", f"{3 * GIB}\n")
    machine.write("memory/memory.usage_in_bytes", f"{2 * GIB}\n")
    machine.write("memory/memory.stat", f"total_inactive_file {GIB // 2}\n")
    machine.write("memory/sub/memory.limit_in_bytes", "9223372036854771712\n")
    assert machine.measured == (3 * GIB // 2, "container")


def test_a_group_of_another_tree_is_read_at_its_mount(machine: Machine) -> None:
    mount = machine.top / "cg"
    machine.groups("0::/../other\n", f"29 23 0:26 /pod {mount} rw - cgroup2 cgroup2 rw\n")
    machine.write("cg/memory.max", f"{GIB}\n")
    assert machine.measured == (GIB, "container")


def test_more_in_use_than_there_is_leaves_nothing(machine: Machine) -> None:
    mount = machine.top / "cg"
    machine.groups("0::/\n", f"29 23 0:26 / {mount} rw - cgroup2 cgroup2 rw\n")
    machine.write("cg/memory.max", f"{GIB}\n")
    machine.write("cg/memory.current", f"{2 * GIB}\n")
    assert machine.measured == (0, "container")


@pytest.mark.parametrize("limit", ["RLIMIT_AS", "RLIMIT_DATA"])
def test_a_limit_of_the_process_counts_without_what_it_has(limit: str) -> None:
    code = (
        "import resource\n"
        f"resource.setrlimit(resource.{limit}, (2 << 30, 2 << 30))\n"
        f"print({probe_of('python')})"
    )
    ran = subprocess.run(
        [sys.executable, "-I", "-c", code], capture_output=True, timeout=60, check=True
    )
    found = json.loads(bytes.fromhex(ran.stdout.decode()))
    assert found["limits"] == "process"
    assert GIB < found["free"] < 2 * GIB


def test_elsewhere_psutil_is_asked(tmp_path: Path) -> None:
    found = free_memory.measured(str(tmp_path))
    assert found["limits"] == "machine"
    assert isinstance(found["free"], int)
    assert found["free"] > 0


def test_a_kernel_answers_and_keeps_no_name(kernel: Kernel) -> None:
    kernel.run("measured, Path = 'mine', 'mine too'")
    names = "' '.join(name for name in sorted(globals()) if name.strip('_i0123456789'))"
    before = kernel.run(names).results
    [answer] = kernel.run(probe_of("python")).results
    found = json.loads(bytes.fromhex(answer.strip("'")))
    assert found["free"] > 0
    assert found["limits"] in ("machine", "container", "process")
    assert found["missing"] == free_memory.measured()["missing"]
    assert kernel.run(names).results == before
    assert kernel.run("measured, Path").results == ["('mine', 'mine too')"]


def test_other_kernels_are_not_asked() -> None:
    assert probe_of("r") == ""
