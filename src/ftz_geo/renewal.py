"""What stands beside corrected blocks: audit and maps, made anew as they were made before."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ftz_geo import files, pipeline, render, report
from ftz_geo.errors import FtzGeoError
from ftz_geo.reading import read_plan

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from ftz_geo.frame import Drawing
    from ftz_geo.model import Audit, Plan, ReferenceMap

__all__ = ["Renewed", "notice_of", "renewed"]

_AUDITS: Mapping[str, Callable[[Plan, Audit, Mapping[str, str]], bytes]] = {
    "audit.json": lambda _, audit, maps: files.to_json(audit.to_dict()).encode(),
    "audit.csv": lambda plan, audit, maps: report.audit_csv(plan, audit).encode("utf-8-sig"),
    "audit.xlsx": lambda plan, audit, maps: report.audit_xlsx(plan, audit),
    "audit.html": lambda plan, audit, maps: report.audit_page(plan, audit, maps=maps).encode(),
    "audit.en.html": lambda plan, audit, maps: report.audit_page(plan, audit, "en", maps=maps).encode(),
}

_GENERATED = 'name="generator" content="ftz_geo'
_DATA = re.compile(r'<script[^>]*\bid="ftz-data"[^>]*>(.*?)</script>', re.DOTALL)


@dataclass(frozen=True, kw_only=True, slots=True)
class Renewed:
    """What is to be written beside the blocks."""

    contents: Mapping[str, bytes]
    """By path below the folder."""
    notes: tuple[str, ...] = ()
    """What could not be as it was, and what to do."""


def notice_of(drawing: Drawing, folders: Iterable[Path]) -> Plan | None:
    """Find the notice that a drawing was made from, by its name and its hash; None where it is not at hand.

    Parameters
    ----------
    drawing : Drawing
    folders : iterable of Path
        Where it may be.

    Returns
    -------
    Plan or None
    """
    source = drawing.about.get("source") or {}
    name, sha256 = source.get("file"), source.get("sha256")
    if not isinstance(name, str) or not name or Path(name).name != name:
        return None
    for path in (folder / name for folder in folders):
        try:
            plan = read_plan(path) if path.is_file() else None
        except FtzGeoError:
            continue
        if plan is not None and plan.source.sha256 == sha256:
            return plan
    return None


def renewed(
    folder: Path,
    drawing: Drawing,
    audit: Audit,
    *,
    plan: Plan,
    is_noticed: bool,
    basemap: ReferenceMap | None,
    blocks: bytes,
) -> Renewed:
    """Make the audit and the maps of a folder anew, as far as it has them.

    Parameters
    ----------
    folder : Path
        That of the ``blocks.geojson``.
    drawing : Drawing
    audit : Audit
    plan : Plan
        What was audited.
    is_noticed : bool
        The plan was read from a notice, whose words the maps quote.
    basemap : ReferenceMap or None
    blocks : bytes
        The new ``blocks.geojson``, which later corrections are for.

    Returns
    -------
    Renewed
    """
    earlier = list(_pages(folder / "maps"))
    maps = {key: f"maps/{name}" for key, name in render.page_files(drawing).items()} if earlier else {}
    audits = {name: make(plan, audit, maps) for name, make in _AUDITS.items() if (folder / name).is_file()}
    notes = []
    if audits and not is_noticed:
        notes.append("only shapes were audited: give the notice with --plan to hold areas against it")
    if not earlier:
        return Renewed(contents=audits, notes=tuple(notes))
    told = [_data(page) for page in earlier]
    if basemap is None and any(data.get("basemap") for data in told):
        notes.append("maps were written without their base map: give it with --basemap to have it again")
    pages = pipeline.page_texts(
        plan if is_noticed else None,
        drawing,
        audit if is_noticed else None,
        basemap=basemap,
        tianditu_key=next((data["tianditu_key"] for data in told if data.get("tianditu_key")), None),
        report="../audit.html" if "audit.html" in audits else None,
        editor=("blocks.geojson", blocks) if any('id="ftz-editor"' in page for page in earlier) else None,
    )
    written = {f"maps/{name}": text.encode() for name, text in pages.items()}
    return Renewed(contents={**audits, **written}, notes=tuple(notes))


def _pages(folder: Path) -> Iterator[str]:
    """Yield the pages of a folder that this package wrote."""
    for path in sorted(folder.glob("*.html")):
        text = path.read_text("utf-8", "replace")
        if _GENERATED in text[:4096]:
            yield text


def _data(page: str) -> dict[str, Any]:
    """Return the JSON of a page; empty where it has none that can be read."""
    found = _DATA.search(page)
    try:
        value = json.loads(found[1]) if found else {}
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
