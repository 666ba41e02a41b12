"""Parcels and findings -> pages: offline maps, and pages of explanations and of differences.

Every page is one file that asks the network for nothing. Words of a document are hostile until
escaped; they reach a page only through autoescaped templates and an escaped JSON block.
"""

from __future__ import annotations

from ftz_geo.render.diff import Told, diff_page
from ftz_geo.render.explain import candidate_shapes, explanation_page, explanation_table
from ftz_geo.render.maps import map_pages
from ftz_geo.render.notebook import Shown, shown
from ftz_geo.render.still import picture
from ftz_geo.render.views import page_files

__all__ = [
    "Shown",
    "Told",
    "candidate_shapes",
    "diff_page",
    "explanation_page",
    "explanation_table",
    "map_pages",
    "page_files",
    "picture",
    "shown",
]
