"""The workbench. Here stands only what must hold before anything else is imported."""

import os

# 40 MB and half a second of every start for phrases that only services.regions reads, which loads them itself.
os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
