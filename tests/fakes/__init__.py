"""Stand-ins for payment services: real HTTP servers that move money, and fail when told to."""
