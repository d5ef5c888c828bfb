"""Names that languages keep for themselves, or that nobody should lose to a variable."""

from __future__ import annotations

import builtins
import keyword


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_PYTHON_ALONE = frozenset((*keyword.kwlist, *keyword.softkwlist, *dir(builtins)))

# What a cell imports, what everybody imports, and what IPython keeps for itself.
PYTHON = _PYTHON_ALONE | _words("ad np pd plt sc sns hashlib os urllib display path")

SOS = _PYTHON_ALONE | _words(
    """
    CONFIG SOS_VERSION bash depends fail_if file_target input matlab octave output parameter path
    paths python r report run sh sos_targets step_name stop_if task warn_if
    """
)

R = _words(
    """
    ... .. F FALSE Inf NA NA_character_ NA_complex_ NA_integer_ NA_real_ NULL NaN T TRUE break c
    else for function if in next q repeat t while
    """
)

BASH = _words(
    """
    case coproc do done elif else esac fi for function if in path select then time until while
    """
)

# A tissue, an organism or a title may be called like one of the functions.
OCTAVE = _words(
    """
    break case catch classdef continue do else elseif end endfor endfunction endif endswitch
    endwhile for function global if otherwise parfor persistent return spmd switch try until
    unwind_protect while
    all angle ans any axis bar beta bin ceil cell char class clear close colon cross cumsum data
    det diff disp dot double eig error exp eye fieldnames figure file filter find fix floor gamma
    grid hist hold i image inf inv isempty j kron length line load log magic map max mean median
    methods min mod mode nan norm numel ones open path pi plot power primes prod rand range rank
    rat real rem reshape round save set sign single size sort sparse std struct sum surf table test
    text time title trace type unique var version who xlabel ylabel zeros
    """
)

JULIA = _words(
    """
    baremodule begin break catch const continue do else elseif end export false finally for
    function global if import let local macro module primitive quote return struct true try type
    using while abstract mutable where in isa outer ans Base Core Main Muon readh5ad
    """
)
"""Keywords of Julia, and what its cells use."""
