"""Map files of every usual format, read into named features.

A reference map holds roads, rivers, railways, boundaries and places by name. Whatever the format
and the reference system, they come out as one frame in WGS 84 longitude, latitude, and each
feature knows its source.
"""

from ftz_geo.reference.aliases import Alias, read_aliases, unmatched_aliases, with_aliases
from ftz_geo.reference.download import Overpass, download_reference
from ftz_geo.reference.points import read_points
from ftz_geo.reference.prepare import prepare_reference
from ftz_geo.reference.read import read_reference

__all__ = [
    "Alias",
    "Overpass",
    "download_reference",
    "prepare_reference",
    "read_aliases",
    "read_points",
    "read_reference",
    "unmatched_aliases",
    "with_aliases",
]
