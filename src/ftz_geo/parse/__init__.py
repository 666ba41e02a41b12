"""From running text to a plan: the grammar of 四至.

The work is split by what is known: :mod:`.words` holds the vocabulary, :mod:`.prose` the text as
the grammar reads it, :mod:`.names`, :mod:`.sides`, :mod:`.inverse`, :mod:`.english` and
:mod:`.areas` read the parts of a description, :mod:`.grids`, :mod:`.columns`, :mod:`.rows` and :mod:`.tables`
those that stand in tables, and :mod:`.structure` puts zones, blocks and parcels together.
"""

from ftz_geo.parse.structure import parse_plan

__all__ = ["parse_plan"]
