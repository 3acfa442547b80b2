"""The board: cards in columns, drawn by one view, moved by mouse and keyboard."""
