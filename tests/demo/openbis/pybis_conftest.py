"""The conftest.py that pyBIS's published tests run with here.

It has what theirs has: where the server is, who logs in, and the fixtures. It differs in three
ways. Waiting is short, because this openBIS is quick. Every look at the clock for a name gives
another second, because tests that take less than one would give two entities one name. And
what one test made the client believe of the server's version is forgotten for the next.
"""

from __future__ import annotations

import os
import time
from itertools import count
from typing import TYPE_CHECKING, SupportsIndex

import pytest
from pybis import Openbis

if TYPE_CHECKING:
    from collections.abc import Iterator

openbis_url = os.environ["DATAHUB_TEST_OPENBIS"]
admin_username = "admin"
admin_password = "admin"

LONGEST_WAIT = 0.2

_seconds = count(int(time.time()))
_sleep = time.sleep
_strftime = time.strftime


def _short_sleep(seconds: float | SupportsIndex) -> None:
    _sleep(min(float(seconds), LONGEST_WAIT))


def _strftime_anew(form: str, moment: time.struct_time | None = None) -> str:
    return _strftime(form, moment or time.localtime(next(_seconds)))


time.sleep = _short_sleep
time.strftime = _strftime_anew  # type: ignore[assignment]  # the only form that pybis uses


def _logged_in() -> Openbis:
    instance = Openbis(
        url=openbis_url,
        verify_certificates=False,
        allow_http_but_do_not_use_this_in_production_and_only_within_safe_networks=True,
    )
    instance.login(admin_username, admin_password)
    return instance


@pytest.fixture(scope="module")
def openbis_instance() -> Iterator[Openbis]:
    instance = _logged_in()
    yield instance
    instance.logout()


@pytest.fixture(scope="module")
def other_openbis_instance() -> Openbis:
    return _logged_in()


@pytest.fixture(scope="session")
def session_space() -> Iterator[object]:
    instance = _logged_in()
    space = instance.new_space(code=f"test_space_{time.strftime('%a_%y%m%d_%H%M%S')}".upper())
    space.save()
    yield space
    instance.logout()


@pytest.fixture
def space(session_space: object) -> object:
    session_space.openbis.server_information = None  # type: ignore[attr-defined]  # an object of pybis, which has no types
    return session_space


@pytest.fixture(scope="session")
def afs() -> Iterator[tuple[object, object]]:
    from pybis import AfsClient

    instance = _logged_in()
    space = instance.new_space(code=f"test_afs_{time.strftime('%a_%y%m%d_%H%M%S')}".upper())
    space.save()
    yield space, AfsClient(f"{openbis_url}/afs-server/api", instance.token, False)
    instance.logout()
