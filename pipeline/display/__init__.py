"""What was found, for people: normal forms in words, texts with marks, results in Jupyter."""
