"""The calendar: one view that draws and moves events, and a layout for each way to look at them."""
