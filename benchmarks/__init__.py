"""Measurements of the program beside others; ``README.md`` has the commands and what they gave."""
