"""Services outside: what is wanted of them, and how the places where they run are driven to it."""
