"""`ended_as_interrupted`: the command treats SIGTERM as it treats Ctrl-C."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def ended_as_interrupted() -> Iterator[None]:
    """SIGTERM raises KeyboardInterrupt, so that the outcomes that were finished are kept and reported.

    Only the main thread can set a handler. In another thread SIGTERM keeps its meaning.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
