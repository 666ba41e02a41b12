"""From named sides and a reference map to one valid polygon per parcel, with evidence.

A parcel's ring runs along its east, north, west and south side in turn. Each feature that a side
names becomes a *track*: its lines on the map, one along the middle in the place of those side by side,
bridges over the gaps between them, extensions of their loose ends. Where the tracks of neighbouring
sides meet are the possible corners, and the ring is the cheapest closed way through the tracks in
order, what is not on the map costing more.
"""

from ftz_geo.trace.parcels import trace_parcels

__all__ = ["trace_parcels"]
