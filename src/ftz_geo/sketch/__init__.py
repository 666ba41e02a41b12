"""Lay parcels out from words and stated areas alone, for what no map could close.

A sketch is right in size and in order, in place only within its radius: every parcel has exactly its
stated area, every relation that the words fix is kept or said to be broken, and nothing else is claimed.

:mod:`.relations` reads the order of parcels from their words, :mod:`.layout` finds rectangles
that keep it, :mod:`.shape` draws an outline in each, :mod:`.groups` turns and shifts what is laid
out together to where :mod:`.sites` believes it to lie, and :mod:`.zone` puts a zone together.
"""

from ftz_geo.sketch.lines import sketch_lines
from ftz_geo.sketch.zone import sketch_zone

__all__ = ["sketch_lines", "sketch_zone"]
