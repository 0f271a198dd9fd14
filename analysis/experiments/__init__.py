"""The study of Section V: its figures and Table III measured again, and its claims judged."""
