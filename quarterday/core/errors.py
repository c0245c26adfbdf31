"""What the core refuses, in words that a person can act on."""


class BillingError(ValueError):
    """A rule of billing was broken by its input; the message says which and how to mend it."""
