"""Text to references, dates, numbers and statistics, by grammars of our own."""
