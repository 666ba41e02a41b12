"""A reference map from an Overpass server.

The standard library's client is enough here: one POST, and retries that must follow what Overpass
servers answer (429 with or without ``Retry-After``, 504, errors told within a 200).
"""

from __future__ import annotations

import hashlib
import json
import random
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.client import HTTPException, IncompleteRead
from importlib.metadata import version
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode, urlsplit
from urllib.request import Request, urlopen

from ftz_geo.atomic import replacing
from ftz_geo.errors import ReferenceMapError
from ftz_geo.reference.labels import label_points
from ftz_geo.reference.overpass import BROKEN, GaveUpError, answer_part
from ftz_geo.reference.prepared import check_box, write_prepared
from ftz_geo.reference.read import join_parts, read_reference

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ftz_geo.model import ReferenceMap
    from ftz_geo.reference.frames import Part

__all__ = ["Overpass", "download_reference", "overpass_query"]

_BUSY = frozenset({429, 500, 502, 503, 504})
"""Answers that another try may mend: too many requests, and a server or gateway in trouble."""

_FIRST_WAIT_S = 2.0
"""Before the second try; each further pause is twice as long. By choice."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Overpass:
    """Which Overpass server to ask, and how patiently."""

    server: str = "https://overpass-api.de/api/interpreter"
    """Address of the interpreter: the public one, whose operators ask for few and small requests."""
    timeout_s: float = 180.0
    """How long the server may work on the query, and the longest silence of the connection."""
    retries: int = 4
    """Further tries after the first."""
    longest_wait_s: float = 120.0
    """The longest pause between two tries; a server that asks for more is not asked again."""
    cache: Path | None = None
    """Folder of earlier answers, used again for the same query to the same server; None for none."""

    def __post_init__(self) -> None:
        if urlsplit(self.server).scheme not in ("http", "https") or not urlsplit(self.server).hostname:
            raise ReferenceMapError(
                self.server or "server", "it is no web address", "give one that begins with https://"
            )
        for name in ("timeout_s", "longest_wait_s"):
            if not 0 < getattr(self, name) < 86_400:
                raise ReferenceMapError(
                    name, f"it is seconds above 0 and below a day, not {getattr(self, name):g}", "change it"
                )
        if not 0 <= self.retries <= 100:
            raise ReferenceMapError("retries", f"it is 0 to 100, not {self.retries}", "change it")

    @property
    def host(self) -> str:
        """The server's address without credentials and parameters, fit to be printed and kept."""
        parts = urlsplit(self.server)
        port = f":{parts.port}" if parts.port else ""
        return f"{parts.scheme}://{parts.hostname}{port}{parts.path}"


def overpass_query(
    *, box: Sequence[float] | None = None, place: str | None = None, timeout_s: float = 180.0
) -> str:
    r"""Write the query for everything named that a boundary may be named after.

    Parameters
    ----------
    box : sequence of float, optional
        West, south, east, north in WGS 84 degrees.
    place : str, optional
        Name of an administrative area; either this or a box.
    timeout_s : float
        Told to the server.

    Returns
    -------
    str
        Overpass QL. Stops of public transport are asked for as points; of administrative boundaries
        districts (level 6) and below: the outline of a province is large and bounds no block.

    Raises
    ------
    ReferenceMapError
        The box is none, the name is empty or holds control characters.

    Examples
    --------
    >>> print(overpass_query(place='新"华', timeout_s=25))
    [out:json][timeout:25];
    area["boundary"="administrative"]["name"="新\"华"]->.place;
    (
      nwr["name"]["boundary"!="administrative"]["type"!~"^route"][!"public_transport"](area.place);
      node["name"]["public_transport"](area.place);
      way["highway"]["ref"][!"name"](area.place);
      relation["name"]["boundary"="administrative"]["admin_level"~"^([6-9]|1[0-9])$"](area.place);
    );
    out geom;
    """
    if (box is None) == (place is None):
        raise ReferenceMapError("download", "it needs a box or a place, and not both", "give one of them")
    head = f"[out:json][timeout:{ceil(timeout_s)}];\n"
    if place is not None:
        name = place.strip()
        if not name or not name.isprintable():
            raise ReferenceMapError("place", f"{place!r} is no name", "give a name such as 西青区")
        quoted = name.replace("\\", "\\\\").replace('"', '\\"')
        head += f'area["boundary"="administrative"]["name"="{quoted}"]->.place;\n'
        where = "(area.place)"
    else:
        west, south, east, north = check_box(box or ())
        where = f"({south:.7f},{west:.7f},{north:.7f},{east:.7f})"
    return (
        f"{head}(\n"
        f'  nwr["name"]["boundary"!="administrative"]["type"!~"^route"][!"public_transport"]{where};\n'
        f'  node["name"]["public_transport"]{where};\n'
        f'  way["highway"]["ref"][!"name"]{where};\n'
        f'  relation["name"]["boundary"="administrative"]["admin_level"~"^([6-9]|1[0-9])$"]{where};\n'
        ");\nout geom;"
    )


def download_reference(
    out: str | Path,
    *,
    box: Sequence[float] | None = None,
    place: str | None = None,
    overpass: Overpass | None = None,
    say: Callable[[str], None] = lambda _: None,
    pause: Callable[[float], None] = time.sleep,
) -> ReferenceMap:
    """Get a reference map from an Overpass server and write it as a prepared GeoPackage.

    Parameters
    ----------
    out : str or Path
        The GeoPackage; nothing is written unless the whole answer came and was understood.
    box : sequence of float, optional
        West, south, east, north in WGS 84 degrees.
    place : str, optional
        Name of an administrative area; either this or a box.
    overpass : Overpass, optional
        The server, and how patiently to ask it.
    say : callable, optional
        Told in a few words what is being done.
    pause : callable, optional
        Waits for a number of seconds.

    Returns
    -------
    ReferenceMap
        What :func:`read_reference` gives of the new file. Its one source keeps server, query, licence
        and the time at which the server's data stood.

    Raises
    ------
    ReferenceMapError
        The box or the name is none, the server gave no usable answer, or nothing named lies there.
    OutputError
        The file cannot be written.
    """
    overpass = overpass or Overpass()
    query = overpass_query(box=box, place=place, timeout_s=overpass.timeout_s)
    answer, part = _answer(overpass, query, say, pause)
    if part.frame.empty:
        raise ReferenceMapError(
            overpass.host, f"it knows nothing named in {place or 'this box'}", "check the name or the box"
        )
    sha256 = hashlib.sha256(answer).hexdigest()
    facts = {"file": overpass.host, "sha256": sha256, **part.facts, "query": query}
    part = part._replace(facts=facts)
    write_prepared(join_parts([part]), out, points=join_parts([label_points(part)]))
    return read_reference(out)


class _NoAnswerError(Exception):
    """A try that brought nothing: what was wrong, and whether and when another may help."""

    def __init__(self, problem: str, *, again: bool = True, wait_s: float | None = None) -> None:
        super().__init__(problem)
        self.problem = problem
        self.again = again
        self.wait_s = wait_s


def _answer(
    overpass: Overpass, query: str, say: Callable[[str], None], pause: Callable[[float], None]
) -> tuple[bytes, Part]:
    """Return the answer that the cache has of the same server to the same query, else a new one."""
    if overpass.cache is None:
        return _ask(overpass, query, say, pause)
    key = hashlib.sha256(f"{overpass.server}\n{query}".encode()).hexdigest()
    cached = Path(overpass.cache) / f"{key}.json"
    if cached.is_file():
        say(f"using the earlier answer {cached.name}")
        answer = cached.read_bytes()
        try:
            return answer, _understood(answer)
        except _NoAnswerError as trouble:
            raise ReferenceMapError(cached, trouble.problem, "delete it") from None
    answer, part = _ask(overpass, query, say, pause)
    with replacing(cached) as place:
        place.write_bytes(answer)
    return answer, part


def _ask(
    overpass: Overpass, query: str, say: Callable[[str], None], pause: Callable[[float], None]
) -> tuple[bytes, Part]:
    """Ask until an answer is whole and understood, or patience ends."""
    for tried in range(overpass.retries + 1):
        try:
            answer = _fetch(overpass, query)
            return answer, _understood(answer)
        except _NoAnswerError as trouble:
            # Twice as long each time, and never in step with others that were turned away with us.
            drawn = _FIRST_WAIT_S * 2**tried * random.uniform(0.5, 1.5)  # noqa: S311  (no secret)
            wait_s = min(drawn, overpass.longest_wait_s) if trouble.wait_s is None else trouble.wait_s
            if not trouble.again or tried == overpass.retries or wait_s > overpass.longest_wait_s:
                tries = "1 try" if tried == 0 else f"{tried + 1} tries"
                raise ReferenceMapError(
                    overpass.host,
                    f"{trouble.problem} ({tries})",
                    "try later, ask for a smaller area, or name another server",
                ) from None
            say(f"{overpass.host}: {trouble.problem}; trying again in {wait_s:.0f} s")
            pause(wait_s)
    raise AssertionError  # the last try returns or raises


def _fetch(overpass: Overpass, query: str) -> bytes:
    request = Request(  # noqa: S310  (the scheme was checked)
        overpass.server,
        data=urlencode({"data": query}).encode(),
        headers={"User-Agent": f"ftz-geo/{version('ftz-geo')}", "Accept": "application/json"},
    )
    try:
        with urlopen(request, timeout=overpass.timeout_s + 5) as response:  # noqa: S310
            answer: bytes = response.read()
            return answer
    except HTTPError as error:
        with error:
            asked = _retry_after(error.headers.get("Retry-After"))
            raise _NoAnswerError(
                f"it answered {error.code} {_clean(error.reason)}", again=error.code in _BUSY, wait_s=asked
            ) from error
    except IncompleteRead as error:
        raise _NoAnswerError("its answer was cut off") from error
    except TimeoutError as error:
        raise _NoAnswerError("it did not answer in time") from error
    except (URLError, HTTPException, OSError) as error:
        reason = getattr(error, "reason", None) or error
        raise _NoAnswerError(f"it cannot be reached ({_clean(reason)})") from error


def _understood(answer: bytes) -> Part:
    """Turn the bytes of an answer into features."""
    try:
        return answer_part(json.loads(answer))
    except GaveUpError as error:  # told with status 200
        raise _NoAnswerError(f"it gave up on the query ({_clean(error)})") from error
    except BROKEN as error:
        raise _NoAnswerError("its answer is no Overpass JSON, or was cut off") from error


def _retry_after(header: str | None) -> float | None:
    """Read seconds or a date (RFC 9110, 10.2.3).

    >>> _retry_after("17"), _retry_after("Wed, 21 Oct 2015 07:28:00 GMT"), _retry_after("soon")
    (17.0, 0.0, None)
    """
    if header is None:
        return None
    if header.strip().isdecimal():
        return float(header)
    with suppress(ValueError, TypeError):
        until = parsedate_to_datetime(header)
        return max(0.0, (until.replace(tzinfo=until.tzinfo or UTC) - datetime.now(UTC)).total_seconds())
    return None


def _clean(words: object) -> str:
    """Make a server's words fit for one line of a terminal."""
    line = " ".join(str(words).split())
    return "".join(c for c in line if c.isprintable())[:200].rstrip(".")
