"""One record on the screen: its fields, its history, what belongs to it. Works for every entity from its spec."""
