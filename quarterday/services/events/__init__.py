"""Facts for the audit log and webhooks."""
