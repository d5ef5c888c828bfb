"""Text as a literal of Python, of R, of Octave and MATLAB, of Julia, and of Bash.

Each literal stands on one line, and what nobody could see in it is written as an escape.
"""

from __future__ import annotations

from itertools import groupby

from jupyterlab_datahub.errors import ConflictError

_R_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def literal(text: str) -> str:
    """Return `text` as a Python string literal, in double quotes where that needs no escape."""
    quoted = repr(text)
    if quoted.startswith("'") and '"' not in text:
        return f'"{quoted[1:-1]}"'
    return quoted


def r_literal(text: str) -> str:
    """Return `text` as a string of R.

    Raises
    ------
    ConflictError
        If no string of R can hold it.
    """
    require_writable(text, "R")
    return '"' + "".join(_in_r(character) for character in text) + '"'


def bash_literal(text: str) -> str:
    """Return `text` as a word of Bash: in single quotes, else in ANSI-C quotes.

    Raises
    ------
    ConflictError
        If no word of Bash can hold it.
    """
    require_writable(text, "Bash")
    if text.isprintable():
        return "'" + text.replace("'", "'\\''") + "'"
    return "$'" + "".join(_in_bash(character) for character in text) + "'"


def julia_literal(text: str) -> str:
    """Return `text` as a string of Julia, in which ``$`` would begin a value.

    Raises
    ------
    ConflictError
        If no string of Julia can hold it.
    """
    require_writable(text, "Julia")
    return '"' + "".join(_in_julia(character) for character in text) + '"'


def octave_literal(text: str) -> str:
    """Return `text` as a character array of Octave and MATLAB alike, which know no escapes.

    Raises
    ------
    ConflictError
        If the text cannot be written.
    """
    require_writable(text, "Octave and MATLAB")
    runs = [
        ("'" + "".join(run).replace("'", "''") + "'") if visible else _bytes_in_octave("".join(run))
        for visible, run in groupby(text, str.isprintable)
    ]
    if not runs:
        return "''"
    return runs[0] if len(runs) == 1 else f"[{', '.join(runs)}]"


def require_writable(text: str, language: str) -> None:
    """Refuse what is not text or holds a zero byte.

    Raises
    ------
    ConflictError
    """
    is_text = not any("\ud800" <= character <= "\udfff" for character in text)
    if "\0" in text or not is_text:
        shown = text[:80].encode(errors="replace").decode().replace("\0", "?")
        raise ConflictError(
            f"{shown!r} cannot be written in {language}, as it is not all text",
            hint="Rename the file or folder, or use a Python kernel.",
        )


def _in_r(character: str) -> str:
    if character in _R_ESCAPES:
        return _R_ESCAPES[character]
    if character.isprintable():
        return character
    code = ord(character)
    return f"\\U{code:08x}" if code > 0xFFFF else f"\\u{code:04x}"


def _in_julia(character: str) -> str:
    if character == "$":
        return "\\$"
    # What both have, Julia writes as R does.
    return _in_r(character)


def _in_bash(character: str) -> str:
    # Bash looks for its history even between these quotes where it is interactive.
    if character.isprintable() and character not in "'\\!":
        return character
    return "".join(f"\\x{byte:02x}" for byte in character.encode())


def _bytes_in_octave(text: str) -> str:
    if text.isascii():
        return f"char([{' '.join(str(ord(character)) for character in text)}])"
    numbers = " ".join(str(byte) for byte in text.encode())
    return f"native2unicode(uint8([{numbers}]), 'UTF-8')"
