"""What keeps an installation going: its set-up, its backups, its alerts."""
