"""Path cells in R, Octave, MATLAB, Bash and SoS, read back by real interpreters."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
import tree_sitter
import tree_sitter_julia
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jupyterlab_datahub.errors import BadRequestError, ConflictError
from jupyterlab_datahub.model import CellReply, CellRequest
from jupyterlab_datahub.notebooks import quoting
from jupyterlab_datahub.notebooks.handoff import LANGUAGES, hand_off
from jupyterlab_datahub.notebooks.languages import Origin
from jupyterlab_datahub.notebooks.paths import PathLanguage, R
from jupyterlab_datahub.notebooks.quoting import (
    bash_literal,
    julia_literal,
    literal,
    octave_literal,
    r_literal,
)
from jupyterlab_datahub.sources.contents import Content, Form
from tests.notebooks.conftest import Interpreter, Kernel, dataset_of
from tests.notebooks.test_kernel import HOSTILE

if TYPE_CHECKING:
    from pathlib import Path

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40)
TEXTS = st.lists(TEXT, min_size=1, max_size=60)
# Each example starts an interpreter or asks a kernel: few examples, of many texts each.
FEW = settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

NASTY = [
    "",
    " ",
    "'",
    '"',
    "\\",
    'it\'s "both" \\ back\\slash\\',
    "$HOME ${HOME} $(boom) `boom` !boom !! ~ * ? [a] {a,b}",
    "%s %d %x \\n \\x41 \\u0041 \\u{41}",
    "tab\tnew\nline\rreturn\x0b\x0c\x1b[31m\x7f",
    "% comment # comment // ... line",
    "肺の細胞 🫁 Ünïcödé e\u0301",
    "bidi \u202e txet \u2066 isolate \ufeff mark \u2028 sep \u2029 par \x85 nel",
    "\U000e0001 tag \ue000 private",
    "'$'\\''\\x27",
    "a'\n'b",
    "\x03\x04\x1a",
]

PATH_LANGUAGES = [language for language in LANGUAGES if isinstance(language, PathLanguage)]


def hexes(texts: list[str]) -> list[str]:
    return [text.encode().hex() for text in texts]


def read_by_r(r: Interpreter, texts: list[str], directory: Path) -> list[str]:
    show = 'show <- function(x) cat(paste(charToRaw(enc2utf8(x)), collapse = ""), "\\n", sep = "")'
    lines = [show, *(f"show({r_literal(text)})" for text in texts)]
    return r.run("\n".join(lines), directory / "texts.R").splitlines()


def read_by_octave(octave: Interpreter, texts: list[str], directory: Path) -> list[str]:
    lines = [f'printf("%s\\n", sprintf("%02x", double({octave_literal(text)})));' for text in texts]
    return octave.run("\n".join(lines), directory / "texts.m").splitlines()


def read_by_bash(bash: Kernel, texts: list[str]) -> list[str]:
    words = " ".join(bash_literal(text) for text in texts)
    ran = bash.run(
        f'for t in {words}; do printf %s "$t" | od -An -v -tx1 | tr -d " \\n"; echo; done'
    )
    assert ran.error == ""
    return "".join(ran.streams).splitlines()


def test_r_reads_back_nasty_texts(r: Interpreter, tmp_path: Path) -> None:
    assert read_by_r(r, NASTY, tmp_path) == hexes(NASTY)


@given(TEXTS)
@FEW
def test_r_reads_back_any_text(r: Interpreter, tmp_path: Path, texts: list[str]) -> None:
    assert read_by_r(r, texts, tmp_path) == hexes(texts)


def test_octave_reads_back_nasty_texts(octave: Interpreter, tmp_path: Path) -> None:
    assert read_by_octave(octave, NASTY, tmp_path) == hexes(NASTY)


@given(TEXTS)
@FEW
def test_octave_reads_back_any_text(octave: Interpreter, tmp_path: Path, texts: list[str]) -> None:
    assert read_by_octave(octave, texts, tmp_path) == hexes(texts)


def test_bash_reads_back_nasty_texts(bash: Kernel) -> None:
    assert read_by_bash(bash, NASTY) == hexes(NASTY)


@given(TEXTS)
@FEW
def test_bash_reads_back_any_text(bash: Kernel, texts: list[str]) -> None:
    assert read_by_bash(bash, texts) == hexes(texts)


@given(st.lists(st.text(st.characters(categories=None)), max_size=60))
@FEW
def test_python_reads_back_any_text(kernel: Kernel, texts: list[str]) -> None:
    listed = ", ".join(map(literal, texts))
    ran = kernel.run(f"for t in [{listed}]: print(t.encode('utf-8', 'surrogatepass').hex())")
    shown = "".join(ran.streams).splitlines()
    assert shown == [text.encode("utf-8", "surrogatepass").hex() for text in texts]


def parsed_by_julia(code: str) -> list[tree_sitter.Node]:
    """Return the statements of a program, as the grammar that editors use has them."""
    parser = tree_sitter.Parser(tree_sitter.Language(tree_sitter_julia.language()))
    root = parser.parse(code.encode()).root_node
    assert not root.has_error, code
    return root.named_children


def read_by_julia(text: str) -> str:
    """Return what a literal stands for: what it is made of, as the language has it."""
    (literal_,) = parsed_by_julia(julia_literal(text))
    assert literal_.type == "string_literal"
    shown = (literal_.text or b"").decode()
    names = {"n": "\n", "r": "\r", "t": "\t", "$": "$", '"': '"', "\\": "\\"}
    found = ""
    for part in re.findall(r"\\u[0-9a-f]{4}|\\U[0-9a-f]{8}|\\.|[^\\]", shown[1:-1], re.DOTALL):
        if part[:2] in ("\\u", "\\U"):
            found += chr(int(part.lower().replace("\\u", "0x"), 0))
        else:
            found += names[part[1]] if part[0] == "\\" else part
    # Nothing within it is a value.
    assert not any(one.type == "string_interpolation" for one in literal_.named_children), shown
    return found


def test_julia_reads_back_nasty_texts() -> None:
    assert [read_by_julia(text) for text in NASTY] == NASTY


@given(TEXT)
def test_julia_reads_back_any_text(text: str) -> None:
    assert read_by_julia(text) == text


@pytest.mark.parametrize("title", HOSTILE)
def test_a_cell_in_julia_does_three_things(title: str, h5ad: Path) -> None:
    code = cell("julia", title, 'it\'s "$(run(`touch boom`))".h5ad', h5ad, "lung").code
    kinds = [one.type for one in parsed_by_julia(code) if not one.type.endswith("comment")]
    assert kinds == ["using_statement", "assignment", "identifier"]


def test_what_r_cannot_hold_stays_on_the_disk(r: Interpreter, tmp_path: Path) -> None:
    origin = Origin(title="Lung", ref="cellxgene:v1", licence="")
    content = Content(form=Form.H5AD, values=2**31)
    code = R().load(origin, "lung", "a.h5ad", content)
    assert "X has 2,147,483,648 values. A sparse matrix of R holds 2,147,483,647" in code
    assert "requireNamespace" not in code
    assert r.run(code, tmp_path / "a.R") == '[1] "a.h5ad"\n'


def test_r_reads_it_with_the_package_that_is_there(
    r: Interpreter, h5ad: Path, tmp_path: Path
) -> None:
    # A package of the name, that says what it was given.
    package = tmp_path / "zellkonverter"
    (package / "R").mkdir(parents=True)
    (package / "DESCRIPTION").write_text(
        "Package: zellkonverter\nVersion: 1.0\nTitle: T\nDescription: D.\nLicense: MIT\n"
    )
    (package / "NAMESPACE").write_text("export(readH5AD)\n")
    (package / "R" / "a.R").write_text("readH5AD <- function(file) file.size(file)\n")
    library = quoting.r_literal(str(tmp_path / "library"))
    source = quoting.r_literal(str(package))
    install = (
        f"dir.create({library}); .libPaths({library})\n"
        f'utils::install.packages({source}, {library}, repos = NULL, type = "source", quiet = TRUE)'
    )
    code = cell("r", "Lung", str(h5ad), h5ad).code
    ran = r.run(f"{install}\n{code}", tmp_path / "a.R")
    assert ran.splitlines()[-1] == f"[1] {h5ad.stat().st_size}"


@given(TEXT)
def test_every_literal_is_one_line_of_visible_characters(text: str) -> None:
    for write in (r_literal, julia_literal, octave_literal, bash_literal):
        assert write(text).isprintable()


def cell(
    language: str, title: str, path: str, file: Path, variable: str = "", *names: str
) -> CellReply:
    dataset, asset = dataset_of(title, file)
    request = CellRequest(ref=asset.ref, language=language, variable=variable, names=names)
    return hand_off(request, dataset, asset, None, path)


def test_the_cells_read_as_a_person_would_write_them(h5ad: Path) -> None:
    codes = {
        name: cell(name, "Tabula Sapiens - Lung", "datahub/lung's.h5ad", h5ad).code.split("\n", 1)
        for name in ("r", "julia", "octave", "matlab", "bash", "sos")
    }
    said = "Tabula Sapiens - Lung · cellxgene:v1 · CC BY 4.0"
    name = "tabula_sapiens_lung"
    assert codes == {
        "r": [
            f"# {said}",
            (
                "# Read by anndataR or zellkonverter, whichever is there; else it stays a"
                ' path.\n# For Seurat: anndataR::read_h5ad(<path>, as = "Seurat").\n'
                f'{name} <- "datahub/lung\'s.h5ad"\n'
                'if (requireNamespace("anndataR", quietly = TRUE)) {\n'
                f"  {name} <- anndataR::read_h5ad({name})\n"
                '} else if (requireNamespace("zellkonverter", quietly = TRUE)) {\n'
                f"  {name} <- zellkonverter::readH5AD({name})\n}}\n{name}"
            ),
        ],
        "julia": [
            f"# {said}",
            (
                '# Muon.jl reads it; where it is not there: import Pkg; Pkg.add("Muon")\n'
                "using Muon\n\n"
                f'{name} = readh5ad("datahub/lung\'s.h5ad")\n{name}'
            ),
        ],
        "octave": [
            f"# {said}",
            (
                f"# It is HDF5, with the package hdf5oct: h5disp({name}) shows what is in it,\n"
                f"# h5read({name}, '/X/data') and '/X/indices', '/X/indptr' its matrix.\n"
                f"{name} = 'datahub/lung''s.h5ad';\ndisp({name})"
            ),
        ],
        "matlab": [
            f"% {said}",
            (
                f"% It is HDF5: h5disp({name}) shows what is in it,\n"
                f"% h5read({name}, '/X/data') and '/X/indices', '/X/indptr' its matrix.\n"
                f"{name} = 'datahub/lung''s.h5ad';\ndisp({name})"
            ),
        ],
        "bash": [
            f"# {said}",
            (
                f'# What is in it: h5ls -r "${name}"\n'
                f"{name}='datahub/lung'\\''s.h5ad'\nprintf '%s\\n' \"${name}\""
            ),
        ],
        "sos": [f"# {said}", f'{name} = "datahub/lung\'s.h5ad"\n{name}'],
    }


@pytest.mark.parametrize("title", HOSTILE)
def test_no_title_becomes_code(
    bash: Kernel, r: Interpreter, octave: Interpreter, h5ad: Path, tmp_path: Path, title: str
) -> None:
    name = 'it\'s "a" $(touch boom) `touch boom` !x.h5ad'
    shown = {
        "r": r.run(cell("R", title, name, h5ad).code, tmp_path / "a.R"),
        "octave": octave.run(cell("octave", title, name, h5ad).code, tmp_path / "a.m"),
        "bash": "".join(bash.run(cell("bash", title, name, h5ad).code).streams),
    }
    quoted = name.replace('"', '\\"')
    assert shown == {"r": f'[1] "{quoted}"\n', "octave": f"{name}\n", "bash": f"{name}\n"}
    assert bash.run("ls boom 2>/dev/null").streams == []
    assert {path.name for path in tmp_path.iterdir()} == {"a.R", "a.m"}


def test_the_file_is_found_by_each_language(
    bash: Kernel, r: Interpreter, octave: Interpreter, h5ad: Path, tmp_path: Path
) -> None:
    file = tmp_path / 'lung\'s "肺" $HOME\ttab.h5ad'
    file.write_bytes(h5ad.read_bytes())
    size = str(h5ad.stat().st_size)
    codes = {n: cell(n, "Lung", str(file), h5ad, "lung").code for n in ("r", "octave", "bash")}
    assert r.run(f"{codes['r']}\ncat(file.size(lung))", tmp_path / "a.R").endswith(size)
    octave_code = f"{codes['octave']}\n[i, e, m] = stat(lung); printf('%d', i.size)"
    assert octave.run(octave_code, tmp_path / "a.m").endswith(size)
    assert bash.run(f'{codes["bash"]}\nwc -c < "$lung"').streams[-1].strip() == size


def test_a_sos_cell_is_python(kernel: Kernel, h5ad: Path) -> None:
    path = 'it\'s "肺"\n.h5ad'
    assert kernel.run(cell("sos", "Lung", path, h5ad).code).results == [repr(path)]


def test_a_path_that_looks_like_an_option_is_none(bash: Kernel, h5ad: Path) -> None:
    assert bash.run(cell("bash", "Lung", "-rf", h5ad).code).streams == ["./-rf\n"]


@pytest.mark.parametrize("language", PATH_LANGUAGES, ids=lambda language: language.name)
def test_what_is_no_text_is_refused_in_words(language: PathLanguage, h5ad: Path) -> None:
    if language.name == "sos":
        assert "\\udc80" in cell("sos", "Lung", "lone \udc80", h5ad).code
        return
    for path in ("lone \udc80", "null \0 byte"):
        with pytest.raises(ConflictError, match="not all text") as caught:
            cell(language.name, "Lung", path, h5ad)
        assert "Python" in caught.value.hint


@pytest.mark.parametrize("language", PATH_LANGUAGES, ids=lambda language: language.name)
def test_a_kernel_elsewhere_is_told_what_to_do(language: PathLanguage, h5ad: Path) -> None:
    dataset, asset = dataset_of("Lung", h5ad, "https://host.example/small.h5ad")
    request = CellRequest(ref=asset.ref, language=language.name, path_visible=False)
    with pytest.raises(ConflictError, match="cannot see the server's files") as caught:
        hand_off(request, dataset, asset, None, "p.h5ad")
    assert "Python" in caught.value.hint


@pytest.mark.parametrize(
    ("language", "wished"),
    [
        *((name, "a b") for name in ("r", "octave", "matlab", "bash", "sos")),
        *((name, "1st") for name in ("r", "octave", "matlab", "bash", "sos")),
        *((name, "läuft") for name in ("r", "octave", "matlab", "bash", "sos")),
        *((name, "if") for name in ("r", "octave", "matlab", "bash", "sos")),
        *((name, "x;y") for name in ("r", "octave", "matlab", "bash", "sos")),
        ("r", ".1a"),
        ("r", "_a"),
        ("r", "TRUE"),
        ("octave", "endfor"),
        ("octave", "a.b"),
        ("matlab", "_a"),
        ("matlab", "x" * 64),
        ("bash", "PATH"),
        ("bash", "IFS"),
        ("bash", "a.b"),
        ("sos", "class"),
        ("sos", "input"),
        ("julia", "struct"),
        ("julia", "1st"),
    ],
)
def test_a_name_that_cannot_be_is_refused(language: str, wished: str, h5ad: Path) -> None:
    with pytest.raises(BadRequestError):
        cell(language, "Lung", "p", h5ad, wished)


@pytest.mark.parametrize(
    ("language", "title", "name"),
    [
        ("r", "Repeat", "repeat_data"),
        ("octave", "Eye", "eye_data"),
        ("matlab", "Rat", "rat_data"),
        ("bash", "Path", "path_data"),
        ("bash", "肺", "data_file"),
        ("octave", "10x PBMC", "data_10x_pbmc"),
    ],
)
def test_names_made_from_titles_are_free_in_the_language(
    language: str, title: str, name: str, h5ad: Path
) -> None:
    assert cell(language, title, "p", h5ad).variable == name


def test_names_of_their_own_are_kept_and_taken_ones_numbered(h5ad: Path) -> None:
    assert cell("r", "Lung", "p", h5ad, ".my.data").variable == ".my.data"
    assert cell("octave", "Lung", "p", h5ad, "myData").variable == "myData"
    reply = cell("bash", "Lung", "p", h5ad, "lung", "lung", "lung_2")
    assert reply.variable == "lung_3"
    assert "lung is already used" in reply.note


@given(title=st.text(), language=st.sampled_from(PATH_LANGUAGES))
def test_every_title_gives_a_name(title: str, language: PathLanguage) -> None:
    name = language.variable(title, "", ()).name
    assert language.names.fullmatch(name)
    assert name not in language.reserved
