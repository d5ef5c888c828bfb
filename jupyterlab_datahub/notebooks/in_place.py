"""Lines in Python that open an image where it is: nothing is read but what is computed or seen.

Each needs packages that a kernel need not have, and says which.
"""

from __future__ import annotations

from jupyterlab_datahub.errors import BadRequestError
from jupyterlab_datahub.model import Struct
from jupyterlab_datahub.notebooks.in_parts import Opening
from jupyterlab_datahub.notebooks.quoting import literal


class Place(Struct):
    """Where an image is: an expression for its address or path, and what lies there.

    ``zarr`` says that it is an OME-Zarr, which is a folder, ``remote`` that it is on a host.
    """

    address: str
    zarr: bool
    remote: bool


def place_of(address: str) -> Place:
    """Return the place that an address that anybody may read is, or a path."""
    return Place(
        address=literal(address),
        zarr=address.rstrip("/").endswith(".zarr"),
        remote=address.startswith(("http://", "https://")),
    )


class Viewing(Struct):
    """A way to open an image, the packages it takes, and what else a reader should know."""

    imports: tuple[str, ...]
    packages: tuple[str, ...]
    lines: str
    words: tuple[str, ...] = ()


BLOCK = 1 << 18
"""Bytes that are fetched at once: a tenth of what fsspec would, which is 5 MiB."""

_TIFF = """\
{name}_file = fsspec.open(
    {address}, block_size={block}, cache_type="blockcache"
).open()
{name}_tiff = tifffile.TiffFile({name}_file)
# Dask reads from several threads, of which only one may use the file at a time.
{name}_tiff.filehandle.set_lock(True)
{name} = {value}"""
_TIFF_LEVELS = """\
[
    {opened}
    for n in range(len({name}_tiff.series[0].levels))
]"""
_TIFF_LEVEL = 'zarr.open({name}_tiff.aszarr(level={level}), mode="r")'
_ZARR = """\
{name}_image = zarr.open_group({address}, mode="r")
{name}_said = {name}_image.attrs.get("ome", {name}_image.attrs)["multiscales"][0]
{name} = {value}"""
_ZARR_LEVELS = '[{opened} for level in {name}_said["datasets"]]'
_ZARR_LEVEL = '{name}_image[{level}["path"]]'
_NAPARI = """\
{name}_channel = {channel}
{name}_viewer = napari.Viewer()
{name}_viewer.add_image(
    {name},
    name={title},
    multiscale={multiscale},
    channel_axis=None if {name}_channel < 0 else {name}_channel,
)"""
_TIFF_CHANNEL = '{name}_tiff.series[0].axes.find("C")'
_ZARR_CHANNEL = '"".join(axis["name"][0] for axis in {name}_said["axes"]).find("c")'
_OME_ZARR = """\
{name} = next(Reader(parse_url({address}))()).data{level}"""
_VITESSCE = """\
{name}_config = VitessceConfig(schema_version="1.0.18", name={title})
{name}_data = {name}_config.add_dataset(name={title}).add_object(
    {wrapper}({source}={address})
)
{name}_config.layout(
    {name}_config.add_view("spatialBeta", dataset={name}_data)
    | {name}_config.add_view("layerControllerBeta", dataset={name}_data)
)
{name} = {name}_config.widget({proxy})"""
_PROXY = """
    # On a hub the browser reaches this machine through its Jupyter server alone.
    proxy="JUPYTERHUB_SERVICE_PREFIX" in os.environ
"""

WAYS: tuple[str, ...] = ("dask", "zarr", "napari", "ome-zarr", "vitessce")
"""How an image may be opened where it is; the second but last takes OME-Zarr alone."""


VIEWERS: tuple[str, ...] = ("napari", "vitessce")
"""Those of them that show it."""

_LEVELLED = tuple(way for way in WAYS if way != "vitessce")
"""Those of them that open one level alone; vitessce takes whichever the screen has room for."""


def cell(
    first: str, way: str, place: Place, name: str, title: str, level: int | None = None
) -> str:
    """Return the cell that opens an image.

    Parameters
    ----------
    first
        Its first line, which says what is opened.
    way, place, name, title, level
        As of :func:`opening`.

    Raises
    ------
    BadRequestError
    """
    opened = opening(way, place, name, title, level)
    return "\n".join((first, *opened.words, *opened.imports, "", opened.code, name))


def opening(way: str, place: Place, name: str, title: str, level: int | None = None) -> Opening:
    """Return the imports, what a reader should know, and the lines that fill the variable.

    Parameters
    ----------
    way
        One of :data:`WAYS`.
    place
        Where the image is.
    name
        The variable.
    title
        What it is called in a viewer.
    level
        The level that is opened alone, 0 being the largest; None opens all of them.

    Raises
    ------
    BadRequestError
        If there is no such way, or not for this kind of image, or not for one level.
    """
    if way not in WAYS or (way == "ome-zarr" and not place.zarr):
        ways = ", ".join(one for one in WAYS if place.zarr or one != "ome-zarr")
        raise BadRequestError(
            f"an image like this cannot be opened as {way[:40]!r}", hint=f"Choose one of {ways}."
        )
    check_level(level, way)
    viewing = _viewing(way, place, level)
    packages = " ".join(dict.fromkeys(viewing.packages))
    values = {
        "name": name,
        "title": literal(title),
        "address": place.address,
        "block": f"{BLOCK:_}",
        "wrapper": "ImageOmeZarrWrapper" if place.zarr else "ImageOmeTiffWrapper",
        "source": "img_url" if place.remote else "img_path",
        "multiscale": level is None,
    }
    words = (
        *(() if level is None else (level_words(level),)),
        "# Nothing is read yet but what describes the image. Where a package is missing:",
        f"# %pip install {packages}",
        *viewing.words,
    )
    return Opening(viewing.imports, words, viewing.lines.format(**values))


def check_level(level: int | None, way: str) -> None:
    """Refuse a level that there cannot be, and one of what shows all of them.

    Raises
    ------
    BadRequestError
    """
    if level is None:
        return
    if level < 0:
        raise BadRequestError(
            f"an image has no level {level}", hint="Its levels begin with 0, the largest."
        )
    if way not in _LEVELLED:
        raise BadRequestError(
            f"one level alone cannot be opened as {way or 'a path'}",
            hint=f"Choose one of {', '.join(_LEVELLED)}, or open all levels.",
        )


def level_words(level: int) -> str:
    """Return what a cell says of the one level that it opens."""
    return f"# Level {level} of the image alone; level 0 is the largest."


def _viewing(way: str, place: Place, number: int | None) -> Viewing:
    if way == "vitessce":
        wrapper = "ImageOmeZarrWrapper" if place.zarr else "ImageOmeTiffWrapper"
        viewer = f"from vitessce import {wrapper}, VitessceConfig"
        words = (
            # As the requirements of vitessce 3.8 say; anndata and tifffile take zarr 3 alone.
            "# It brings zarr 2, which breaks anndata and tifffile: use an environment of its own.",
            "# JupyterLab shows it where anywidget is beside it, and files of a hub where",
            "# jupyter-server-proxy is as well.",
            *(
                ("# Your browser reads the image, which its host has to allow (CORS).",)
                * place.remote
            ),
        )
        return Viewing(
            imports=(viewer,) if place.remote else ("import os", "", viewer),
            packages=("vitessce[all]",),
            lines=_VITESSCE.replace("{proxy}", "" if place.remote else _PROXY),
            words=words,
        )
    if way == "ome-zarr":
        readers = ("from ome_zarr.io import parse_url", "from ome_zarr.reader import Reader")
        one = "" if number is None else f"[{number}]"
        lines = _OME_ZARR.replace("{level}", one)
        return Viewing(imports=readers, packages=("ome-zarr",), lines=lines)
    template = _ZARR if place.zarr else _TIFF
    imports = (
        *(() if way == "zarr" else ("import dask.array as da",)),
        *(() if place.zarr else ("import fsspec",)),
        *(("import napari",) if way == "napari" else ()),
        *(() if place.zarr else ("import tifffile",)),
        "import zarr",
    )
    packages = (
        *(() if way == "zarr" else ("dask[array]",)),
        "fsspec[http]" if place.remote else "fsspec",
        *(("napari[all]",) if way == "napari" else ()),
        *(() if place.zarr else ("imagecodecs", "tifffile")),
        "zarr",
    )
    lines = template.replace("{value}", _value(way, place, number))
    if way == "napari":
        channel = _ZARR_CHANNEL if place.zarr else _TIFF_CHANNEL
        lines = f"{lines}\n{_NAPARI.replace('{channel}', channel)}"
    return Viewing(imports=imports, packages=packages, lines=lines)


def _value(way: str, place: Place, number: int | None) -> str:
    """Return the expression that the variable gets: a level, or a list of all of them."""
    level = _ZARR_LEVEL if place.zarr else _TIFF_LEVEL
    opened = level if way == "zarr" else f"da.from_zarr({level})"
    if number is None:
        levels = _ZARR_LEVELS if place.zarr else _TIFF_LEVELS
        each = "level" if place.zarr else "n"
        return levels.replace("{opened}", opened.replace("{level}", each))
    one = f'{{name}}_said["datasets"][{number}]' if place.zarr else f"{number}"
    return opened.replace("{level}", one)
