"""Faults of every kind against the real store, sync and service: ``docs/reliability.md`` tells what is shown.

Cases fork from a process that must have one thread: numpy's library would keep a pool of its own.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
