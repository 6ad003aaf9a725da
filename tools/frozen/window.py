"""Start of the program ``ssj-desktop`` in the packed folder."""

import sys

from ssj_desktop.formats.excel import child

if sys.argv[1:2] == [child.FLAG]:
    sys.exit(child.main(sys.argv[2]))

from ssj_desktop.app import main

sys.exit(main())
