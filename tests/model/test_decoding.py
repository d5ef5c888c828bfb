"""Values of one kind are decoded by several threads at once, from the first one on."""

from __future__ import annotations

import subprocess
import sys

import msgspec
import pytest

from jupyterlab_datahub.model.base import Struct
from jupyterlab_datahub.model.decoding import (
    from_json,
    from_msgpack,
    from_values,
    json_decoder,
    msgpack_decoder,
)

# Where the decoder is not kept from it, this ends with a segmentation fault.
AT_ONCE = """
import sys, threading
from typing import Optional

import msgspec

from jupyterlab_datahub.model.decoding import from_json, from_msgpack, from_values

THREADS, FIELDS = 4, 40
sys.setswitchinterval(1e-6)
values = {f"field_{number}": [number] for number in range(FIELDS)}
ways = [
    (from_json, msgspec.json.encode(values)),
    (from_values, values),
    (from_msgpack, msgspec.msgpack.encode(values)),
]
wrong = []


def decode(kind, number):
    way, content = ways[number % len(ways)]
    barrier.wait()
    try:
        if msgspec.structs.asdict(way(content, kind)) != values:
            wrong.append(kind)
    except BaseException as error:
        wrong.append(error)
        raise


for number in range(1000):
    barrier = threading.Barrier(THREADS)
    kind = msgspec.defstruct(f"S{number}", [(name, Optional[list[int]], None) for name in values])
    threads = [threading.Thread(target=decode, args=(kind, one)) for one in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
print(len(wrong))
"""


class Gene(Struct):
    """A gene."""

    name: str
    cells: int = 0


def test_threads_may_decode_a_kind_for_the_first_time_at_once() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", AT_ONCE], capture_output=True, check=False, encoding="utf-8"
    )
    assert (ran.returncode, ran.stdout.strip()) == (0, "0"), ran.stderr


def test_all_ways_give_the_same() -> None:
    gene = Gene(name="CD19", cells=7)
    values = {"name": "CD19", "cells": 7}
    assert from_json(msgspec.json.encode(values), Gene) == gene
    assert from_msgpack(msgspec.msgpack.encode(values), Gene) == gene
    assert from_values(values, Gene) == gene
    assert json_decoder(list[Gene])(b"[]") == []
    assert msgpack_decoder(Gene)(msgspec.msgpack.encode(values)) == gene


def test_what_is_of_another_kind_is_refused_unless_it_may_be_read_as_one() -> None:
    with pytest.raises(msgspec.ValidationError):
        from_json('{"name": "CD19", "cells": "7"}', Gene)
    with pytest.raises(msgspec.ValidationError):
        from_values({"name": "CD19", "cells": "7"}, Gene)
    assert from_json('{"name": "CD19", "cells": "7"}', Gene, strict=False).cells == 7
    assert from_values({"name": "CD19", "cells": "7"}, Gene, strict=False).cells == 7
