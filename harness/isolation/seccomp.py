"""A filter over the system calls of this process, as a classic BPF program.

It forbids what no engine needs: other programs, other processes, the network, shared memory, looking
into other processes, mounting, and the corners of the kernel from which break-outs come. Threads are
allowed. Format: seccomp(2) and Linux's `include/uapi/linux/{filter,seccomp,audit}.h`; numbers: the
tables `arch/x86/entry/syscalls/syscall_64.tbl` and `include/uapi/asm-generic/unistd.h`.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _ERRNO = 0x7FFF0000, 0x00050000
_NUMBER_AT, _ARCHITECTURE_AT, _FIRST_ARGUMENT_AT = 0, 4, 16
_CLONE_THREAD = 0x00010000
_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS = 1, 38
_SET_MODE_FILTER, _ALL_THREADS = 1, 1

# name: (x86_64, aarch64); -1 where the architecture does not have it.
_REFUSED = {
    "fork": (57, -1),
    "vfork": (58, -1),
    "execve": (59, 221),
    "execveat": (322, 281),
    "socket": (41, 198),
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "kcmp": (312, 272),
    "rt_sigqueueinfo": (129, 138),
    "rt_tgsigqueueinfo": (297, 240),
    "tkill": (200, 130),
    "pidfd_send_signal": (424, 424),
    "pidfd_open": (434, 434),
    "pidfd_getfd": (438, 438),
    "process_madvise": (440, 440),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "unshare": (272, 97),
    "setns": (308, 268),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "mount_setattr": (442, 442),
    "name_to_handle_at": (303, 264),
    "open_by_handle_at": (304, 265),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "shmget": (29, 194),
    "msgget": (68, 186),
    "semget": (64, 190),
    "mq_open": (240, 180),
    "personality": (135, 92),
}
_CLONE, _CLONE3, _KILL, _TGKILL = (56, 220), (435, 435), (62, 129), (234, 131)
_PRCTL, _PRLIMIT, _SECCOMP = (157, 167), (302, 261), (317, 277)
# AUDIT_ARCH_X86_64 and AUDIT_ARCH_AARCH64.
_ARCHITECTURES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}
# Set in the number of a call by the x32 ABI, which would be a way around every other line.
_X32 = 0x40000000


class FilterError(Exception):
    """The kernel or the machine does not offer the filter."""


def install() -> None:
    """Put every thread of this process under the filter, for good. FilterError when that fails."""
    column = _column()
    code = program(os.getpid())
    libc = ctypes.CDLL(None, use_errno=True)
    buffer = ctypes.create_string_buffer(code, len(code))
    # struct sock_fprog: the count of instructions, and where they are.
    described = ctypes.create_string_buffer(
        struct.pack("HxxxxxxP", len(code) // 8, ctypes.addressof(buffer))
    )
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    number = _SECCOMP[column]
    if libc.syscall(number, _SET_MODE_FILTER, _ALL_THREADS, ctypes.byref(described)):
        raise FilterError(f"seccomp: {os.strerror(ctypes.get_errno())}")


def program(own: int) -> bytes:
    """The filter for the process with the id `own`: eight bytes for each instruction."""
    column = _column()
    architecture = _ARCHITECTURES[platform.machine()][1]
    lines = [(_LOAD, 0, 0, _ARCHITECTURE_AT), (_EQUAL, 1, 0, architecture), _refuse(), _number()]
    lines += [(_AT_LEAST, 0, 1, _X32), _refuse()]
    for numbers in _REFUSED.values():
        if numbers[column] >= 0:
            lines += [(_EQUAL, 0, 1, numbers[column]), _refuse()]
    # glibc falls back to `clone` when `clone3`, whose flags lie in memory, is said to be unknown.
    lines += [(_EQUAL, 0, 1, _CLONE3[column]), _refuse(errno.ENOSYS)]
    lines += _unless_argument(_CLONE[column], [(_ANY_BIT, 1, 0, _CLONE_THREAD)])
    # Signals and limits concern nobody else: a first argument of its own id, or of 0 for limits.
    lines += _unless_argument(_KILL[column], [(_EQUAL, 1, 0, own)])
    lines += _unless_argument(_TGKILL[column], [(_EQUAL, 1, 0, own)])
    lines += _unless_argument(_PRLIMIT[column], [(_EQUAL, 2, 0, 0), (_EQUAL, 1, 0, own)])
    # It dies with its parent, and cannot change that.
    lines += [(_EQUAL, 0, 4, _PRCTL[column]), (_LOAD, 0, 0, _FIRST_ARGUMENT_AT)]
    lines += [(_EQUAL, 0, 1, _PR_SET_PDEATHSIG), _refuse(), _number()]
    lines.append((_RETURN, 0, 0, _ALLOW))
    return b"".join(struct.pack("HBBI", *line) for line in lines)


def _unless_argument(
    number: int, tests: list[tuple[int, int, int, int]]
) -> list[tuple[int, int, int, int]]:
    """Refuse a call unless one of the tests on its first argument holds."""
    body = [(_LOAD, 0, 0, _FIRST_ARGUMENT_AT), *tests, _refuse(), _number()]
    return [(_EQUAL, 0, len(body), number), *body]


def _refuse(code: int = errno.EPERM) -> tuple[int, int, int, int]:
    return (_RETURN, 0, 0, _ERRNO | code)


def _number() -> tuple[int, int, int, int]:
    return (_LOAD, 0, 0, _NUMBER_AT)


def known() -> bool:
    """Whether there is a filter for this system and machine."""
    return os.uname().sysname == "Linux" and platform.machine() in _ARCHITECTURES


def _column() -> int:
    if not known():
        raise FilterError(f"no filter is known for {platform.system()} on {platform.machine()}")
    return _ARCHITECTURES[platform.machine()][0]
