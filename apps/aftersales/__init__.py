"""After-sales service for ERPNext: from the repair call to the ledger."""

__version__ = "1.1.0"
