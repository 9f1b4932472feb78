"""`zipped`: files as a zip. The same files give the same bytes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Collection, Mapping

_TIME = (2020, 1, 1, 0, 0, 0)


def zipped(files: Mapping[str, bytes], programs: Collection[str] = ()) -> bytes:
    """Return a zip with the files, in this order. Those of `programs` may be run when they are unpacked."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            file = zipfile.ZipInfo(name, _TIME)
            file.create_system = (
                3  # Unix, whose permissions follow; without them no file could be read
            )
            file.external_attr = (0o755 if name in programs else 0o644) << 16
            archive.writestr(file, content, zipfile.ZIP_DEFLATED)
    return target.getvalue()
