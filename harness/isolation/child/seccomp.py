"""A filter over the system calls of this process, as a classic BPF program.

- `install`: puts this process under the filter. `program`: the filter. `known`: True when there is one here.

The filter forbids what no engine needs: to start programs and processes, to use the network and shared
memory, to read or slow other processes, to mount, and to call the parts of the kernel that exploits use most.
It also forbids what Landlock leaves open to a process of the same user: to change mode, owner and date of
files, to empty them by their path (before Linux 6.2), to watch how they are used, to read the target of a
link, the extended attributes of a file or the state of a file system. It allows threads. It allows the family
of stat(2) too, because an import needs it, and a filter cannot read the path that is asked for.

Format: seccomp(2) and Linux's `include/uapi/linux/{filter,seccomp,audit}.h`; numbers: the tables
`arch/x86/entry/syscalls/syscall_64.tbl` and `include/uapi/asm-generic/unistd.h`.
"""

from __future__ import annotations

import ctypes
import errno
import os
import struct
from collections.abc import Sequence

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _ERRNO = 0x7FFF0000, 0x00050000
# An argument has two 32-bit words. The filter reads the lower one, because all arguments here are C ints.
_NUMBER_AT, _ARCHITECTURE_AT, _FIRST_ARGUMENT_AT, _SECOND_ARGUMENT_AT = 0, 4, 16, 24
_THIRD_ARGUMENT_AT = 32
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
    # Without `socket`, one of a pair of sockets could still reach the servers of this user that have a path.
    "socketpair": (53, 199),
    "connect": (42, 203),
    "bind": (49, 200),
    "sendto": (44, 206),
    "sendmsg": (46, 211),
    "sendmmsg": (307, 269),
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
    "shmat": (30, 196),
    "shmctl": (31, 195),
    "semop": (65, 193),
    "semtimedop": (220, 192),
    "semctl": (66, 191),
    "msgsnd": (69, 189),
    "msgrcv": (70, 188),
    "msgctl": (71, 187),
    "mq_unlink": (241, 181),
    "truncate": (76, 45),
    "chmod": (90, -1),
    "fchmod": (91, 52),
    "fchmodat": (268, 53),
    "fchmodat2": (452, 452),
    "chown": (92, -1),
    "lchown": (94, -1),
    "fchown": (93, 55),
    "fchownat": (260, 54),
    "utime": (132, -1),
    "utimes": (235, -1),
    "futimesat": (261, -1),
    "utimensat": (280, 88),
    "setxattr": (188, 5),
    "lsetxattr": (189, 6),
    "fsetxattr": (190, 7),
    "setxattrat": (463, 463),
    "removexattr": (197, 14),
    "lremovexattr": (198, 15),
    "fremovexattr": (199, 16),
    "removexattrat": (466, 466),
    "file_setattr": (469, 469),
    "readlink": (89, -1),
    "readlinkat": (267, 78),
    "getxattr": (191, 8),
    "lgetxattr": (192, 9),
    "getxattrat": (464, 464),
    "listxattr": (194, 11),
    "llistxattr": (195, 12),
    "listxattrat": (465, 465),
    "statfs": (137, 43),
    "ustat": (136, -1),
    "statmount": (457, 457),
    "listmount": (458, 458),
    "file_getattr": (468, 468),
    "inotify_init": (253, -1),
    "inotify_init1": (294, 26),
    "fanotify_init": (300, 262),
    "setpriority": (141, 140),
    "ioprio_set": (251, 30),
    "sched_setparam": (142, 118),
    "sched_setscheduler": (144, 119),
    "sched_setaffinity": (203, 122),
    "sched_setattr": (314, 274),
    "migrate_pages": (256, 238),
    "move_pages": (279, 239),
    "process_mrelease": (448, 448),
    "syslog": (103, 116),
}
_CLONE, _CLONE3, _KILL, _TGKILL = (56, 220), (435, 435), (62, 129), (234, 131)
_PRCTL, _PRLIMIT, _SECCOMP = (157, 167), (302, 261), (317, 277)
_FCNTL, _IOCTL = (72, 25), (16, 29)
_OPEN, _OPENAT, _OPENAT2, _O_PATH = (2, -1), (257, 56), (437, 437), 0o10000000
# F_SETOWN, F_SETSIG, F_SETOWN_EX, FIOSETOWN and SIOCSPGRP: with these a file that becomes readable sends
# a signal to any process of the same user. F_SETLEASE delays other processes that open a file, F_NOTIFY tells
# of changes in a folder, TIOCSTI types into a terminal.
_FILE_COMMANDS, _CONTROLS = (8, 10, 15, 1024, 1026), (0x8901, 0x8902, 0x5412)
# AUDIT_ARCH_X86_64 and AUDIT_ARCH_AARCH64.
_ARCHITECTURES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}
# The x32 ABI sets this bit in the number of a call. A call with it would pass every other line of the filter.
_X32 = 0x40000000


class FilterError(Exception):
    """The kernel or the machine does not offer the filter."""


def install() -> None:
    """Put every thread of this process under the filter, for ever.

    FilterError when there is no filter for this machine, or the kernel refuses it.
    """
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
    """Return the filter for the process with the id `own`: eight bytes for each instruction.

    FilterError when there is no filter for this machine.
    """
    column = _column()
    architecture = _ARCHITECTURES[os.uname().machine][1]
    lines = [(_LOAD, 0, 0, _ARCHITECTURE_AT), (_EQUAL, 1, 0, architecture), _refuse(), _number()]
    lines += [(_AT_LEAST, 0, 1, _X32), _refuse()]
    for name, numbers in _REFUSED.items():
        if numbers[column] >= 0:
            # As on a machine that does not have the program: see `no_programs`.
            code = errno.ENOENT if name.startswith("exec") else errno.EPERM
            lines += [(_EQUAL, 0, 1, numbers[column]), _refuse(code)]
    # The flags of `clone3` lie in memory, which a filter cannot read. When it seems to be unknown, glibc
    # uses `clone` instead.
    lines += [(_EQUAL, 0, 1, _CLONE3[column]), _refuse(errno.ENOSYS)]
    # The flags of `openat2` lie in memory too. O_PATH opens a file that may not be read, for fstat(2).
    lines += [(_EQUAL, 0, 1, _OPENAT2[column]), _refuse(errno.ENOSYS)]
    for numbers, at in ((_OPEN, _SECOND_ARGUMENT_AT), (_OPENAT, _THIRD_ARGUMENT_AT)):
        if numbers[column] >= 0:
            lines += _if_argument(numbers[column], at, [_O_PATH], _ANY_BIT)
    lines += _unless_argument(_CLONE[column], [(_ANY_BIT, 1, 0, _CLONE_THREAD)])
    # The process may send signals to itself and set its own limits: the first argument is its own id, or 0
    # for limits.
    lines += _unless_argument(_KILL[column], [(_EQUAL, 1, 0, own)])
    lines += _unless_argument(_TGKILL[column], [(_EQUAL, 1, 0, own)])
    lines += _unless_argument(_PRLIMIT[column], [(_EQUAL, 2, 0, 0), (_EQUAL, 1, 0, own)])
    # The process cannot undo `processes.die_with_parent`.
    lines += _if_argument(_PRCTL[column], _FIRST_ARGUMENT_AT, [_PR_SET_PDEATHSIG])
    lines += _if_argument(_FCNTL[column], _SECOND_ARGUMENT_AT, _FILE_COMMANDS)
    lines += _if_argument(_IOCTL[column], _SECOND_ARGUMENT_AT, _CONTROLS)
    lines.append((_RETURN, 0, 0, _ALLOW))
    return b"".join(struct.pack("HBBI", *line) for line in lines)


def _unless_argument(
    number: int, tests: list[tuple[int, int, int, int]]
) -> list[tuple[int, int, int, int]]:
    """Return the instructions that refuse a call unless one of the tests on its first argument holds."""
    body = [(_LOAD, 0, 0, _FIRST_ARGUMENT_AT), *tests, _refuse(), _number()]
    return [(_EQUAL, 0, len(body), number), *body]


def _if_argument(
    number: int, at: int, values: Sequence[int], test: int = _EQUAL
) -> list[tuple[int, int, int, int]]:
    """Return the instructions that refuse a call when its argument at offset `at` is one of the values.

    With the test `_ANY_BIT` they refuse it when the argument has a bit of one of the values.
    """
    body = [(_LOAD, 0, 0, at)]
    for value in values:
        body += [(test, 0, 1, value), _refuse()]
    body.append(_number())
    return [(_EQUAL, 0, len(body), number), *body]


def _refuse(code: int = errno.EPERM) -> tuple[int, int, int, int]:
    return (_RETURN, 0, 0, _ERRNO | code)


def _number() -> tuple[int, int, int, int]:
    return (_LOAD, 0, 0, _NUMBER_AT)


def known() -> bool:
    """True when there is a filter for this system and machine."""
    # Without `platform`, whose import would take each child 1.5 ms.
    system = os.uname()
    return system.sysname == "Linux" and system.machine in _ARCHITECTURES


def _column() -> int:
    if not known():
        system = os.uname()
        raise FilterError(f"no filter is known for {system.sysname} on {system.machine}")
    return _ARCHITECTURES[os.uname().machine][0]
