"""Lists of one kind of record, a row each: products, opportunities, employees; not customers with their contacts."""
