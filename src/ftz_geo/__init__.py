"""ftz_geo: from zone boundaries in words (四至) to polygons, an area audit and offline maps."""
