"""The ledger's side of scheduling: which slots are due, who runs them, and what became of them."""
