"""The routes of what a load takes, and of what a kernel is asked before it."""

from __future__ import annotations

from jupyterlab_datahub import errors, model
from jupyterlab_datahub.engine.loading import LOADING_PARAMETERS, PROBE_PARAMETERS
from jupyterlab_datahub.server import handlers_loading
from jupyterlab_datahub.server.route import CATALOG_ERRORS, Operation, Route

LOADING_ROUTES: tuple[Route, ...] = (
    Route(
        "kernel-probe",
        handlers_loading.ProbeHandler,
        (
            Operation(
                "GET",
                "getKernelProbe",
                "What to ask a kernel for the memory that it can still have",
                model.KernelProbe,
                query=PROBE_PARAMETERS,
            ),
        ),
    ),
    Route(
        "loading/{ref}",
        handlers_loading.LoadingHandler,
        (
            Operation(
                "GET",
                "getLoadOptions",
                "The ways to load a file, and which of them leave the kernel alive",
                model.LoadOptions,
                query=LOADING_PARAMETERS,
                raises=(
                    errors.NotFoundError,
                    errors.WithdrawnError,
                    errors.ConflictError,
                    *CATALOG_ERRORS,
                ),
            ),
        ),
    ),
)
