"""What one meets before the window: the ways to begin on this computer, each on a page of its own."""
