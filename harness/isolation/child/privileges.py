"""Giving up the superuser, where gradconform was started as one.

Source: capabilities(7), capget(2), and `include/uapi/linux/capability.h`.
"""

from __future__ import annotations

import ctypes
import os
import signal
import struct

_PR_SET_PDEATHSIG, _PR_SET_KEEPCAPS = 1, 8
_CAPABILITY_VERSION = 0x20080522
_DAC_READ_SEARCH = 1 << 2
# Users who own nothing: one for each process, so that limits count apart; in a container that maps few
# users only the second one exists.
_FIRST_USER, _UNMAPPED_USER = 1_879_048_192, 65_534


def give_up_superuser(number: int) -> int:
    """Change to a user that owns nothing, and return its id; the present one where that is refused.

    Two processes with different numbers are two users. The right to read files whatever their mode stays,
    because Python itself may lie in a private folder; which files there are, bubblewrap or Landlock decides.
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
    kept = struct.pack("IIIIII", _DAC_READ_SEARCH, _DAC_READ_SEARCH, 0, 0, 0, 0)
    libc.capset(header, kept)
    return os.geteuid()


def die_with_parent(parent: int) -> None:
    """Have the kernel end this process when its parent ends. To be called after every change of user."""
    if os.uname().sysname == "Linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)
