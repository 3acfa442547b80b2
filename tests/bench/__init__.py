"""How fast the program is against the best hand-written SQL, in the same run: ``python3 dev.py bench``."""
