"""What is left for people to do: opened once for an occasion, done or dismissed."""
