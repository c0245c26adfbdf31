"""SEPA direct debit without a provider: mandates, files for the bank, and what came of them."""
