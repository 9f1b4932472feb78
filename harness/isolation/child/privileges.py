"""Giving up the rights of the superuser, for a child of a gradconform that runs as superuser.

- `give_up_superuser`: become a user who owns nothing.

Source: capabilities(7), capget(2), and `include/uapi/linux/capability.h`.
"""

from __future__ import annotations

import ctypes
import os
import struct

_PR_SET_KEEPCAPS = 8
_CAPABILITY_VERSION = 0x20080522
_DAC_READ_SEARCH = 1 << 2
# Ids of users who own nothing. Each process takes its own id, so that the limits of each are counted
# separately. A container that maps few users has only the second id, the kernel's overflow user.
_FIRST_USER, _UNMAPPED_USER = 1_879_048_192, 65_534


def give_up_superuser(number: int, *, reads_private: bool) -> int:
    """Change to a user that owns nothing, and return its id, or the present id where that is refused.

    Two processes with different numbers become two users. With `reads_private` the process keeps the right to
    read files of any mode, because Python itself may lie in a private folder; bubblewrap or Landlock decides
    which files it can reach. A process of an ordinary user stays as it is. Raises nothing.
    """
    if os.geteuid() != 0:
        return os.geteuid()
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_KEEPCAPS, 1, 0, 0, 0)
    for user in (_FIRST_USER + number, _UNMAPPED_USER):
        try:
            os.setgroups([])
            os.setresgid(user, user, user)
            os.setresuid(user, user, user)
            break
        except OSError:
            continue
    header = struct.pack("II", _CAPABILITY_VERSION, 0)
    rights = _DAC_READ_SEARCH if reads_private else 0
    kept = struct.pack("IIIIII", rights, rights, 0, 0, 0, 0)
    libc.capset(header, kept)
    return os.geteuid()
