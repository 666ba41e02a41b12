"""What planners send back: patches are applied, audited, written and logged, all of them or none.

A patch is for the version of the blocks that its page was made with. It fits a later one too, as long as no
patch in between, which the log tells, changed a parcel that it changes: so two planners may correct different
parcels of one file at the same time.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from ftz_geo import files, pipeline
from ftz_geo.atomic import staged
from ftz_geo.compass import DIRECTIONS
from ftz_geo.errors import OutputError, PatchError
from ftz_geo.model import Block, Parcel, Plan, Source, Zone
from ftz_geo.patch import area_changes, corrected, read_patch
from ftz_geo.renewal import Renewed, notice_of, renewed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import geopandas as gpd

    from ftz_geo.frame import Drawing
    from ftz_geo.model import Audit, ReferenceMap
    from ftz_geo.patch import AreaChange, Patch

__all__ = ["Applied", "apply_patch"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Applied:
    """What :func:`apply_patch` made."""

    drawing: Drawing
    changes: tuple[AreaChange, ...]
    """In the order of the patches."""
    audit: Audit
    """Of all parcels after the change; without a plan, of their shapes only."""
    entries: tuple[dict[str, Any], ...]
    """The lines that the log got, one for each patch, JSON-ready."""
    paths: tuple[Path, ...]
    notes: tuple[str, ...] = ()
    """What stands beside the blocks and could not be as it was."""

    @property
    def entry(self) -> dict[str, Any]:
        """The line of the last patch."""
        return self.entries[-1]


class _Version(NamedTuple):
    """The blocks as a patch finds them."""

    drawing: Drawing
    text: str
    """Of the file."""
    edges: str | None
    """Text of the file of edges; None where there is none."""
    log: tuple[dict[str, Any], ...]

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()


def apply_patch(
    patch: str | Path | Sequence[str | Path],
    blocks: str | Path,
    out: str | Path | None = None,
    *,
    plan: Plan | None = None,
    basemap: ReferenceMap | None = None,
) -> Applied:
    """Apply patches from map pages to the ``blocks.geojson`` that the pages were made with.

    Parameters
    ----------
    patch : str or Path, or sequence of these
        ``NAME.patch.geojson``, as a page with the editor gives it; several are applied in their order, all of
        them or none.
    blocks : str or Path
        The file that they change. What ``build`` wrote beside it is made anew where it is there:
        ``edges.geojson``, the audit, and the pages in ``maps``.
    out : str or Path, optional
        Where to write; over ``blocks`` by default. A line is added to ``NAME.log.jsonl`` beside it. What is
        beside the blocks is left as it is if this is another file.
    plan : Plan, optional
        The notice, to hold the new areas against the stated ones; by default the one that the blocks were
        drawn from, if it is in their folder, in the one above, or in that of the process.
    basemap : ReferenceMap, optional
        Background of the maps.

    Returns
    -------
    Applied

    Raises
    ------
    PatchError
        A patch is none, is broken, was made from another version, changes what another one changed since, or
        was applied before.
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
    changes = [read_patch(path) for path in ([patch] if isinstance(patch, str | Path) else patch)]
    log = target.with_suffix(".log.jsonl")
    logged = log.read_text(encoding="utf-8") if log.is_file() else ""
    own_log = blocks.with_suffix(".log.jsonl")
    before_out = own_log.read_text(encoding="utf-8") if own_log != log and own_log.is_file() else ""
    first = last = _read(blocks, target, [*_entries(before_out), *_entries(logged)])
    areas: list[AreaChange] = []
    for change in changes:
        _check_version(change, last, log.name)
        before, last = last, _changed(last, change, target.name)
        areas += area_changes(before.drawing.parcels, last.drawing.parcels, change)
    notice = plan or notice_of(first.drawing, (blocks.parent, blocks.parent.parent, Path()))
    audited = notice or _wordless(last.drawing.parcels)
    audit = pipeline.audit(audited, last.drawing)
    # What patches leave between them was never written, and is not audited.
    entries = [*last.log[len(first.log) :]]
    entries[-1] = {**entries[-1], "verdict": audit.verdict if notice else None}
    beside = Renewed(contents={})
    if target == blocks:
        beside = renewed(
            blocks.parent,
            last.drawing,
            audit,
            plan=audited,
            is_noticed=notice is not None,
            basemap=basemap,
            blocks=last.text.encode(),
        )
    contents = {
        target.name: last.text.encode(),
        log.name: (logged + _lines(logged, entries)).encode(),
        **({} if last.edges is None else {"edges.geojson": last.edges.encode()}),
        **beside.contents,
    }
    with staged(target.parent) as folder:
        for name, content in contents.items():
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_bytes(content)
    return Applied(
        drawing=last.drawing,
        changes=tuple(areas),
        audit=audit,
        entries=tuple(entries),
        paths=tuple(target.parent / name for name in contents),
        notes=beside.notes,
    )


def _read(blocks: Path, target: Path, log: Sequence[dict[str, Any]]) -> _Version:
    drawing = files.read_drawing(blocks)
    edges = blocks.with_name("edges.geojson")
    # Only a file of this name has them.
    has_edges = target.name == blocks.name == "blocks.geojson" and edges.is_file()
    return _Version(
        drawing=drawing,
        text=blocks.read_bytes().decode("utf-8"),
        edges=edges.read_text(encoding="utf-8") if has_edges else None,
        log=tuple(log),
    )


def _entries(logged: str) -> list[dict[str, Any]]:
    """Read the lines of a log; one that somebody spoiled tells nothing."""
    found = []
    for line in logged.splitlines():
        try:
            value = json.loads(line)
        except ValueError:
            continue
        if isinstance(value, dict):
            found.append(value)
    return found


def _lines(logged: str, entries: Sequence[Mapping[str, Any]]) -> str:
    start = "\n" if logged[-1:] not in ("", "\n") else ""
    lines = [json.dumps(entry, ensure_ascii=False, allow_nan=False) for entry in entries]
    return start + "".join(f"{line}\n" for line in lines)


def _changed(version: _Version, patch: Patch, name: str) -> _Version:
    """Put a patch into the blocks, and a line into their log."""
    after = _recorded(corrected(version.drawing, patch), patch)
    keys = list(patch.polygons)
    text = _blocks_text(version.text, after, keys)
    entry = {
        "schema": "ftz-geo/apply-1",
        "applied": datetime.now(UTC).isoformat(timespec="seconds"),
        **_signature(patch),
        "grade": patch.grade,
        "file": name,
        "before_sha256": version.sha256,
        "after_sha256": hashlib.sha256(text.encode()).hexdigest(),
        "verdict": None,
        "changes": [c.to_dict() for c in area_changes(version.drawing.parcels, after.parcels, patch)],
    }
    edges = None if version.edges is None else _edges_text(version.edges, after, keys)
    return _Version(drawing=after, text=text, edges=edges, log=(*version.log, entry))


def _check_version(patch: Patch, version: _Version, log: str) -> None:
    """Refuse a patch that is neither for these blocks nor for earlier ones of which its parcels are left."""
    sha256 = version.sha256
    if patch.made_from == sha256:
        return
    if any(entry.get("patch_sha256") == patch.sha256 for entry in version.log):
        raise PatchError(patch.path, f"it was applied before, see {log}", "make a new one on a map of today")
    since = _since(version, patch.made_from)
    if since is None:
        raise PatchError(
            patch.path,
            f"it was made from another version of the blocks (SHA-256 {patch.made_from[:12]}…, "
            f"not {sha256[:12]}…)",
            "apply it to the version that its map was made with, or repeat it on a map of this version",
        )
    for key in patch.polygons:
        if key in since:
            raise PatchError(
                patch.path,
                f"it changes {key!r}, which {since[key]} changed after its map was made",
                "repeat it on a map of this version",
            )


def _since(version: _Version, sha256: str) -> dict[str, str] | None:
    """Return the parcels changed after an earlier version, each with the patch; None if it is none."""
    changed: dict[str, str] = {}
    now = version.sha256
    for entry in reversed(version.log):
        if now == sha256:
            break
        if entry.get("after_sha256") != now:
            continue
        for change in entry.get("changes", ()):
            changed[str(change.get("parcel_id"))] = str(entry.get("patch"))
        now = str(entry.get("before_sha256"))
    return changed if now == sha256 else None


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
