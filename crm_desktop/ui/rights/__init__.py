"""Who may do what: all groups and kinds of records in one page, and the editor of one cell."""
