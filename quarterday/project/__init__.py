"""The wiring: settings and entry points. Imports everything and is imported by nothing."""
