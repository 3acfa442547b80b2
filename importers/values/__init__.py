"""Cells to values, one module for each kind. A parser returns None where the cell says that nothing is known and
raises ``UnreadableError`` where it holds something else than its column should.
"""
