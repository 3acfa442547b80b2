"""The sample firm: deterministic, believable, dated relative to today, of any size."""
