"""Names from outside become names that any disk takes and that stay where they are put."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jupyterlab_datahub.transfers.disk.names import numbered, safe_name, split_extension

UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

WINDOWS_DEVICES = ("CON", "con.h5ad", "Aux.tar.gz", "com1", "LPT9.txt", "COM¹.h5ad", "NUL .h5ad")


@pytest.mark.parametrize(
    ("given_name", "safe"),
    [
        ("lung.h5ad", "lung.h5ad"),
        ("../../etc/passwd", "_.._etc_passwd"),
        ("/etc/passwd", "_etc_passwd"),
        ("C:\\Windows\\x.h5ad", "C__Windows_x.h5ad"),
        ("..", "file"),
        (".", "file"),
        ("", "file"),
        ("///", "file"),
        (".bashrc", "bashrc"),
        ("lung.h5ad. . ", "lung.h5ad"),
        ("lung\n\x00\x1b[31m.h5ad", "lung [31m.h5ad"),
        ("lung\u202egpj.h5ad", "lunggpj.h5ad"),
        ("cafe\u0301.h5ad", "café.h5ad"),
        ('a*b?c|d<e>f:g"h.h5ad', "a_b_c_d_e_f_g_h.h5ad"),
    ],
)
def test_a_name_is_made_safe(given_name: str, safe: str) -> None:
    assert safe_name(given_name) == safe


@pytest.mark.parametrize("name", WINDOWS_DEVICES)
def test_a_device_name_of_windows_is_no_file_name(name: str) -> None:
    assert safe_name(name) == f"_{unicodedata.normalize('NFC', name)}"


def test_a_long_name_keeps_its_extension() -> None:
    name = safe_name("ü" * 300 + ".h5ad.gz")
    assert len(name.encode()) <= 255
    assert name.endswith("ü.h5ad.gz")
    assert numbered(name, 12).endswith("ü (12).h5ad.gz")
    assert len(numbered(name, 12).encode()) <= 255


def test_a_number_goes_before_the_extension() -> None:
    assert numbered("lung.h5ad", 2) == "lung (2).h5ad"
    assert numbered("reads.tar.gz", 3) == "reads (3).tar.gz"
    assert numbered("README", 2) == "README (2)"


@UNHURRIED
@given(st.text(st.characters(), max_size=400))
def test_any_text_gives_a_name_that_can_be_made(text: str) -> None:
    name = safe_name(text)
    assert Path(name).name == name
    assert Path("/here", name).resolve().parent == Path("/here")
    assert 0 < len(name.encode()) <= 255
    assert not name.startswith((".", " "))
    assert not name.endswith((".", " "))
    assert unicodedata.is_normalized("NFC", name)
    assert not any(unicodedata.category(character).startswith("C") for character in name)
    assert safe_name(name) == name
    stem, extension = split_extension(name)
    assert stem + extension == name


@UNHURRIED
@given(st.text(st.characters(), max_size=300), st.integers(2, 999))
def test_any_name_can_be_numbered(text: str, number: int) -> None:
    name = numbered(safe_name(text), number)
    assert Path(name).name == name
    assert len(name.encode()) <= 255
    assert f"({number})" in name
