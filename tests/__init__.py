"""Tests of the app; a package, because others install one of the same name."""
