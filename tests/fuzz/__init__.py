"""Coverage-guided fuzzing, by atheris: see README.md."""
