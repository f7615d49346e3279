"""Thin shim for tools that look for a setup.py; pyproject.toml (flit) holds everything."""

from setuptools import setup

setup()
