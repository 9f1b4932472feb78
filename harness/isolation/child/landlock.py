"""Landlock: this process gives up access to all files except those that it is told to keep.

- `version`: the version that the kernel offers. `restrict`: gives up the access to all other files.

Source: landlock(7) and Linux's `include/uapi/linux/landlock.h`. It needs no privilege, and works
inside containers, where namespaces often do not.
"""

from __future__ import annotations

import ctypes
import os
import struct
from collections.abc import Sequence

_CREATE, _ADD, _RESTRICT = 444, 445, 446  # the same on every architecture
_VERSION_FLAG, _PATH_BENEATH = 1, 1
_READ_FILE, _READ_DIR, _WRITE_FILE = 1 << 2, 1 << 3, 1 << 1
_REMOVE, _MAKE, _REFER, _TRUNCATE = (
    0b11 << 4,
    1 << 7 | 1 << 8,
    1 << 13,
    1 << 14,
)  # files and folders
_CHANGE = _READ_FILE | _READ_DIR | _WRITE_FILE | _REMOVE | _MAKE | _REFER | _TRUNCATE
# The number of file rights that each version of the interface knows. The process gives up all of them.
_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15}
_LATEST_RIGHTS = 16
_NETWORK = 3  # binding to and connecting to TCP ports, from version 4
_SCOPES = 3  # abstract Unix sockets, and signals to processes outside, from version 6
_PR_SET_NO_NEW_PRIVS = 38


def version() -> int:
    """Return the version of the interface that the kernel offers; 0 when there is none."""
    if os.uname().sysname != "Linux":
        return 0
    libc = ctypes.CDLL(None, use_errno=True)
    return max(0, int(libc.syscall(_CREATE, None, 0, _VERSION_FLAG)))


def restrict(
    readable: Sequence[str],
    listable: Sequence[str],
    devices: Sequence[str],
    writable: Sequence[str] = (),
) -> None:
    """Keep only the rights to read, to list and to change files below these paths, and to use `devices`.

    The restriction holds for this thread and those that it starts, and cannot be undone. Paths that do not
    exist are skipped. OSError when the kernel refuses.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    offered = version()
    handled = (1 << _RIGHTS.get(offered, _LATEST_RIGHTS)) - 1
    attributes = struct.pack(
        "QQQ", handled, _NETWORK if offered >= 4 else 0, _SCOPES if offered >= 6 else 0
    )
    size = 8 if offered < 4 else 16 if offered < 6 else 24
    ruleset = _checked(libc, libc.syscall(_CREATE, attributes, size, 0))
    for paths, rights in (
        (readable, _READ_FILE | _READ_DIR),
        (listable, _READ_DIR),
        (devices, _READ_FILE | _WRITE_FILE),
        (writable, _CHANGE),
    ):
        for path in paths:
            _keep(libc, ruleset, path, rights & handled)
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    _checked(libc, libc.syscall(_RESTRICT, ruleset, 0))
    os.close(ruleset)


def _keep(libc: ctypes.CDLL, ruleset: int, path: str, rights: int) -> None:
    try:
        handle = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    if not os.path.isdir(path):
        rights &= _READ_FILE | _WRITE_FILE
    # struct landlock_path_beneath_attr is packed: the rights, then the descriptor of the path.
    _checked(
        libc,
        libc.syscall(_ADD, ruleset, _PATH_BENEATH, struct.pack("=Qi", rights, handle), 0),
    )
    os.close(handle)


def _checked(libc: ctypes.CDLL, result: int) -> int:
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, f"Landlock: {os.strerror(code)}")
    return result
