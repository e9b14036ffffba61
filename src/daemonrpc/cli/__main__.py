"""`python -m daemonrpc.cli`."""

import sys

from daemonrpc.cli import main

if __name__ == "__main__":
    sys.exit(main())
