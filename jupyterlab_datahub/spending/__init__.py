"""What fetching costs: the limits that users set, and the ledger of what was paid."""
