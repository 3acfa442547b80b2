"""What reminds its user: the watch, what pops up in the window, and the card of wishes on events and tasks."""
