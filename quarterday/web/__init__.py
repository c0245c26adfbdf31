"""The pages: a kit that all share, the portal, links and ordering."""
