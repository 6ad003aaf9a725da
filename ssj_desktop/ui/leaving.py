"""What is to happen once the main window is gone: a name both sides of it know."""

ERASE_WANTED = "erase_wanted"
"""Property of the main window: delete the store of this field laptop instead of backing it up."""
