"""What planners send back: a patch is applied, audited, written and logged, whole or not at all."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ftz_geo import files, pipeline
from ftz_geo.atomic import staged
from ftz_geo.compass import DIRECTIONS
from ftz_geo.errors import OutputError, PatchError
from ftz_geo.model import Block, Parcel, Plan, Source, Zone
from ftz_geo.patch import area_changes, corrected, read_patch

if TYPE_CHECKING:
    import geopandas as gpd

    from ftz_geo.frame import Drawing
    from ftz_geo.model import Audit
    from ftz_geo.patch import AreaChange, Patch

__all__ = ["Applied", "apply_patch"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Applied:
    """What :func:`apply_patch` made."""

    drawing: Drawing
    changes: tuple[AreaChange, ...]
    audit: Audit
    """Of all parcels after the change; without a plan, of their shapes only."""
    entry: dict[str, Any]
    """The line that the log got, JSON-ready."""
    paths: tuple[Path, ...]


def apply_patch(
    patch: str | Path, blocks: str | Path, out: str | Path | None = None, *, plan: Plan | None = None
) -> Applied:
    """Apply a patch from a map page to the ``blocks.geojson`` that the page was made with.

    Parameters
    ----------
    patch : str or Path
        ``NAME.patch.geojson``, as a page with the editor gives it.
    blocks : str or Path
        The file that it changes. ``edges.geojson`` beside it is changed with it.
    out : str or Path, optional
        Where to write; over ``blocks`` by default. A line is added to ``NAME.log.jsonl`` beside it.
    plan : Plan, optional
        The notice, to hold the new areas against the stated ones.

    Returns
    -------
    Applied

    Raises
    ------
    PatchError
        The patch is none, is broken, was made from another version, or was applied before.
    DocumentError
        ``blocks`` cannot be read.
    OutputError
        The results cannot be written.

    Examples
    --------
    >>> apply_patch("nowhere.patch.geojson", "blocks.geojson")
    Traceback (most recent call last):
    ...
    ftz_geo.errors.PatchError: nowhere.patch.geojson: there is no such file; check the path
    """
    blocks = Path(blocks)
    target = blocks if out is None else Path(out)
    if target.suffix.lower() != ".geojson":
        raise OutputError(target, "corrected blocks are written as GeoJSON", "give a name with .geojson")
    change = read_patch(patch)
    before = files.read_drawing(blocks)
    sha256 = hashlib.sha256(blocks.read_bytes()).hexdigest()
    log = target.with_suffix(".log.jsonl")
    logged = log.read_text(encoding="utf-8") if log.is_file() else ""
    if change.made_from != sha256 and change.sha256 in logged:
        raise PatchError(patch, f"it was applied before, see {log.name}", "make a new one on a map of today")
    after = _recorded(corrected(before, change, sha256), change)
    changes = area_changes(before.parcels, after.parcels, change)
    audit = pipeline.audit(plan or _wordless(after.parcels), after)
    keys = list(change.polygons)
    text = _blocks_text(blocks.read_text(encoding="utf-8"), after, keys)
    entry = {
        "schema": "ftz-geo/apply-1",
        "applied": datetime.now(UTC).isoformat(timespec="seconds"),
        **_signature(change),
        "grade": change.grade,
        "file": target.name,
        "before_sha256": sha256,
        "after_sha256": hashlib.sha256(text.encode()).hexdigest(),
        "verdict": audit.verdict if plan else None,
        "changes": [c.to_dict() for c in changes],
    }
    line = json.dumps(entry, ensure_ascii=False, allow_nan=False)
    texts = {
        target.name: text,
        log.name: logged + ("\n" if logged[-1:] not in ("", "\n") else "") + line + "\n",
    }
    edges = blocks.with_name("edges.geojson")
    if (
        target.name == blocks.name == "blocks.geojson" and edges.is_file()
    ):  # only a file of this name has them
        texts[edges.name] = _edges_text(edges.read_text(encoding="utf-8"), after, keys)
    with staged(target.parent) as folder:
        for name, content in texts.items():
            (folder / name).write_text(content, encoding="utf-8", newline="\n")
    paths = tuple(target.with_name(name) for name in texts)
    return Applied(drawing=after, changes=changes, audit=audit, entry=entry, paths=paths)


def _blocks_text(text: str, after: Drawing, keys: list[str]) -> str:
    """Change the features of some parcels, and leave every other as it stands."""
    value = json.loads(text)
    new = {feature["id"]: feature for feature in files.parcels_geojson(after.select(keys))["features"]}
    for feature in value["features"]:
        found = new.get(str(feature["properties"]["id"]))
        if found is not None:
            feature["properties"] |= found["properties"]
            feature["geometry"] = found["geometry"]
    head = {name: member for name, member in value.items() if name != "features"}
    return files.to_json({**head, "ftz_geo": dict(after.about), "features": value["features"]})


def _edges_text(text: str, after: Drawing, keys: list[str]) -> str:
    """Change the pieces of ring of some parcels, and leave every other as it stands."""
    value = json.loads(text)
    kept = [edge for edge in value["features"] if edge["properties"]["parcel_id"] not in keys]
    order = {str(key): place for place, key in enumerate(after.parcels.index)}
    pieces = [*kept, *files.edges_geojson(after.select(keys))["features"]]
    value["features"] = sorted(
        pieces, key=lambda edge: order.get(edge["properties"]["parcel_id"], len(order))
    )
    return files.to_json(value)


def _signature(patch: Patch) -> dict[str, str]:
    return {
        "patch": Path(patch.path).name,
        "patch_sha256": patch.sha256,
        "who": patch.who,
        "when": patch.when.isoformat(),
    }


def _recorded(drawing: Drawing, patch: Patch) -> Drawing:
    """Name the patch in what the file says of itself, after those applied before it."""
    patches = [*drawing.about.get("patches", ()), _signature(patch)]
    return replace(drawing, about={**drawing.about, "patches": patches})


def _wordless(parcels: gpd.GeoDataFrame) -> Plan:
    """Return a plan that has the parcels and states nothing: what is left to audit are the shapes."""

    def text(value: object) -> str | None:
        return value if isinstance(value, str) else None

    rows = [
        {"id": str(key), **{n: text(row[n]) for n in ("zone_id", "zone", "block", "block_name", "parcel")}}
        for key, row in parcels.iterrows()
    ]
    zones = []
    for zone_id, of_zone in groupby(sorted(rows, key=lambda r: r["zone_id"] or ""), lambda r: r["zone_id"]):
        members = list(of_zone)
        blocks = []
        for label, of_block in groupby(members, lambda r: (r["block"], r["block_name"])):
            leaves = [
                Parcel(
                    id=r["id"] or "", label=r["parcel"], span=(0, 0), abuttals=dict.fromkeys(DIRECTIONS, ())
                )
                for r in of_block
            ]
            blocks.append(
                Block(id=leaves[0].id, label=label[0], name=label[1], parcels=tuple(leaves), span=(0, 0))
            )
        zones.append(Zone(id=zone_id or "", name=members[0]["zone"], blocks=tuple(blocks), span=(0, 0)))
    return Plan(text="", source=Source(), zones=tuple(zones))
