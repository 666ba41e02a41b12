"""One self-contained HTML file: our templates, Leaflet from its installed package, no address to fetch."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jinja2
from markupsafe import Markup

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["content_policy", "json_block", "leaflet", "own", "template"]

_LEAFLET_LICENCE = """\
Leaflet, BSD-2-Clause, https://github.com/Leaflet/Leaflet/blob/main/LICENSE
Redistribution and use in source and binary forms, with or without modification, are permitted provided
that the following conditions are met: 1. Redistributions of source code must retain the above copyright
notice, this list of conditions and the following disclaimer. 2. Redistributions in binary form must
reproduce the above copyright notice, this list of conditions and the following disclaimer in the
documentation and/or other materials provided with the distribution. THIS SOFTWARE IS PROVIDED BY THE
COPYRIGHT HOLDERS AND CONTRIBUTORS "AS IS" AND ANY EXPRESS OR IMPLIED WARRANTIES, INCLUDING, BUT NOT
LIMITED TO, THE IMPLIED WARRANTIES OF MERCHANTABILITY AND FITNESS FOR A PARTICULAR PURPOSE ARE DISCLAIMED.
IN NO EVENT SHALL THE COPYRIGHT HOLDER OR CONTRIBUTORS BE LIABLE FOR ANY DIRECT, INDIRECT, INCIDENTAL,
SPECIAL, EXEMPLARY, OR CONSEQUENTIAL DAMAGES (INCLUDING, BUT NOT LIMITED TO, PROCUREMENT OF SUBSTITUTE
GOODS OR SERVICES; LOSS OF USE, DATA, OR PROFITS; OR BUSINESS INTERRUPTION) HOWEVER CAUSED AND ON ANY
THEORY OF LIABILITY, WHETHER IN CONTRACT, STRICT LIABILITY, OR TORT (INCLUDING NEGLIGENCE OR OTHERWISE)
ARISING IN ANY WAY OUT OF THE USE OF THIS SOFTWARE, EVEN IF ADVISED OF THE POSSIBILITY OF SUCH DAMAGE."""
"""The package that carries Leaflet leaves its licence out, so the page states it below the copyright line."""


@cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.PackageLoader("ftz_geo.render"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def template(name: str) -> jinja2.Template:
    """Return one of the package's page templates; everything put into it is escaped."""
    return _environment().get_template(name)


@cache
def own(name: str) -> Markup:
    """Return a style sheet or script of this package, ready to stand in its element."""
    text = (resources.files("ftz_geo.render") / "templates" / name).read_text(encoding="utf-8")
    return Markup(text)  # noqa: S704 - a file of this package, not text of a document


@cache
def leaflet() -> tuple[Markup, Markup]:
    """Return Leaflet's script and style sheet from the installed xstatic-leaflet, to stand in a page.

    Returns
    -------
    tuple of Markup, shape (2,)
        JavaScript under its copyright and licence, and CSS whose images are data URIs.

    Raises
    ------
    ModuleNotFoundError
        The package xstatic-leaflet is not installed.

    Examples
    --------
    >>> script, style = leaflet()
    >>> "Leaflet" in script[:80], "url(images" in style
    (True, False)
    """
    from xstatic.pkg import leaflet as package

    folder = Path(package.BASE_DIR)

    def data_uri(match: re.Match[str]) -> str:
        image = base64.b64encode((folder / match[1]).read_bytes()).decode("ascii")
        return f"url(data:image/png;base64,{image})"

    style = (folder / "leaflet.css").read_text(encoding="utf-8")
    # The one image that no page of ours shows: the pin of a plain marker.
    style = re.sub(r"url\(images/marker-icon\.png\)", "none", style)
    style = re.sub(r"url\((images/[^)]+\.png)\)", data_uri, style)
    # The map of the source would be fetched as soon as a reader opens the developer tools.
    script = re.sub(
        r"\n//# sourceMappingURL=\S*\s*$", "", (folder / "leaflet.js").read_text(encoding="utf-8")
    )
    copyright_line, code = script.split("*/", 1)
    script = f"{copyright_line}* {_LEAFLET_LICENCE}\n */{code}"
    return Markup(script), Markup(style)  # noqa: S704 - files of an installed library


def json_block(value: Any) -> Markup:
    r"""Return a value as JSON that may stand inside a script element.

    Examples
    --------
    >>> json_block({"name": "</script>"})
    Markup('{"name":"\\u003c/script\\u003e"}')
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)  # noqa: S704 - nothing in it can end the element any more


def content_policy(scripts: Sequence[str], image_hosts: Sequence[str] = ()) -> Markup:
    """Return a page's own policy: the browser may run these scripts and no other, and fetch nothing else.

    Parameters
    ----------
    scripts : sequence of str
        The text between the tags, to the letter.
    image_hosts : sequence of str, optional
        Hosts that images may be asked from.

    Returns
    -------
    Markup
        The value of a ``Content-Security-Policy``.

    Examples
    --------
    >>> print(content_policy(["let a;"])[:84])
    default-src 'none'; script-src 'sha256-81WALLbUROF1pWdYjuQYKuIcGgY/+TqVJr8UsV6Tkvo='
    """
    return Markup(  # noqa: S704 - constants and hashes
        "; ".join(
            [
                "default-src 'none'",
                f"script-src {' '.join(map(_hash, scripts))}",
                "style-src 'unsafe-inline'",
                " ".join(["img-src data:", *image_hosts]),
                "base-uri 'none'",
                "form-action 'none'",
            ]
        )
    )


def _hash(script: str) -> str:
    digest = base64.b64encode(hashlib.sha256(script.encode("utf-8")).digest())
    return f"'sha256-{digest.decode('ascii')}'"
