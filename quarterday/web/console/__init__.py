"""The console of a seller's staff; see docs/console.md. English only (decision 0017)."""
