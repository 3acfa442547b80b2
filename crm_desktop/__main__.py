"""``python -m crm_desktop``: the same as ``crm-desktop``."""

from __future__ import annotations

from crm_desktop.cli import main

if __name__ == "__main__":
    main()
