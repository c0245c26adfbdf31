"""Members of staff, approvals, the audit log, and signing in as a customer."""
