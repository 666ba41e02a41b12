"""ftz_geo: from zone boundaries in words (四至) to polygons, an area audit and offline maps.

Functions are imported when first used, so that a command that needs no maps starts fast.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from ftz_geo.errors import FtzGeoError
from ftz_geo.model import Audit, Digitised, Finding, Plan, ReferenceMap, Settings

if TYPE_CHECKING:
    from ftz_geo.corrections import apply_patch
    from ftz_geo.files import read_drawing, read_parcels
    from ftz_geo.frame import Drawing
    from ftz_geo.parse import parse_plan
    from ftz_geo.pipeline import (
        account,
        audit,
        build,
        digitise,
        draw,
        explain_block,
        join_polygons,
        read_reference,
        render_maps,
        show,
        write,
        write_audit,
        write_diff,
    )
    from ftz_geo.polygons import read_survey
    from ftz_geo.reading import read_plan
    from ftz_geo.reference import download_reference, prepare_reference, read_aliases, read_points

__all__ = [
    "Audit",
    "Digitised",
    "Drawing",
    "Finding",
    "FtzGeoError",
    "Plan",
    "ReferenceMap",
    "Settings",
    "account",
    "apply_patch",
    "audit",
    "build",
    "digitise",
    "download_reference",
    "draw",
    "explain_block",
    "join_polygons",
    "parse_plan",
    "prepare_reference",
    "read_aliases",
    "read_drawing",
    "read_parcels",
    "read_plan",
    "read_points",
    "read_reference",
    "read_survey",
    "render_maps",
    "show",
    "write",
    "write_audit",
    "write_diff",
]

# No module may carry the name of a function here: importing it would put it in the function's place.
_HOME = {
    "Drawing": "frame",
    "apply_patch": "corrections",
    "account": "pipeline",
    "audit": "pipeline",
    "build": "pipeline",
    "digitise": "pipeline",
    "download_reference": "reference",
    "draw": "pipeline",
    "explain_block": "pipeline",
    "join_polygons": "pipeline",
    "parse_plan": "parse",
    "prepare_reference": "reference",
    "read_aliases": "reference",
    "read_drawing": "files",
    "read_parcels": "files",
    "read_plan": "reading",
    "read_points": "reference",
    "read_reference": "pipeline",
    "read_survey": "polygons",
    "render_maps": "pipeline",
    "show": "pipeline",
    "write": "pipeline",
    "write_audit": "pipeline",
    "write_diff": "pipeline",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
