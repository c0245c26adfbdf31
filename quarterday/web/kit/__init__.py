"""What every page shares: layout, pieces, branding, sign-in, limits and headers."""
