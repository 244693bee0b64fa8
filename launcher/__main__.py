"""`python3 -m launcher <command>`."""

import sys

from launcher.commands import main

sys.exit(main(sys.argv[1:]))
