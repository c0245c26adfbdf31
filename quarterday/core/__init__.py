"""The rules of billing as pure functions: standard library only, no clock, no I/O."""
