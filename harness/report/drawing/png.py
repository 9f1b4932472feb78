"""A circuit as PNG. It needs resvg, a renderer of SVG, which the extra `draw` installs.

- `png`: the picture.
"""

from __future__ import annotations

from ...errors import UsageError
from .circuit import Circuit
from .svg import svg

_ZOOM = 2  # pixels of the picture for one of the SVG, so that text is sharp in print


def png(circuit: Circuit) -> bytes:
    """Return the picture, in the colours for light. UsageError when resvg is not installed."""
    try:
        from resvg_py import svg_to_bytes
    except ImportError:
        raise UsageError(
            "a .png needs resvg: pip install 'gradconform[draw]'; a .svg needs nothing"
        ) from None
    picture: bytes = svg_to_bytes(svg_string=svg(circuit), zoom=_ZOOM)
    return picture
