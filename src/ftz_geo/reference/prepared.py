"""A reference map in one GeoPackage: clipped and indexed once, read again with nothing lost."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import pandas as pd
import shapely

from ftz_geo.atomic import replacing
from ftz_geo.errors import OutputError, ReferenceMapError
from ftz_geo.model import Kind, ReferenceMap
from ftz_geo.reference.frames import Part, feature_frame, first_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = [
    "Box",
    "check_box",
    "clip",
    "is_prepared",
    "read_prepared",
    "read_prepared_points",
    "within",
    "write_prepared",
]

FEATURES = "ftz_geo_features"
SOURCES = "ftz_geo_sources"
POINTS = "ftz_geo_points"
"""What the same files give as named points: nodes that are no features of a map among them."""
POINT_SOURCES = "ftz_geo_point_sources"

Box = tuple[float, float, float, float]
"""West, south, east, north, WGS 84 degrees."""


def check_box(box: Sequence[float]) -> Box:
    """Check that four numbers are west, south, east, north.

    >>> check_box([117.0, 38.9, 117.5, 39.3])
    (117.0, 38.9, 117.5, 39.3)

    Raises
    ------
    ReferenceMapError
        They are not.
    """
    if len(box) == 4:
        west, south, east, north = box
        if -180 <= west < east <= 180 and -90 <= south < north <= 90:
            return west, south, east, north
    raise ReferenceMapError(
        f"box {','.join(f'{number:.12g}' for number in box)}",
        "it is not west,south,east,north in degrees",
        "give it as 117.0,38.9,117.5,39.3",
    )


def within(points: ReferenceMap, box: Box) -> ReferenceMap:
    """Keep the points that lie in a box, and count them anew; none may be left."""
    shapes = points.features.geometry.to_numpy()
    kept = points.features[shapely.intersects(shapely.box(*box), shapes)].reset_index(drop=True)
    counts = kept.groupby("source").size()
    sources = tuple({**s, "count": int(counts.get(n, 0))} for n, s in enumerate(points.sources))
    return ReferenceMap(features=kept, sources=sources)


def clip(reference: ReferenceMap, box: Box) -> ReferenceMap:
    """Keep the features that meet a box, each of them whole.

    Cut at the box, an area would have an edge that no map shows, and a line an end.

    Raises
    ------
    ReferenceMapError
        None does.
    """
    shapes = reference.features.geometry
    area = shapely.box(*box)
    shapely.prepare(area)
    kept = reference.features[shapely.intersects(area, shapes.to_numpy())].reset_index(drop=True)
    if kept.empty:
        west, south, east, north = shapes.total_bounds
        raise ReferenceMapError(
            f"box {','.join(f'{number:.12g}' for number in box)}",
            "no feature of the map lies in it",
            f"choose one within {west:.4f},{south:.4f},{east:.4f},{north:.4f}",
        )
    return ReferenceMap(features=kept, sources=reference.sources)


def write_prepared(reference: ReferenceMap, path: str | Path, *, points: ReferenceMap | None = None) -> Path:
    """Write a reference map as one GeoPackage with a spatial index, and what is to be read as named points.

    One layer holds the features, a table holds their sources; another layer and table hold the points. The
    file is written whole beside its place first, so that a failure leaves what was there.

    Raises
    ------
    OutputError
        The file cannot be written, or its name does not end in ``.gpkg``.
    """
    import pyogrio

    path = Path(path)
    if path.suffix.lower() != ".gpkg":
        raise OutputError(path, "a prepared map is a GeoPackage", "let its name end in .gpkg")
    with replacing(path, (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError)) as place:
        _write(reference, place, FEATURES, SOURCES, "Unknown")
        if points is not None:
            _write(points, place, POINTS, POINT_SOURCES, "Point")
    return path


def _write(reference: ReferenceMap, place: Path, layer: str, table: str, shape: str) -> None:
    import pyogrio

    features = reference.features.assign(
        alt_names=[json.dumps(names, ensure_ascii=False) for names in reference.features["alt_names"]],
        source=reference.features["source"].astype("int64"),
    )
    sources = pd.DataFrame(
        {
            "source": range(len(reference.sources)),
            # For people who open the table; "facts" is what is read back.
            **{
                fact: [_said(source.get(fact)) for source in reference.sources]
                for fact in ("file", "licence", "date", "crs", "datum")
            },
            "facts": [json.dumps(dict(source), ensure_ascii=False) for source in reference.sources],
        }
    )
    pyogrio.write_dataframe(
        features, place, layer=layer, driver="GPKG", geometry_type=shape, SPATIAL_INDEX="YES"
    )
    pyogrio.write_dataframe(sources, place, layer=table, driver="GPKG")


def _said(fact: Any) -> str | None:
    return None if fact is None else str(fact)


def is_prepared(path: Path) -> bool:
    """Tell whether a GeoPackage is one that :func:`write_prepared` wrote."""
    return _has(path, FEATURES, SOURCES)


def _has(path: Path, *layers: str) -> bool:
    import pyogrio

    try:
        return set(layers) <= {name for name, _ in pyogrio.list_layers(path)}
    except pyogrio.errors.DataSourceError:
        return False  # whoever reads it says so


def read_prepared_points(path: Path) -> list[Part] | None:
    """Read the named points of a prepared map; a part per source, None where none were written.

    Raises
    ------
    ReferenceMapError
        As for :func:`read_prepared`.
    """
    return _read(path, POINTS, POINT_SOURCES) if _has(path, POINTS, POINT_SOURCES) else None


def read_prepared(path: Path) -> list[Part]:
    """Read a prepared map; a part per source.

    Raises
    ------
    ReferenceMapError
        It was changed by something that does not know its form.
    """
    return _read(path, FEATURES, SOURCES)


def _read(path: Path, layer: str, table: str) -> list[Part]:
    import pyogrio

    try:
        # As plain arrays: by way of a frame, every text would be turned into Arrow's and back.
        shapes, columns = _columns(path, layer)
        _, said = _columns(path, table)
        facts = {int(n): json.loads(text) for n, text in zip(said["source"], said["facts"], strict=True)}
        others = {text: tuple(map(str, json.loads(text))) for text in set(columns["alt_names"])}
        unknown = set(columns["source"]) - set(facts) or set(columns["kind"]) - set(get_args(Kind))
        if unknown or not all(isinstance(fact, dict) for fact in facts.values()):
            raise ValueError(f"unknown source or kind {sorted(map(str, unknown))}")
    except (
        pyogrio.errors.DataSourceError,
        pyogrio.errors.DataLayerError,
        ValueError,
        KeyError,
        TypeError,
    ) as error:
        raise ReferenceMapError(
            path, f"it is no longer a prepared map ({first_line(error)})", "prepare it anew"
        ) from error
    frame = feature_frame(
        columns["source_id"].tolist(),
        columns["name"].tolist(),
        [others[text] for text in columns["alt_names"]],
        columns["kind"].tolist(),
        shapely.from_wkb(shapes),
        columns["one_way"].tolist() if "one_way" in columns else None,
    )
    if "address" in columns:
        frame["address"] = pd.Series(columns["address"], dtype=object).fillna("")
    number = columns["source"]
    return [Part(frame[number == n].reset_index(drop=True), facts[n]) for n in sorted(facts)]


def _columns(path: Path, layer: str) -> tuple[NDArray[Any] | None, dict[str, NDArray[Any]]]:
    """Read a layer's geometry, as WKB, and its columns by name."""
    from pyogrio.raw import read

    meta, _, shapes, values = read(path, layer=layer)
    return shapes, dict(zip(meta["fields"], values, strict=True))
