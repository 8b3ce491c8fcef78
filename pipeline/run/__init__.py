"""Many articles at once: workers, results on disk, what a second run may keep."""
