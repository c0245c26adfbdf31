"""What runs jobs for as long as a process lives: alone, or sharing the work with others."""
