"""The workbench. Here stands only what must hold before anything else is imported."""

import gc
import os

# 40 MB and half a second of every start for phrases that only services.regions reads, which loads them itself.
os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")

# A third of a second of a start goes to looks at modules that stay; the window collects by a rule of its own.
gc.set_threshold(200_000)
