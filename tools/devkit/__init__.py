"""Parts of tools/dev.py: everything that makes, starts, feeds and removes the bench."""
