"""How far a long work is: what it calls from time to time. Whatever the called function raises stops the work."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[int, int, str], None]
"""Gets done, of (0 where nobody knows) and what, in words for the user."""

Step = Callable[[int, int], None]
"""Gets done and of, from a part of a work that does not say what it is."""
