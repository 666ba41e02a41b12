"""From polygons to words: the 四至 of a block, read off the reference map that its edges run along.

The ring is cut into short pieces. Each is given the name of the feature it runs along, or none,
by the cheapest labelling of the whole ring (:mod:`.edges`): a metre off a feature costs more the
farther it is off, and every change of name has its price. The ring is then cut into its east,
south, west and north side (:mod:`.sides`), where the pieces face most nearly that way and, if it
can be, where the name changes anyway.
"""

from ftz_geo.describe.parcels import describe_parcels
from ftz_geo.describe.sentences import NAMELESS, Description, Hole, Stretch

__all__ = ["NAMELESS", "Description", "Hole", "Stretch", "describe_parcels"]
