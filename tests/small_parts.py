"""The command with parts of two articles, so that a short run has many moments to be killed at.

With ``light`` as first argument its workers have no models: such a run takes a few seconds. Then
processes help its merge, however little there is of it.
"""

import sys

from pipeline.cli import main
from pipeline.run import local, work
from pipeline.tabulate import merging
from tests import hostile

if __name__ == "__main__":
    work.PART_ARTICLES = 2
    if sys.argv[1] == "light":
        del sys.argv[1]
        local.performer = hostile.performer
        merging._WORTH_HELPERS = 0
    main()
