"""Who sees a record: shares, owners, and the reasons."""
