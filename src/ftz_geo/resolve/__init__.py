"""From the names in a plan to the features of a reference map that they may mean.

A name is first compared by its parts (:mod:`.names`). What the map has under one name is then told
apart by where it lies: the same name twice in a city is two candidates, and the other sides and the
zone say which is meant (:mod:`.choice`).
"""

from ftz_geo.resolve.choice import Witness
from ftz_geo.resolve.lookup import resolve_plan
from ftz_geo.resolve.names import normalise

__all__ = ["Witness", "normalise", "resolve_plan"]
