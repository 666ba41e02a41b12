"""A user's polygons: read from survey lists, tables and map files, and joined to a plan's parcels."""

from ftz_geo.polygons.join import join_own, join_polygons
from ftz_geo.polygons.match import match_polygons
from ftz_geo.polygons.read import read_own, read_polygons, read_survey

__all__ = ["join_own", "join_polygons", "match_polygons", "read_own", "read_polygons", "read_survey"]
