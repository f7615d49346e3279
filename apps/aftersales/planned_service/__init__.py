"""Planned service: maintenance plans, and the calls they make ahead."""
