"""Worker processes that do not outlive the process that started them, however that one ends."""

import os
import threading
from multiprocessing import parent_process


def end_with_parent() -> None:
    """Let this worker end when its parent does: the first thing that a pool's worker is to call.

    Who gives the same command again shall not find the workers of one that was killed still at work.
    """
    threading.Thread(target=_wait_and_end, daemon=True).start()


def _wait_and_end() -> None:
    """End this process, and with it the workers it may have, once its parent is gone."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
