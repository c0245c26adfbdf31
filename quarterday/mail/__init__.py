"""Messages on their way out: transports, and templates in every language."""
