"""``python -m pipeline`` is the command ``selaras``."""

from pipeline.cli import main

main(prog_name="selaras")
