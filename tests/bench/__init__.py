"""How fast the program is against the best hand-written SQL, in the same run: ``python3 dev.py bench``."""

import crm_desktop.ui  # noqa: F401 - before Qt, as in the program: else 20 MB of sources are kept
