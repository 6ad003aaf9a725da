"""Start of the program ``ssj`` in the packed folder."""

import sys

from ssj_desktop.formats.children import run_as_child

as_child = run_as_child(sys.argv[1:])
if as_child is None:
    from ssj_desktop.cli import main

    as_child = main()
sys.exit(as_child)
