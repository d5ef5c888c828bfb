"""The route of what is in files that hold several things."""

from __future__ import annotations

from jupyterlab_datahub import model
from jupyterlab_datahub.engine.consent import LOOK_PARAMETERS
from jupyterlab_datahub.server import handlers_members
from jupyterlab_datahub.server.route import Operation, Route
from jupyterlab_datahub.server.routes_previews import FAILS

MEMBER_ROUTES: tuple[Route, ...] = (
    Route(
        "members/{ref}",
        handlers_members.MemberListHandler,
        (
            Operation(
                "GET",
                "listBundle",
                "The files of an archive or the modalities of a MuData, without downloading it",
                model.MemberListing,
                query=LOOK_PARAMETERS,
                raises=FAILS,
            ),
        ),
    ),
)
